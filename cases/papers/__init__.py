"""Paper of a case: forms, plans, the whole record, stories. Reads into plain data, then prints that."""
