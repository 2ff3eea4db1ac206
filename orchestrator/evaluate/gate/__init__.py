"""Whether a change may go in: three lanes, from exact to statistical."""
