"""The commands of the plugins that are more than a review: what they share, whatever their shape."""
