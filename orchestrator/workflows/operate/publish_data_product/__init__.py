"""`publish-data-product`: output ports with comments, tags and grants, as an approved change set."""
