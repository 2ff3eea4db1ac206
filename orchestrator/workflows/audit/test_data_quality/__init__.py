"""`test-data-quality`: real data profiled, checks proposed and run, failing rows counted."""
