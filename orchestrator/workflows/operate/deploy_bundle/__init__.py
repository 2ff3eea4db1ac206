"""`deploy-bundle`: a bundle brought to a target, as an approved change set."""
