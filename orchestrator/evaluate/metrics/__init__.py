"""The measures of a scored run: everything that a stored log and the cases hold, and null where it is undefined."""
