"""`promote-model`: an alias moved to a version whose validation holds."""
