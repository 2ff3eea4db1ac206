"""What the commands about data products share: a product, its output ports and their contracts."""
