"""Each trial of a search registers a model version, so the registry fills with candidates that lost.

What: `registered_model_name=` of `log_model`, `mlflow.register_model` or `create_model_version` inside the function
that Optuna's `study.optimize` or Hyperopt's `fmin` tries again and again.

Why: a search of a hundred trials makes a hundred versions of which one is meant. "The newest version" is then the last
trial and not the best, each version is copied to the registry's storage, and Unity Catalog limits the versions of a
model.

Silent when: the name is None or depends on a condition (only the best is registered), the objective is defined in
another file, or the file is a test.

Source: MLflow documentation, model registry; Databricks documentation, resource limits.

Bad::

    import mlflow
    import optuna

    def objective(trial):
        with mlflow.start_run(nested=True):
            model = train(trial.suggest_int("depth", 2, 8))
            mlflow.sklearn.log_model(model, name="model", registered_model_name="main.churn.classifier")
        return score(model)

    study = optuna.create_study(direction="maximize")
    study.optimize(objective, n_trials=100)

Bad: registered by itself, with arguments bound first::

    import functools

    import mlflow
    from hyperopt import fmin, tpe

    def objective(frame, params):
        info = mlflow.xgboost.log_model(train(frame, params), name="model")
        mlflow.register_model(info.model_uri, "main.churn.classifier")
        return info.metrics["loss"]

    best = fmin(functools.partial(objective, frame), space, algo=tpe.suggest, max_evals=50)

Good: the best is registered after the search::

    import mlflow
    import optuna

    def objective(trial):
        model = train(trial.suggest_int("depth", 2, 8))
        mlflow.sklearn.log_model(model, name="model")
        return score(model)

    study = optuna.create_study(direction="maximize")
    study.optimize(objective, n_trials=100)
    mlflow.sklearn.log_model(train(study.best_params["depth"]), name="model", registered_model_name="main.churn.model")

Good: only a better one::

    import mlflow
    import optuna

    def objective(trial):
        model = train(trial.suggest_int("depth", 2, 8))
        value = score(model)
        if value > best_value:
            mlflow.sklearn.log_model(model, name="model", registered_model_name="main.churn.classifier")
        return value

    study = optuna.create_study(direction="maximize")
    study.optimize(objective, n_trials=100)

Good: no name::

    import mlflow
    import optuna

    def objective(trial):
        mlflow.sklearn.log_model(train(trial), name="model", registered_model_name=None)
        return score(trial)

    study = optuna.create_study(direction="maximize")
    study.optimize(objective, n_trials=100)

Good: a test::

    # file: tests/test_search.py
    import mlflow
    import optuna

    def objective(trial):
        mlflow.sklearn.log_model(train(trial), name="model", registered_model_name="main.churn.classifier")
        return score(trial)

    study = optuna.create_study(direction="maximize")
    study.optimize(objective, n_trials=2)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from orchestrator.code.facts import Facts
from orchestrator.code.index import FunctionNode
from orchestrator.code.python import Call, PythonFile
from orchestrator.code.roles import Role
from orchestrator.code.searches import searches
from orchestrator.rules.rule import Hit, Rule, Severity

RULE = Rule(
    id="MLF002",
    name="registers-every-trial",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://docs.databricks.com/machine-learning/manage-model-lifecycle/",),
)


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every registration inside an objective."""
    if not file.imports_any("mlflow") or facts.role(file.path) is Role.TEST:
        return
    objectives = {search.objective for search in searches(file)} - {None}
    for call in file.calls_named("log_model", "register_model", "create_model_version"):
        scope = file.function(call.node)
        if scope not in objectives or not _registers(call) or _is_conditional(file, call):
            continue
        yield Hit(
            location=file.call_location(call),
            message=f"each trial of the search runs `{scope.name if scope else ''}` and registers a version here; "
            "register the best model once, after the search",
            severity=RULE.severity.lowered(0 if facts.role(file.path).is_serious else 1),
        )


def _registers(call: Call) -> bool:
    if call.name != "log_model":
        return True
    name = call.argument(-1, "registered_model_name")
    return name is not None and not (isinstance(name, ast.Constant) and name.value is None)


def _is_conditional(file: PythonFile, call: Call) -> bool:
    """Whether something of the objective decides if the call is reached."""
    for parent in file.ancestors(call.node):
        if isinstance(parent, FunctionNode):
            return False
        if isinstance(parent, ast.If | ast.IfExp | ast.ExceptHandler):
            return True
    return False
