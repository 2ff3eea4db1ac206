"""Evals: how good the rules and the specialists are on labelled projects, computed offline from stored runs."""
