"""The demo: three real programmes with their published figures, and invented people."""
