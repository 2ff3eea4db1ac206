"""`manage-consumers`: who reads the output ports of a data product, as an approved change set."""
