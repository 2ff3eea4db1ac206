"""Specialists whose answers are recorded: asked of a model once, and replayed without a socket ever after."""
