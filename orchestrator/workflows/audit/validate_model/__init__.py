"""`validate-model`: what speaks against a model version before it is promoted."""
