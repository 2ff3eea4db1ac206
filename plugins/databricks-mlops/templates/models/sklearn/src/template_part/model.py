"""The model: gradient boosting of scikit-learn, which takes missing values as they are."""

from __future__ import annotations

from collections.abc import Mapping

import mlflow
import numpy as np
import pandas as pd
import sklearn
from mlflow.models import infer_signature
from mlflow.models.model import ModelInfo
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline

from .rows import FEATURES, LABEL, Parts

SEED = 7
Value = bool | float | int | str
Model = Pipeline
# No early stopping: it would hold out rows at random, and here later rows judge earlier ones.
PARAMETERS: dict[str, Value] = {
    "learning_rate": 0.05,
    "max_iter": 200,
    "max_leaf_nodes": 15,
    "min_samples_leaf": 20,
    "l2_regularization": 1.0,
    "early_stopping": False,
    "random_state": SEED,
}


def fitted(parts: Parts, parameters: Mapping[str, Value]) -> Model:
    """The model, fitted on the training part alone. Steps that learn (scalers, encoders) belong into its pipeline."""
    model = Pipeline([("classify", HistGradientBoostingClassifier(**parameters))])
    return model.fit(parts.training[FEATURES], parts.training[LABEL])


def probabilities(model: Model, rows: pd.DataFrame) -> np.ndarray:
    """How likely the label of each row is 1."""
    return model.predict_proba(rows[FEATURES])[:, 1]


def logged(model: Model, example: pd.DataFrame) -> ModelInfo:
    """The model in the run that is open, with signature and example; it answers with the probabilities of 0 and 1."""
    return mlflow.sklearn.log_model(
        model,
        name="model",
        input_example=example,
        signature=infer_signature(example, model.predict_proba(example)),
        pyfunc_predict_fn="predict_proba",  # readers want the probability, not the guess
        serialization_format="skops",  # a pickle runs whatever it holds when it is loaded; skops loads known types
        skops_trusted_types=["sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"],
        pip_requirements=[f"scikit-learn=={sklearn.__version__}", f"pandas=={pd.__version__}", "skops"],
    )
