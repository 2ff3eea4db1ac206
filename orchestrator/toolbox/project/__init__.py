"""The tools over the project under review: they look at what was read already, and never at the disk."""
