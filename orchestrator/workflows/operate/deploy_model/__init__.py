"""`deploy-model`: a model version on a serving endpoint, first with a small share of the traffic."""
