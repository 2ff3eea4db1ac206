"""Entry point: fit on the older years, compare with the champion on the newest half year, promote if better."""

import argparse
from datetime import timedelta

import mlflow
import pandas as pd
from mlflow import MlflowClient
from mlflow.models import infer_signature
from pump_failure.rows import LABEL_DAYS, training_rows
from pyspark.sql import SparkSession
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score
from sklearn.model_selection import RandomizedSearchCV, TimeSeriesSplit
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NUMERIC = ["age_days", "vibration_28d", "temperature_28d", "earlier_failures"]
FEATURES = [*NUMERIC, "model"]
TEST_DAYS = 182
SEED = 12


def split(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Older and newest rows with a gap as long as the label looks ahead."""
    test_start = rows["monday"].max() - timedelta(days=TEST_DAYS)
    return rows[rows["monday"] < test_start - timedelta(days=LABEL_DAYS)], rows[rows["monday"] >= test_start]


def search(train: pd.DataFrame) -> RandomizedSearchCV:
    """Tune inside the training rows, always on weeks after the ones that were fitted."""
    steps = ColumnTransformer([("scale", StandardScaler(), NUMERIC), ("model", OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["model"])])
    pipeline = Pipeline([("columns", steps), ("trees", HistGradientBoostingClassifier(random_state=SEED))])
    weeks = train["monday"].nunique()
    grid = {"trees__learning_rate": [0.02, 0.05, 0.1], "trees__max_leaf_nodes": [15, 31, 63], "trees__max_iter": [150, 300]}
    folds = TimeSeriesSplit(n_splits=5, gap=len(train) // weeks * 2)
    found = RandomizedSearchCV(pipeline, grid, n_iter=8, scoring="average_precision", cv=folds, random_state=SEED)
    return found.fit(train[FEATURES], train["fails"])


def precision_of(model: Pipeline, rows: pd.DataFrame) -> float:
    """Average precision on the given rows."""
    return float(average_precision_score(rows["fails"], model.predict_proba(rows[FEATURES])[:, 1]))


def champion_precision(name: str, rows: pd.DataFrame) -> float:
    """The champion on the same rows; minus one when no version has the alias yet."""
    if "champion" not in MlflowClient().get_registered_model(name).aliases:
        return -1.0
    return precision_of(mlflow.sklearn.load_model(f"models:/{name}@champion"), rows)


def main() -> None:
    """Train, log, register, and move the alias only for a better model."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--catalog", required=True)
    catalog = parser.parse_args().catalog
    name = f"{catalog}.plant.pump_failure"
    mlflow.set_registry_uri("databricks-uc")

    frame = training_rows(SparkSession.builder.getOrCreate(), catalog).orderBy("monday", "pump_id").toPandas()
    train, test = split(frame.astype({"vibration_28d": float, "temperature_28d": float}))
    model = search(train).best_estimator_

    mlflow.set_experiment(f"/Shared/{name}")
    with mlflow.start_run(run_name="pump-failure"):
        signature = infer_signature(test[FEATURES], model.predict_proba(test[FEATURES]))
        logged = mlflow.sklearn.log_model(
            model, name="model", signature=signature, registered_model_name=name, pyfunc_predict_fn="predict_proba"
        )
        new, old = precision_of(model, test), champion_precision(name, test)
        mlflow.log_metrics({"test_average_precision": new, "champion_average_precision": old})
    if new > old:
        MlflowClient().set_registered_model_alias(name, "champion", logged.registered_model_version)
