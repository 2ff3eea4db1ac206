"""Customer 360: from landed files to one row per customer."""
