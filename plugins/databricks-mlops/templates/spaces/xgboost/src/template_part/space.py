"""The space of the search: parameters of XGBoost. The number of rounds is found by early stopping."""

from __future__ import annotations

import optuna

from .model import Value


def suggested(trial: optuna.Trial) -> dict[str, Value]:
    """One point; what spans orders of magnitude is searched by its logarithm."""
    return {
        "eta": trial.suggest_float("eta", 0.01, 0.3, log=True),
        "max_depth": trial.suggest_int("max_depth", 2, 8),
        "min_child_weight": trial.suggest_float("min_child_weight", 1.0, 50.0, log=True),
        "subsample": trial.suggest_float("subsample", 0.5, 1.0),
        "lambda": trial.suggest_float("lambda", 1e-3, 30.0, log=True),
    }
