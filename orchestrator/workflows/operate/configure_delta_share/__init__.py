"""`configure-delta-share`: a share brought to what its file says, as an approved change set."""
