"""Template part: what is watched of a model, from when it is an alarm, and who is told."""
