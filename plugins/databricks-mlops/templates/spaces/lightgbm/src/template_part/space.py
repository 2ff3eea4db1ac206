"""The space of the search: parameters of LightGBM. The number of rounds is found by early stopping."""

from __future__ import annotations

import optuna

from .model import Value


def suggested(trial: optuna.Trial) -> dict[str, Value]:
    """One point; what spans orders of magnitude is searched by its logarithm."""
    return {
        "learning_rate": trial.suggest_float("learning_rate", 0.01, 0.3, log=True),
        "num_leaves": trial.suggest_int("num_leaves", 4, 64, log=True),
        "min_data_in_leaf": trial.suggest_int("min_data_in_leaf", 5, 100, log=True),
        "lambda_l2": trial.suggest_float("lambda_l2", 1e-3, 30.0, log=True),
    }
