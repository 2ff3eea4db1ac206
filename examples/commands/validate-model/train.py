"""Trains three models, scores them on held-out rows, and registers two of them: champion and challenger.

Needs MLflow and scikit-learn, and writes to the MLflow of MLFLOW_TRACKING_URI.
"""

from __future__ import annotations

import mlflow
import pandas as pd
from mlflow import MlflowClient
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss

MODEL = "churn"
ROWS = pd.DataFrame(
    {
        "visits": [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0],
        "tickets": [5.0, 1.0, 4.0, 2.0, 3.0, 0.0, 1.0, 2.0],
        "churned": [1, 1, 1, 0, 1, 0, 0, 0],
    }
)
HELD_OUT = pd.DataFrame(
    {"visits": [0.5, 2.5, 3.5, 6.5], "tickets": [4.0, 3.0, 1.0, 0.0], "churned": [1, 1, 0, 0]},
)
PINS = ["mlflow", "scikit-learn", "pandas", "numpy", "skops"]


def train(columns: list[str]) -> str:
    """Log a model of these columns with what it reaches on the held-out rows; its id."""
    from importlib.metadata import version

    data = mlflow.data.from_pandas(HELD_OUT, name="held-out", targets="churned")
    with mlflow.start_run():
        model = LogisticRegression().fit(ROWS[columns], ROWS["churned"])
        info = mlflow.sklearn.log_model(
            model,
            name="model",
            input_example=HELD_OUT[columns].head(2),
            pip_requirements=[f"{name}=={version(name)}" for name in PINS],
        )
        mlflow.log_input(data, context="evaluation")
        chance = model.predict_proba(HELD_OUT[columns])[:, 1]
        scores = {
            "accuracy": float(accuracy_score(HELD_OUT["churned"], chance > 0.5)),
            "log_loss": float(log_loss(HELD_OUT["churned"], chance)),
        }
        mlflow.log_metrics(scores, dataset=data, model_id=info.model_id)
    return str(info.model_id)


def main() -> None:
    """Register a champion that knows one column, and a challenger that knows two."""
    client = MlflowClient()
    client.create_registered_model(MODEL)
    for alias, columns in (("champion", ["tickets"]), ("challenger", ["visits", "tickets"])):
        model_id = train(columns)
        run_id = client.get_logged_model(model_id).source_run_id
        made = client.create_model_version(MODEL, f"models:/{model_id}", run_id, model_id=model_id)
        client.set_registered_model_alias(MODEL, alias, made.version)


if __name__ == "__main__":
    main()
