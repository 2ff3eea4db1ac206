"""Diffs of pull requests: which lines of the head may carry a comment."""
