"""`audit-data-access`: who reached which data, and which days of it somebody should look at."""
