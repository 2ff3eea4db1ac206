"""A model goes to production in the run that trained it, and nothing compares it with the one that is there.

What: `set_registered_model_alias` with `champion`, `prod`, `production` or `live`, reached on every path, in a file
that logs or registers the model itself.

Why: a retraining on broken or unlucky data replaces the model in production that very night. What scores by the alias
takes the new version at its next load, and the first to notice is the business.

Severity: high in code that a task runs; medium elsewhere; one lower in demos.

Silent when: the call or a call of its function depends on a condition, an `assert`, or an exit under a condition stands
before it; the file does not train (a promotion task of its own: what gates it is another task); the alias is a
variable; or the file is a test or sets up a demo.

Source: Databricks documentation, MLOps workflows: champion and challenger; MLflow documentation, model registry.

Bad::

    import mlflow
    from mlflow import MlflowClient

    with mlflow.start_run():
        model = train(frame)
        info = mlflow.sklearn.log_model(model, name="model", registered_model_name="main.churn.classifier")
    MlflowClient().set_registered_model_alias("main.churn.classifier", "champion", info.registered_model_version)

Bad: one function trains and promotes::

    import mlflow
    from mlflow import MlflowClient

    def retrain(frame):
        model = build().fit(frame[columns], frame["churned"])
        info = mlflow.sklearn.log_model(model, name="model", registered_model_name="main.churn.classifier")
        MlflowClient().set_registered_model_alias("main.churn.classifier", "champion", info.registered_model_version)

Good: compared first::

    import mlflow
    from mlflow import MlflowClient

    info = mlflow.sklearn.log_model(model, name="model", registered_model_name="main.churn.classifier")
    if auc(info) > auc_of_champion():
        MlflowClient().set_registered_model_alias("main.churn.classifier", "champion", info.registered_model_version)

Good: a gate before it::

    import mlflow
    from mlflow import MlflowClient

    info = mlflow.sklearn.log_model(model, name="model", registered_model_name="main.churn.classifier")
    if auc(info) <= auc_of_champion():
        raise ValueError("no better than the champion")
    MlflowClient().set_registered_model_alias("main.churn.classifier", "champion", info.registered_model_version)

Good: an assertion::

    import mlflow
    from mlflow import MlflowClient

    info = mlflow.register_model(uri, "main.churn.classifier")
    assert auc(info) > 0.8
    MlflowClient().set_registered_model_alias("main.churn.classifier", "prod", info.version)

Good: the function is called under a condition::

    import mlflow
    from mlflow import MlflowClient

    def promote(version):
        MlflowClient().set_registered_model_alias("main.churn.classifier", "prod", version)

    info = mlflow.register_model(uri, "main.churn.classifier")
    if auc(info) > 0.8:
        promote(info.version)

Good: who calls the function decides::

    import mlflow
    from mlflow import MlflowClient

    def promote(run_id):
        version = mlflow.register_model(f"runs:/{run_id}/model", "main.churn.classifier").version
        MlflowClient().set_registered_model_alias("main.churn.classifier", "champion", version)

Good: a candidate::

    import mlflow
    from mlflow import MlflowClient

    info = mlflow.register_model(uri, "main.churn.classifier")
    MlflowClient().set_registered_model_alias("main.churn.classifier", "challenger", info.version)

Good: a task of its own::

    from mlflow import MlflowClient

    version = dbutils.widgets.get("version")
    MlflowClient().set_registered_model_alias("main.churn.classifier", "champion", version)

Good: a demo is set up::

    # file: src/_resources/00-setup.py
    import mlflow
    from mlflow import MlflowClient

    info = mlflow.register_model(uri, "main.churn.classifier")
    MlflowClient().set_registered_model_alias("main.churn.classifier", "prod", info.version)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from orchestrator.code.facts import Facts
from orchestrator.code.index import FunctionNode
from orchestrator.code.python import Call, PythonFile
from orchestrator.code.roles import Role
from orchestrator.rules.rule import Hit, Rule, Severity

RULE = Rule(
    id="MLP002",
    name="ungated-promotion",
    severity=Severity.HIGH,
    default=False,
    references=("https://docs.databricks.com/aws/en/machine-learning/mlops/mlops-workflow",),
)
_SERVING = frozenset({"champion", "prod", "production", "live"})
_SILENT = frozenset({Role.TEST, Role.SETUP, Role.GENERATOR})
_DECIDES = (ast.If, ast.IfExp, ast.While, ast.ExceptHandler, ast.match_case, ast.BoolOp)
_EXITS = frozenset({"exit", "_exit"})
_FITS = ("log_model", "fit")
"""What a function calls that trains: whoever calls it decides to train, and not whether the model is good."""


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every promotion that nothing decides."""
    role = facts.role(file.path)
    if role in _SILENT or not file.imports_any("mlflow") or not _trains(file):
        return
    for call in file.calls_named("set_registered_model_alias"):
        alias = file.string(call.argument(1, "alias"))
        if alias is None or alias.lower() not in _SERVING or _is_decided(file, call):
            continue
        severity = Severity.HIGH if role is Role.PRODUCTION else Severity.MEDIUM
        yield Hit(
            location=file.call_location(call),
            message=f"each run of this code makes the model that it has just trained `{alias}`, whatever its metrics; "
            "compare it with the version that has the alias, and move the alias only where it is better",
            severity=severity.lowered(0 if role.is_serious else 1),
        )


def _trains(file: PythonFile) -> bool:
    return any(True for _ in file.calls_named("log_model", "register_model", "create_model_version"))


def _is_decided(file: PythonFile, call: Call) -> bool:
    """Whether a condition stands around the call, before it, or around the calls of its function."""
    if _is_conditional(file, call.node) or _is_gated(file, call.node):
        return True
    scope = file.function(call.node)
    if scope is None or any(file.function(each.node) is scope for each in file.calls_named(*_FITS)):
        return False
    callers = list(file.calls_named(scope.name))
    return not callers or any(_is_conditional(file, each.node) or _is_gated(file, each.node) for each in callers)


def _is_conditional(file: PythonFile, node: ast.AST) -> bool:
    for parent in file.ancestors(node):
        if isinstance(parent, FunctionNode):
            return False
        if isinstance(parent, _DECIDES) and not _is_main(parent):
            return True
    return False


def _is_main(node: ast.AST) -> bool:
    """Whether it is `if __name__ == "__main__"`."""
    return isinstance(node, ast.If) and any(
        isinstance(each, ast.Name) and each.id == "__name__" for each in ast.walk(node.test)
    )


def _is_gated(file: PythonFile, node: ast.AST) -> bool:
    """Whether something before the node, in the same function, may end the run."""
    scope, line = file.function(node), getattr(node, "lineno", 0)
    exits = [call.node for call in file.calls_named(*_EXITS)]
    gates: list[ast.AST] = [*file.nodes(ast.Assert), *file.nodes(ast.Raise), *exits, *file.nodes(ast.Return)]
    return any(file.function(gate) is scope and getattr(gate, "lineno", 0) < line for gate in gates)
