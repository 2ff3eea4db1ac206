"""`log_model(artifact_path=...)` is deprecated in MLflow 3, where a model has a `name`.

What: the keyword `artifact_path` in `mlflow.<flavor>.log_model` of code that runs with MLflow 3.

Why: in MLflow 3 a model is an entity of its own and no folder among a run's artifacts. The old keyword is read as the
name and warns with every call, until it goes; and who reads it looks for the model in the wrong place.

Silent when: nothing in the project says that MLflow 3 runs the code (a pin in `%pip` or in the requirements, the
runtime of a bundle's task, calls that only MLflow 3 has), the function has a branch for each version, the flavor has no
`name` yet (`mlflow.spark`), or the call is no function of MLflow's (`FeatureEngineeringClient.log_model` keeps
`artifact_path`).

Source: MLflow documentation, migration to MLflow 3; the signatures of MLflow 3.18.

Bad: the notebook installs MLflow 3::

    # Databricks notebook source
    # MAGIC %pip install mlflow==3.14.0

    # COMMAND ----------

    import mlflow

    mlflow.sklearn.log_model(model, artifact_path="model", input_example=sample)

Fixed::

    # Databricks notebook source
    # MAGIC %pip install mlflow==3.14.0

    # COMMAND ----------

    import mlflow

    mlflow.sklearn.log_model(model, name="model", input_example=sample)

Bad: the project requires it, and the flavor is imported by itself::

    # file: pyproject.toml
    [project]
    name = "churn"
    dependencies = ["mlflow>=3.1"]
    # file: src/train.py
    from mlflow import xgboost as mlflow_xgboost

    mlflow_xgboost.log_model(booster, artifact_path="booster", signature=signature)

Bad: the runtime of the task has it::

    # file: databricks.yml
    bundle:
      name: churn
    resources:
      jobs:
        train:
          name: train
          tasks:
            - task_key: train
              new_cluster:
                spark_version: 18.x-cpu-ml-scala2.13
                num_workers: 0
              spark_python_task:
                python_file: src/train.py
    # file: src/train.py
    import mlflow

    mlflow.pyfunc.log_model(artifact_path="agent", python_model="agent.py")

Good::

    # Databricks notebook source
    # MAGIC %pip install mlflow==3.14.0

    # COMMAND ----------

    import mlflow

    mlflow.sklearn.log_model(model, name="model", input_example=sample)

Good: MLflow 2::

    # file: requirements.txt
    mlflow==2.22.0
    # file: src/train.py
    import mlflow

    mlflow.sklearn.log_model(model, artifact_path="model", input_example=sample)

Good: a branch for each version::

    # Databricks notebook source
    # MAGIC %pip install mlflow>=3.10

    # COMMAND ----------

    import mlflow

    def log(model, modern):
        if modern:
            return mlflow.sklearn.log_model(model, name="model", signature=signature)
        return mlflow.sklearn.log_model(model, artifact_path="model", signature=signature)

Good: the version is not known::

    import mlflow

    mlflow.sklearn.log_model(model, artifact_path="model", input_example=sample)

Good: this flavor has no `name`, and this client keeps `artifact_path`::

    # Databricks notebook source
    # MAGIC %pip install mlflow>=3.10 databricks-feature-engineering

    # COMMAND ----------

    import mlflow

    mlflow.spark.log_model(model, artifact_path="model", signature=signature)
    fe.log_model(model=model, artifact_path="model", flavor=mlflow.sklearn, training_set=training_set)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from orchestrator.code.facts import Facts
from orchestrator.code.python import Call, PythonFile
from orchestrator.rules.mlflow_reviewer._version import log_model_flavor, mlflow_major
from orchestrator.rules.rule import Fix, Hit, Rule, Severity

RULE = Rule(
    id="MLR002",
    name="artifact-path-keyword",
    severity=Severity.LOW,
    default=True,
    references=("https://mlflow.org/docs/latest/genai/mlflow-3/",),
)
_NAMED_SINCE = 3
_WITHOUT_NAME = frozenset({"spark"})
_REFUSED = frozenset("/:.%\"'")
"""Characters that a folder may have and a model's name may not."""


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every `artifact_path=` of a flavor's `log_model` under MLflow 3."""
    for call in file.calls_named("log_model"):
        given = {keyword.arg: keyword for keyword in call.node.keywords}
        old = given.get("artifact_path")
        flavor = log_model_flavor(file, call)
        if old is None or "name" in given or flavor is None or flavor in _WITHOUT_NAME:
            continue
        if mlflow_major(file, facts) != _NAMED_SINCE:
            return
        if _serves_both(file, call):
            continue
        yield Hit(
            location=file.location(old),
            message=f"`mlflow.{flavor}.log_model` takes `name=` since MLflow 3, which runs this code; "
            "`artifact_path=` is deprecated",
            fix=_fix(file, old),
        )


def _serves_both(file: PythonFile, call: Call) -> bool:
    """Whether the same function calls `log_model` with `name=` too: one branch for each version."""
    scope = file.function(call.node)
    return scope is not None and any(
        any(given.arg == "name" for given in other.node.keywords)
        for other in file.calls_named("log_model")
        if file.function(other.node) is scope
    )


def _fix(file: PythonFile, keyword: ast.keyword) -> Fix:
    """The keyword renamed; safe where the value is a name that MLflow 3 accepts."""
    value = file.string(keyword.value)
    return Fix(
        description="pass `name=`",
        edits=(file.edit(keyword, f"name={file.text(keyword.value)}"),),
        safe=value is not None and bool(value) and not _REFUSED.intersection(value),
    )
