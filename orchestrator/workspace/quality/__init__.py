"""Checks of values: what a column must fulfil, how often it does, and which keys the failing rows have."""
