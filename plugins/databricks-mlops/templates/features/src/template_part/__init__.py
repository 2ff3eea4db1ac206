"""Template part: features of an entity as of a moment, and how models look them up."""
