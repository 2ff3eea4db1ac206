"""Recordings of what a model said, that are replayed for equal requests only."""
