"""`monitor-data-product`: the promises of a contract, measured on the live tables."""
