"""The study on one machine: one trial after the other, each of which learns from those before it."""

from __future__ import annotations

import optuna

SEED = 7


def opened_study(name: str) -> optuna.Study:
    """A new study in memory; the same rows and seed try the same points."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna.create_study(study_name=name, direction="minimize", sampler=optuna.samplers.TPESampler(seed=SEED))
