"""`manage-data-retention`: promises of retention on tables, and erasures that leave nothing behind."""
