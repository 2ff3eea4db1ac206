"""The code imports Databricks AutoML, which is no part of Databricks Runtime 18.0 ML or of serverless compute.

What: an import of `databricks.automl`.

Why: from 18.0 ML on, AutoML is no built-in library, and serverless compute never had it: the import fails, and a
scheduled retraining stops with the upgrade of its cluster.

Severity: high where a bundle runs the file on such a runtime or on serverless compute; low where the compute is not
known.

Silent when: every task that runs the file has an ML runtime before 18.0, the import is ready to fail (`try` with
`ImportError`), the module is `databricks.automl_runtime` (a package of its own, which generated notebooks use), or the
file is a test.

Source: Databricks documentation, AutoML.

Bad::

    from databricks import automl

    summary = automl.classify(frame, target_col="churn", timeout_minutes=30)

Bad: the task's runtime lacks it::

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
                spark_version: 18.0.x-cpu-ml-scala2.13
                num_workers: 2
              spark_python_task:
                python_file: src/train.py
    # file: src/train.py
    import databricks.automl

Good: a runtime that has it::

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
                spark_version: 16.4.x-cpu-ml-scala2.12
                num_workers: 2
              spark_python_task:
                python_file: src/train.py
    # file: src/train.py
    from databricks import automl

Good: what generated notebooks import::

    from databricks.automl_runtime.sklearn import DatetimeImputer

Good: ready for its absence::

    try:
        from databricks import automl
    except ImportError:
        automl = None

Good: a test::

    # file: tests/test_train.py
    from databricks import automl
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.code.facts import Facts
from orchestrator.code.python import PythonFile
from orchestrator.code.removals import imports_of, runs_only_with, runtime_without
from orchestrator.code.roles import Role
from orchestrator.rules.rule import Hit, Rule, Severity

RULE = Rule(
    id="AML001",
    name="automl-unavailable",
    severity=Severity.HIGH,
    default=False,
    references=("https://learn.microsoft.com/azure/databricks/machine-learning/automl/",),
)
_MODULE = "databricks.automl"


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """The first import of AutoML in a file."""
    if not file.imports_any("databricks") or facts.role(file.path) is Role.TEST:
        return
    statement = next(imports_of(file, _MODULE), None)
    if statement is None or runs_only_with(facts, file.path, _MODULE):
        return
    where = _without(file, facts)
    yield Hit(
        location=file.location(statement),
        message=f"AutoML is not installed on {where or 'ML runtimes from 18.0 on, nor on serverless compute'}, where "
        "this import fails; train with the libraries that the generated notebooks use, or keep a runtime before 18.0",
        severity=Severity.HIGH if where else Severity.LOW,
    )


def _without(file: PythonFile, facts: Facts) -> str | None:
    """The compute that runs the file and lacks AutoML, in words."""
    runtime = runtime_without(facts, file.path, _MODULE)
    if runtime is not None:
        return f"`{runtime}`"
    serverless = any(binding.compute.serverless for binding in facts.bindings(file.path))
    return "the serverless compute of the task" if serverless else None
