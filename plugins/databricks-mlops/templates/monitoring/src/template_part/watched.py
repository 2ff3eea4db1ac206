"""What is watched: the columns of one table with a row a prediction."""

from __future__ import annotations

MOMENT = "predicted_at"
VERSION = "model_version"
PREDICTION = "prediction"
# Empty where outcomes are not joined to predictions yet: then nobody can say whether the model is right.
LABEL = "churned"
FEATURES = ["tenure_months", "orders_90d"]
# Expressions of few values whose groups are looked at one by one; never an id.
SLICES = []


def columns() -> list[str]:
    """Every column that the profile reads."""
    return [MOMENT, VERSION, PREDICTION, *([LABEL] if LABEL else []), *FEATURES]


def drifting() -> list[str]:
    """The columns whose drift is an alarm beyond their threshold: what goes in and what comes out."""
    return [PREDICTION, *FEATURES]
