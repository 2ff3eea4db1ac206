"""Reviews with measured facts: what a run of the code cost, and how large the tables are that it names."""
