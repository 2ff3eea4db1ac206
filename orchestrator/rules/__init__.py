"""Deterministic checks: one file a rule, one folder a specialist."""
