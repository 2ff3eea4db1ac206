"""What the commands that write machine learning code share: names, columns of tables, and templates."""
