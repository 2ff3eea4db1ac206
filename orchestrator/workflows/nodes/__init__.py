"""The steps of the graphs, one file a node."""
