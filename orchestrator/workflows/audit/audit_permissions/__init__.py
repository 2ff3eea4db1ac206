"""`audit-permissions`: who may reach a catalog, and what of it is more than needed."""
