"""Defects of machine learning code: models without a signature, stages, old keywords, files of runs."""

from planting import Mutator, edits

_TRAIN = """
import mlflow
from mlflow.models import infer_signature
from sklearn.linear_model import LogisticRegression

mlflow.set_registry_uri("databricks-uc")
features = spark.read.table("main.ml.churn").limit(10000).toPandas()
with mlflow.start_run():
    model = LogisticRegression().fit(features[["visits"]], features["left"])
    signature = infer_signature(features[["visits"]], model.predict(features[["visits"]]))
    info = mlflow.sklearn.log_model(model, name="model", signature=signature, registered_model_name="main.ml.churn")
"""

_SCORE = """
import mlflow
from mlflow import MlflowClient

client = MlflowClient()
version = client.get_model_version_by_alias("main.ml.churn", "champion")
model = mlflow.pyfunc.load_model("models:/main.ml.churn@champion")
"""

_PINNED = """
# file: requirements.txt
mlflow>=3.1
# file: src/train.py
import mlflow
from mlflow.models import infer_signature


def train(model, frame, run):
    info = mlflow.sklearn.log_model(model, name="model", input_example=frame)
    loaded = mlflow.sklearn.load_model(info.model_uri)
    return loaded
"""

MUTATORS = (
    Mutator(
        rule="MLR001",
        kind="python",
        clean=_TRAIN,
        edits=edits(
            ("no signature, registered at once", "signature=signature, ", ""),
            (
                "no signature, registered later",
                'signature=signature, registered_model_name="main.ml.churn")',
                ')\n    mlflow.register_model(info.model_uri, "main.ml.churn")',
            ),
            (
                "another flavor",
                'mlflow.sklearn.log_model(model, name="model", signature=signature,',
                'mlflow.lightgbm.log_model(model, name="model",',
            ),
            (
                "an imported flavor",
                'info = mlflow.sklearn.log_model(model, name="model", signature=signature,',
                'from mlflow import sklearn as flavor\n    info = flavor.log_model(model, name="model",',
            ),
        ),
    ),
    Mutator(
        rule="MLR002",
        kind="project",
        clean=_PINNED,
        edits=edits(
            ("a keyword", 'name="model"', 'artifact_path="model"'),
            (
                "a keyword of another flavor",
                'mlflow.sklearn.log_model(model, name="model"',
                'mlflow.xgboost.log_model(model, artifact_path="xgb"',
            ),
        ),
    ),
    Mutator(
        rule="MLR002",
        kind="project",
        clean="""
# file: notebooks/train.py
# Databricks notebook source
# MAGIC %pip install mlflow==3.4.0

# COMMAND ----------

import mlflow

mlflow.pyfunc.log_model(name="model", python_model=model, input_example=frame)
""",
        edits=edits(("a keyword in a notebook", 'name="model"', 'artifact_path="model"')),
    ),
    Mutator(
        rule="MLR003",
        kind="python",
        clean=_SCORE,
        edits=edits(
            ("a stage in an address", "models:/main.ml.churn@champion", "models:/churn/Production"),
            (
                "get_latest_versions",
                'client.get_model_version_by_alias("main.ml.churn", "champion")',
                'client.get_latest_versions("churn", stages=["Production"])[0]',
            ),
            (
                "transition",
                'client.get_model_version_by_alias("main.ml.churn", "champion")',
                'client.transition_model_version_stage("churn", 3, "Production")',
            ),
            ("a stage in an f-string", '"models:/main.ml.churn@champion"', 'f"models:/{model_name}/Staging"'),
            (
                "a client made on the way",
                'client.get_model_version_by_alias("main.ml.churn", "champion")',
                'mlflow.tracking.MlflowClient().transition_model_version_stage(name="churn", version=3, stage="Staging")',
            ),
        ),
    ),
    Mutator(
        rule="MLR004",
        kind="project",
        clean=_PINNED,
        edits=edits(
            ("get_artifact_uri", "info.model_uri", 'mlflow.get_artifact_uri("model")'),
            ("the run's artifact_uri", "info.model_uri", 'f"{run.info.artifact_uri}/model"'),
            (
                "through a variable",
                "    loaded = mlflow.sklearn.load_model(info.model_uri)",
                '    place = mlflow.get_artifact_uri("model")\n    loaded = mlflow.sklearn.load_model(place)§',
            ),
            (
                "registered from it",
                "mlflow.sklearn.load_model(info.model_uri)",
                'mlflow.register_model(mlflow.get_artifact_uri("model"), "main.ml.m")',
            ),
        ),
    ),
)
