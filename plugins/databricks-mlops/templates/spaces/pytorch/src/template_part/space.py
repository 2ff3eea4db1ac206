"""The space of the search: the network's width and how it is trained. Epochs are found by early stopping."""

from __future__ import annotations

import optuna

from .model import Value


def suggested(trial: optuna.Trial) -> dict[str, Value]:
    """One point; what spans orders of magnitude is searched by its logarithm."""
    return {
        "hidden": trial.suggest_int("hidden", 4, 64, log=True),
        "learning_rate": trial.suggest_float("learning_rate", 1e-3, 0.1, log=True),
        "weight_decay": trial.suggest_float("weight_decay", 1e-6, 1e-1, log=True),
        "dropout": trial.suggest_float("dropout", 0.0, 0.5),
    }
