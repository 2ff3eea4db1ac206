"""A model is looked for under the run's artifacts, where MLflow 3 does not put it.

What: `load_model`, `spark_udf`, `register_model`, `evaluate` or `create_model_version` with a URI that is built from
`get_artifact_uri(...)` or a run's `artifact_uri`.

Why: MLflow 3 keeps a logged model as an entity of its own, outside the artifacts of the run. The path that such code
builds held the model in MLflow 2 and is empty now, so the call fails, after an upgrade that touched nothing here.

Severity: high where the project says that MLflow 3 runs the code; one step lower where the version is not known; one
more in tests and demos.

Silent when: MLflow 2 runs the code, the model was saved by hand (`log_artifacts`, `log_artifact`, `save_model`), or the
URI is `runs:/...`, `models:/...` or `model_uri`, which MLflow resolves.

Source: MLflow documentation, migration to MLflow 3.

Bad::

    # Databricks notebook source
    # MAGIC %pip install mlflow==3.14.0

    # COMMAND ----------

    import mlflow

    with mlflow.start_run():
        mlflow.sklearn.log_model(model, name="model", input_example=sample)
        loaded = mlflow.sklearn.load_model(mlflow.get_artifact_uri("model"))

Bad: through the run::

    import mlflow

    with mlflow.start_run() as run:
        mlflow.sklearn.log_model(model, name="model", input_example=sample)
    uri = f"{run.info.artifact_uri}/model"
    mlflow.register_model(uri, "main.churn.classifier")

Bad: evaluated::

    # Databricks notebook source
    # MAGIC %pip install mlflow==3.14.0

    # COMMAND ----------

    import mlflow

    with mlflow.start_run():
        mlflow.xgboost.log_model(model, name="model", input_example=sample)
        mlflow.evaluate(mlflow.get_artifact_uri("model"), rows, targets="churned", model_type="classifier")

Good: what `log_model` returns::

    import mlflow

    with mlflow.start_run():
        info = mlflow.sklearn.log_model(model, name="model", input_example=sample)
    loaded = mlflow.sklearn.load_model(info.model_uri)

Good: a URI that MLflow resolves::

    import mlflow

    loaded = mlflow.pyfunc.load_model(f"runs:/{run_id}/model")

Good: MLflow 2::

    # file: requirements.txt
    mlflow<3
    # file: src/score.py
    import mlflow

    loaded = mlflow.pyfunc.load_model(mlflow.get_artifact_uri("model"))

Good: an artifact that is no model::

    import mlflow

    table = read_table(mlflow.get_artifact_uri("metrics.json"))

Good: the model was saved and uploaded by hand::

    import mlflow

    mlflow.sklearn.save_model(model, "local")
    mlflow.log_artifacts("local", "model")
    loaded = mlflow.sklearn.load_model(mlflow.get_artifact_uri("model"))
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from orchestrator.code.facts import Facts
from orchestrator.code.python import Call, PythonFile, as_call
from orchestrator.rules.mlflow_reviewer._version import mlflow_major
from orchestrator.rules.rule import Hit, Rule, Severity

RULE = Rule(
    id="MLR004",
    name="model-from-run-artifacts",
    severity=Severity.HIGH,
    default=True,
    references=("https://mlflow.org/docs/latest/genai/mlflow-3/",),
)
_FIRST_WITHOUT = 3
_CONSUMERS = {
    "load_model": (0, "model_uri"),
    "spark_udf": (1, "model_uri"),
    "register_model": (0, "model_uri"),
    "evaluate": (0, "model"),
    "create_model_version": (1, "source"),
}
_BY_HAND = ("log_artifacts", "log_artifact", "save_model")


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every model URI that is built from the place of a run's artifacts."""
    if not file.imports_any("mlflow") or any(True for _ in file.calls_named(*_BY_HAND)):
        return
    for call in file.calls_named(*_CONSUMERS):
        uri = call.argument(*_CONSUMERS[call.name])
        if uri is None or call.receiver is None or not _is_mlflow(file, call) or not _is_run_path(file, uri):
            continue
        major = mlflow_major(file, facts)
        if major is not None and major < _FIRST_WITHOUT:
            return
        steps = int(major is None) + int(not facts.role(file.path).is_serious)
        yield Hit(
            location=file.call_location(call),
            message=f"`{call.name}` looks for the model under the run's artifacts, where MLflow 3 does not keep it; "
            "use the `model_uri` that `log_model` returns",
            severity=RULE.severity.lowered(steps),
        )


def _is_mlflow(file: PythonFile, call: Call) -> bool:
    """Whether the call is MLflow's; a model version is created by a client, whose name tells little."""
    return call.name == "create_model_version" or (file.dotted(call.node.func) or "").startswith("mlflow.")


def _is_run_path(file: PythonFile, uri: ast.expr) -> bool:
    """Whether an expression is made from `get_artifact_uri(...)` or from `run.info.artifact_uri`."""
    value = file.value_of(uri)
    if value is None:
        return False
    return any(_is_artifact_root(part) for part in (value, *_parts(file, value)))


def _parts(file: PythonFile, value: ast.expr) -> Iterator[ast.expr]:
    """The pieces of a path that is joined by an f-string, by `+` or by a call such as `os.path.join`."""
    pieces: list[ast.expr] = []
    if isinstance(value, ast.JoinedStr):
        pieces = [piece.value for piece in value.values if isinstance(piece, ast.FormattedValue)]
    elif isinstance(value, ast.BinOp):
        pieces = [value.left, value.right]
    elif (call := as_call(value)) is not None and call.name == "join":
        pieces = call.node.args
    return (found for piece in pieces if (found := file.value_of(piece)) is not None)


def _is_artifact_root(node: ast.expr) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "artifact_uri"
    call = as_call(node)
    return call is not None and call.name == "get_artifact_uri"
