"""The model: a booster of XGBoost, which takes missing values as they are and stops early on the validation part."""

from __future__ import annotations

from collections.abc import Mapping

import mlflow
import numpy as np
import pandas as pd
import xgboost
from mlflow.models import infer_signature
from mlflow.models.model import ModelInfo

from .rows import FEATURES, LABEL, Parts

SEED = 7
ROUNDS = 500
PATIENCE = 30
Value = bool | float | int | str
Model = xgboost.Booster
PARAMETERS: dict[str, Value] = {
    "objective": "binary:logistic",
    "eval_metric": "logloss",
    "eta": 0.05,
    "max_depth": 4,
    "min_child_weight": 5.0,
    "subsample": 0.8,
    "lambda": 1.0,
    "seed": SEED,
}


def fitted(parts: Parts, parameters: Mapping[str, Value]) -> Model:
    """The booster, fitted on the training part and cut at the round that was best on the validation part."""
    training = xgboost.DMatrix(parts.training[FEATURES], label=parts.training[LABEL])
    validation = xgboost.DMatrix(parts.validation[FEATURES], label=parts.validation[LABEL])
    booster = xgboost.train(
        dict(parameters),
        training,
        num_boost_round=ROUNDS,
        evals=[(validation, "validation")],
        early_stopping_rounds=PATIENCE,
        verbose_eval=False,
    )
    # A stored booster answers with all its rounds, so the later ones are taken away.
    return booster[: booster.best_iteration + 1]


def probabilities(model: Model, rows: pd.DataFrame) -> np.ndarray:
    """How likely the label of each row is 1."""
    return model.predict(xgboost.DMatrix(rows[FEATURES]))


def logged(model: Model, example: pd.DataFrame) -> ModelInfo:
    """The model in the run that is open, with signature and example; it answers with the probability of 1."""
    return mlflow.xgboost.log_model(
        model,
        name="model",
        input_example=example,
        signature=infer_signature(example, probabilities(model, example)),
        model_format="json",  # the format that later versions of the library can read
        pip_requirements=[f"xgboost=={xgboost.__version__}", f"pandas=={pd.__version__}"],
    )
