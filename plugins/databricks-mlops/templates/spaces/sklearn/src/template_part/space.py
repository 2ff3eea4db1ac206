"""The space of the search: arguments of HistGradientBoostingClassifier."""

from __future__ import annotations

import optuna

from .model import Value


def suggested(trial: optuna.Trial) -> dict[str, Value]:
    """One point; what spans orders of magnitude is searched by its logarithm."""
    return {
        "learning_rate": trial.suggest_float("learning_rate", 0.01, 0.3, log=True),
        "max_iter": trial.suggest_int("max_iter", 50, 500, log=True),
        "max_leaf_nodes": trial.suggest_int("max_leaf_nodes", 4, 64, log=True),
        "min_samples_leaf": trial.suggest_int("min_samples_leaf", 5, 100, log=True),
        "l2_regularization": trial.suggest_float("l2_regularization", 1e-3, 30.0, log=True),
    }
