"""`setup-data-classification`: governed tags for the personal data of a catalog, and tags on its columns and tables."""
