"""The model: a booster of LightGBM, which takes missing values as they are and stops early on the validation part."""

from __future__ import annotations

from collections.abc import Mapping

import lightgbm
import mlflow
import numpy as np
import pandas as pd
from mlflow.models import infer_signature
from mlflow.models.model import ModelInfo

from .rows import FEATURES, LABEL, Parts

SEED = 7
ROUNDS = 500
PATIENCE = 30
Value = bool | float | int | str
Model = lightgbm.Booster
PARAMETERS: dict[str, Value] = {
    "objective": "binary",
    "metric": "binary_logloss",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 20,
    "lambda_l2": 1.0,
    "seed": SEED,
    "deterministic": True,
    "force_row_wise": True,  # with `deterministic` the documentation asks for it, or the numbers move by machine
    "verbosity": -1,
}


def fitted(parts: Parts, parameters: Mapping[str, Value]) -> Model:
    """The booster, fitted on the training part; it answers with the rounds that were best on the validation part."""
    training = lightgbm.Dataset(parts.training[FEATURES], label=parts.training[LABEL])
    validation = lightgbm.Dataset(parts.validation[FEATURES], label=parts.validation[LABEL], reference=training)
    return lightgbm.train(
        dict(parameters),
        training,
        num_boost_round=ROUNDS,
        valid_sets=[validation],
        callbacks=[lightgbm.early_stopping(PATIENCE, verbose=False)],
    )


def probabilities(model: Model, rows: pd.DataFrame) -> np.ndarray:
    """How likely the label of each row is 1."""
    return np.asarray(model.predict(rows[FEATURES]))


def logged(model: Model, example: pd.DataFrame) -> ModelInfo:
    """The model in the run that is open, with signature and example; it answers with the probability of 1."""
    return mlflow.lightgbm.log_model(
        model,
        name="model",
        input_example=example,
        signature=infer_signature(example, probabilities(model, example)),
        pip_requirements=[f"lightgbm=={lightgbm.__version__}", f"pandas=={pd.__version__}"],
    )
