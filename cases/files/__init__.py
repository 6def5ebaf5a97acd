"""Files that come from outside: their names, what they may be, and the programs that look at them first."""
