"""`create-data-product`: a product with its ports, contracts, service levels, checks, bundle and page."""
