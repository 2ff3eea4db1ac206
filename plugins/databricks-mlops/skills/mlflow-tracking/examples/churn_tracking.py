"""Train, log, register and promote on a local sqlite store: `python churn_tracking.py`. Needs mlflow 3 and scikit-
learn, no network.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
from mlflow import MlflowClient
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

FEATURES = ["tenure_months", "orders_90d", "support_calls_90d"]
LABEL = "churned"
MODEL = "churn"
MARGIN = 0.01


@dataclass(frozen=True, kw_only=True)
class Split:
    """Rows to train on and later rows to judge by; no row is in both."""

    training: pd.DataFrame
    holdout: pd.DataFrame


def customers(count: int = 400, seed: int = 7) -> Split:
    """Made-up customers in order of time: long tenure keeps them, support calls drive them away."""
    random = np.random.default_rng(seed)
    rows = pd.DataFrame(
        {
            "tenure_months": random.integers(1, 60, count).astype("float64"),
            "orders_90d": random.poisson(4, count).astype("float64"),
            "support_calls_90d": random.poisson(1, count).astype("float64"),
        }
    )
    tendency = 1.5 - 0.08 * rows["tenure_months"] - 0.2 * rows["orders_90d"] + 1.2 * rows["support_calls_90d"]
    rows[LABEL] = (random.random(count) < 1 / (1 + np.exp(-tendency))).astype(int)
    cut = int(count * 0.75)
    return Split(training=rows.iloc[:cut], holdout=rows.iloc[cut:])


def use_local_store(folder: Path) -> None:
    """MLflow keeps runs and registry in one sqlite file and models in one folder, both under `folder`."""
    mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
    mlflow.set_registry_uri(f"sqlite:///{folder / 'mlflow.db'}")
    if mlflow.get_experiment_by_name("churn") is None:
        mlflow.create_experiment("churn", artifact_location=(folder / "artifacts").as_uri())
    mlflow.set_experiment("churn")


def train(pipeline: Pipeline, split: Split, run_name: str) -> str:
    """The number of the registered version; the run holds dataset, parameters, metric and signed model."""
    with mlflow.start_run(run_name=run_name):
        mlflow.log_params({"estimator": type(pipeline.steps[-1][1]).__name__, "rows": len(split.training)})
        mlflow.log_input(mlflow.data.from_pandas(split.training, name="customers", targets=LABEL), context="training")
        pipeline.fit(split.training[FEATURES], split.training[LABEL])
        info = mlflow.sklearn.log_model(
            pipeline, name=MODEL, input_example=split.training[FEATURES].head(3), pip_requirements=["scikit-learn"]
        )
        mlflow.log_metrics({"holdout_auc": auc(pipeline, split.holdout)}, model_id=info.model_id)
    return str(mlflow.register_model(info.model_uri, MODEL).version)


def auc(pipeline: Pipeline, rows: pd.DataFrame) -> float:
    """The area under the ROC curve, 0.5 for a model that knows nothing."""
    return float(roc_auc_score(rows[LABEL], pipeline.predict_proba(rows[FEATURES])[:, 1]))


def champion_auc(client: MlflowClient, rows: pd.DataFrame) -> float | None:
    """The champion's score on these rows, or None where nothing was promoted yet."""
    if "champion" not in client.get_registered_model(MODEL).aliases:
        return None
    return auc(mlflow.sklearn.load_model(f"models:/{MODEL}@champion"), rows)


def promote_if_better(version: str, split: Split) -> bool:
    """Whether the alias moved: only for a gain of at least the margin over the champion, or over 0.5 if there is
    none.
    """
    client = MlflowClient()
    champion = champion_auc(client, split.holdout)
    challenger = auc(mlflow.sklearn.load_model(f"models:/{MODEL}/{version}"), split.holdout)
    promoted = challenger - (0.5 if champion is None else champion) >= MARGIN
    client.set_model_version_tag(MODEL, version, "gate", "passed" if promoted else "refused")
    if promoted:
        client.set_registered_model_alias(MODEL, "champion", version)
    return promoted


def good_pipeline() -> Pipeline:
    """The scaler inside the pipeline is fitted on training rows only."""
    return make_pipeline(StandardScaler(), LogisticRegression())


def constant_pipeline() -> Pipeline:
    """A model that always says the same, which no gate may let pass."""
    return make_pipeline(StandardScaler(), DummyClassifier(strategy="prior"))


def main(folder: Path) -> None:
    """Promote a good model, refuse a constant one, load by alias and predict."""
    use_local_store(folder)
    split = customers()
    first = train(good_pipeline(), split, "logistic")
    assert promote_if_better(first, split)
    second = train(constant_pipeline(), split, "constant")
    assert not promote_if_better(second, split)
    model = mlflow.pyfunc.load_model(f"models:/{MODEL}@champion")
    print(f"champion is version {first}; it predicts {list(model.predict(split.holdout[FEATURES].head(5)))}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        main(Path(place))
