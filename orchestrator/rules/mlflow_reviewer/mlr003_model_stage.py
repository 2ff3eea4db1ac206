"""Model stages (`Staging`, `Production`) are deprecated and do not exist in Unity Catalog.

What: `transition_model_version_stage`, `get_latest_versions`, and model URIs that end in a stage
(`models:/churn/Production`).

Why: models in Unity Catalog have no stages: the calls raise, and the URI finds nothing. Elsewhere MLflow has deprecated
them since 2.9. What was a stage is an alias now, which is set and moved under the same access rules as the model.

Silent when: the file does not use MLflow, the receiver is no client of it (a store of one's own), the file defines a
method of that name itself (an adapter over several registries), the file is part of MLflow itself, or the last part of
the URI is a version, an alias or `latest`.

Source: MLflow documentation, migrating from stages; Databricks documentation, models in Unity Catalog.

Bad::

    from mlflow import MlflowClient

    client = MlflowClient()
    client.transition_model_version_stage("churn", version, "Production")

Bad: asking for a stage::

    from mlflow.tracking import MlflowClient

    newest = MlflowClient().get_latest_versions("churn", stages=["Production"])[0]

Bad: loading by stage::

    import mlflow

    model = mlflow.pyfunc.load_model(f"models:/{model_name}/Production")

Good: an alias::

    import mlflow
    from mlflow import MlflowClient

    MlflowClient().set_registered_model_alias("main.churn.classifier", "champion", version)
    model = mlflow.pyfunc.load_model("models:/main.churn.classifier@champion")

Good: a version, or the latest::

    import mlflow

    model = mlflow.pyfunc.load_model(f"models:/{model_name}/3")
    newest = mlflow.pyfunc.load_model(f"models:/{model_name}/latest")

Good: an adapter that keeps the old name::

    import mlflow

    class Registry:
        def transition_model_version_stage(self, name, version, stage):
            return self.inner.transition_model_version_stage(name, version, stage)

Good: another thing with such a method::

    import mlflow

    newest = registry_store().get_latest_versions("churn")

Good: no MLflow::

    route = "models:/churn/Production"

Good: MLflow's own resolver of such URIs::

    # file: mlflow/store/models.py
    import mlflow

    uri = "models:/churn/Production"
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from orchestrator.code.facts import Facts
from orchestrator.code.python import PythonFile, as_call
from orchestrator.rules.rule import Hit, Rule, Severity

RULE = Rule(
    id="MLR003",
    name="model-stage",
    severity=Severity.MEDIUM,
    default=True,
    references=(
        "https://mlflow.org/docs/latest/ml/model-registry/",
        "https://docs.databricks.com/machine-learning/manage-model-lifecycle/",
    ),
)
_CALLS = {
    "transition_model_version_stage": "set an alias with `set_registered_model_alias`",
    "get_latest_versions": "ask for an alias with `get_model_version_by_alias`",
}
_STAGED_URI = re.compile(r"models:/+(?P<model>[^/@]+)/(?P<stage>production|staging|archived)\Z", re.IGNORECASE)


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every call and every model URI that names a stage."""
    if not file.imports_any("mlflow") or file.path.startswith("mlflow/"):
        return
    steps = 0 if facts.role(file.path).is_serious else 1
    for call in file.calls_named(*_CALLS):
        if call.name not in file.functions and _is_client(file, call.receiver):
            yield Hit(
                location=file.call_location(call),
                message=f"`{call.name}` works with model stages, which Unity Catalog does not have and MLflow has "
                f"deprecated; {_CALLS[call.name]}",
                severity=RULE.severity.lowered(steps),
            )
    for node, found in _staged(file):
        yield Hit(
            location=file.location(node),
            message=f"the URI asks for the stage {found['stage']!r}, which models in Unity Catalog do not have; name "
            f"an alias: `models:/{found['model']}@champion`",
            severity=RULE.severity.lowered(steps),
        )


def _is_client(file: PythonFile, receiver: ast.expr | None) -> bool:
    """Whether the receiver is a client of MLflow's: by its name, or by the way it is made."""
    if isinstance(receiver, ast.Attribute):
        return "client" in receiver.attr.lower()
    if isinstance(receiver, ast.Name) and "client" in receiver.id.lower():
        return True
    made = as_call(file.value_of(receiver)) if receiver is not None else None
    return made is not None and made.name == "MlflowClient"


def _staged(file: PythonFile) -> Iterator[tuple[ast.expr, re.Match[str]]]:
    """The strings and f-strings that are a model URI with a stage."""
    texts: list[ast.JoinedStr | ast.Constant] = [*file.nodes(ast.JoinedStr), *file.nodes(ast.Constant)]
    for text in texts:
        inside = file.parent(text)
        if isinstance(inside, ast.JoinedStr | ast.Expr) or not _may_be_uri(text):
            continue
        found = _STAGED_URI.match(file.pattern(text) or "")
        if found is not None:
            yield text, found


def _may_be_uri(text: ast.JoinedStr | ast.Constant) -> bool:
    first = text.values[0] if isinstance(text, ast.JoinedStr) and text.values else text
    return isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value.startswith("models:/")
