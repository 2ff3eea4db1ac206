"""`configure-access-control`: the grants of a catalog as a file says, or as use shows."""
