"""Template project: orders from landed files to daily revenue, in three layers."""
