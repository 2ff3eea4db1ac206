"""One specialist with a model: what it is shown, the loop of its turns, and what becomes of its answer."""
