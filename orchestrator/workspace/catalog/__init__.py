"""Unity Catalog: what is in it, where data comes from and goes to, and who may do what."""
