"""Reviews with measured facts."""
