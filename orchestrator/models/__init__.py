"""Models: one protocol, and those who speak it."""
