"""`optimize-costs`: compute that is paid for without need, each saving with its arithmetic."""
