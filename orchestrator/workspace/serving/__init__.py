"""Model serving endpoints: what they serve, with which share of the traffic, and how that is changed."""
