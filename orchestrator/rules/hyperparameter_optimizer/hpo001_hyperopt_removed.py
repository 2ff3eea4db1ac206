"""The code imports Hyperopt, which Databricks Runtime ML no longer has after 16.4 LTS.

What: an import of `hyperopt` in code for Databricks that no requirement, `%pip` or library of a task installs.

Why: Hyperopt is no longer maintained and was taken out of the ML runtimes after 16.4 LTS. The import fails with the
next upgrade of the cluster, and a package that nobody maintains is what brings it back.

Severity: high where a bundle runs the file on a runtime without it; medium where the runtime is not known; one lower in
demos.

Silent when: the project installs `hyperopt` itself, every task that runs the file has an ML runtime of 16.4 or before,
the import is ready to fail (`try` with `ImportError`), the file shows nothing of Databricks, or it is a test.

Source: Databricks documentation, distributed training with Hyperopt; release notes of the ML runtimes.

Bad::

    # Databricks notebook source
    from hyperopt import SparkTrials, fmin, hp, tpe

    best = fmin(objective, space, algo=tpe.suggest, max_evals=32, trials=SparkTrials())

Bad: the runtime of the task lacks it::

    # file: databricks.yml
    bundle:
      name: churn
    resources:
      jobs:
        tune:
          name: tune
          tasks:
            - task_key: tune
              new_cluster:
                spark_version: 17.3.x-cpu-ml-scala2.13
                num_workers: 2
              spark_python_task:
                python_file: src/tune.py
    # file: src/tune.py
    import hyperopt

    best = hyperopt.fmin(objective, space, algo=hyperopt.tpe.suggest, max_evals=32)

Good: the notebook installs it::

    # Databricks notebook source
    # MAGIC %pip install hyperopt==0.2.7

    # COMMAND ----------

    from hyperopt import fmin, hp, tpe

Good: the project requires it::

    # file: requirements.txt
    hyperopt==0.2.7
    # file: src/tune.py
    import mlflow
    from hyperopt import fmin

Good: the last runtime that has it::

    # file: databricks.yml
    bundle:
      name: churn
    resources:
      jobs:
        tune:
          name: tune
          tasks:
            - task_key: tune
              new_cluster:
                spark_version: 16.4.x-cpu-ml-scala2.12
                num_workers: 2
              spark_python_task:
                python_file: src/tune.py
    # file: src/tune.py
    import hyperopt
    import mlflow

Good: ready for its absence::

    import mlflow

    try:
        from hyperopt import fmin
    except ImportError:
        fmin = None

Good: nothing of Databricks::

    from hyperopt import fmin, hp

Good: a test::

    # file: tests/test_tune.py
    import mlflow
    from hyperopt import fmin
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.code.facts import Facts
from orchestrator.code.python import PythonFile
from orchestrator.code.removals import imports_of, is_installed, runs_only_with, runtime_without
from orchestrator.code.roles import Role
from orchestrator.rules.rule import Hit, Rule, Severity

RULE = Rule(
    id="HPO001",
    name="hyperopt-removed",
    severity=Severity.HIGH,
    default=True,
    references=("https://docs.databricks.com/machine-learning/automl-hyperparam-tuning/",),
)
_MODULE = "hyperopt"


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """The first import of Hyperopt in a file that runs on Databricks."""
    if not file.imports_any(_MODULE) or facts.role(file.path) is Role.TEST or not _is_for_databricks(file, facts):
        return
    statement = next(imports_of(file, _MODULE), None)
    if statement is None or runs_only_with(facts, file.path, _MODULE) or is_installed(facts, _MODULE):
        return
    runtime = runtime_without(facts, file.path, _MODULE)
    severity = Severity.HIGH if runtime else Severity.MEDIUM
    where = f"`{runtime}`, which runs this file, does not have" if runtime else "no ML runtime after 16.4 LTS has"
    yield Hit(
        location=file.location(statement),
        message=f"{where} Hyperopt, which is no longer maintained; move the search to Optuna, or install the package "
        "in the job's environment until then",
        severity=severity.lowered(0 if facts.role(file.path).is_serious else 1),
    )


def _is_for_databricks(file: PythonFile, facts: Facts) -> bool:
    if file.notebook is not None or facts.bindings(file.path):
        return True
    return file.imports_any("mlflow", "pyspark", "databricks")
