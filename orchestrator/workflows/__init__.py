"""What a command runs, from inputs to a result."""
