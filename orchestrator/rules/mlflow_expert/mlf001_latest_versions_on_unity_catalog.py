"""`latest_versions` of a registered model is asked for, which is always empty in Unity Catalog.

What: the attribute `latest_versions` of what `get_registered_model` or `search_registered_models` returns, in code
whose registry is Unity Catalog.

Why: Unity Catalog has no stages and sends no latest versions; the client leaves the attribute at None. Code that takes
its first element raises, and code that only loops over it or tests it promotes, deletes or scores nothing and says
nothing.

Silent when: nothing shows that the registry is Unity Catalog (`databricks-uc`, or a model's name of three parts), the
object comes from elsewhere, or the file is a test.

Source: MLflow 3.18, `RegisteredModel` of the Unity Catalog store.

Bad::

    import mlflow
    from mlflow import MlflowClient

    mlflow.set_registry_uri("databricks-uc")
    client = MlflowClient()
    newest = client.get_registered_model("main.churn.classifier").latest_versions[0].version

Bad: the name tells the registry::

    from mlflow import MlflowClient

    model = MlflowClient().get_registered_model(f"{catalog}.{schema}.classifier")
    for version in model.latest_versions:
        print(version.version)

Bad: over all models::

    from mlflow import MlflowClient

    client = MlflowClient(registry_uri="databricks-uc")
    for model in client.search_registered_models():
        if model.latest_versions:
            client.delete_registered_model(model.name)

Good: the versions are searched::

    import mlflow
    from mlflow import MlflowClient

    mlflow.set_registry_uri("databricks-uc")
    versions = MlflowClient().search_model_versions("name='main.churn.classifier'")
    newest = max(int(version.version) for version in versions)

Good: a registry with stages::

    from mlflow import MlflowClient

    client = MlflowClient()
    newest = client.get_registered_model("churn").latest_versions[0].version

Good: the workspace's own registry is named::

    import mlflow
    from mlflow import MlflowClient

    mlflow.set_registry_uri("databricks")
    newest = MlflowClient().get_registered_model("churn").latest_versions[0].version

Good: another object::

    import mlflow

    mlflow.set_registry_uri("databricks-uc")
    newest = packages.latest_versions[0]

Good: a test::

    # file: tests/test_registry.py
    from mlflow import MlflowClient

    assert MlflowClient().get_registered_model("main.churn.classifier").latest_versions is None
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from orchestrator.code.facts import Facts
from orchestrator.code.python import Call, PythonFile, as_call
from orchestrator.code.roles import Role
from orchestrator.code.scopes import BindingKind
from orchestrator.rules.rule import Hit, Rule, Severity

RULE = Rule(
    id="MLF001",
    name="latest-versions-on-unity-catalog",
    severity=Severity.HIGH,
    default=True,
    references=("https://docs.databricks.com/machine-learning/manage-model-lifecycle/",),
)
_UNITY_CATALOG = "databricks-uc"
_GETTERS = frozenset({"get_registered_model", "search_registered_models"})


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every `latest_versions` of a model in Unity Catalog."""
    if "latest_versions" not in file.source.text or not file.imports_any("mlflow"):
        return
    if facts.role(file.path) is Role.TEST:
        return
    for node in file.nodes(ast.Attribute):
        made = _getter(file, node.value) if node.attr == "latest_versions" else None
        if made is None or not _is_in_unity_catalog(file, made):
            continue
        yield Hit(
            location=file.location(node),
            message="`latest_versions` is always None for a model in Unity Catalog, so this finds no version; ask "
            "`search_model_versions`, or `get_model_version_by_alias` for the one that is meant",
            severity=RULE.severity.lowered(0 if facts.role(file.path).is_serious else 1),
        )


def _getter(file: PythonFile, node: ast.expr) -> Call | None:
    """The call of the registry from which an expression comes: itself, one of its elements, a loop over it."""
    for _ in range(10):
        if isinstance(node, ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Name):
            found = file.definitions(node)
            if len(found) != 1 or found[0].kind not in {BindingKind.ASSIGN, BindingKind.LOOP} or not found[0].value:
                return None
            node = found[0].value
        else:
            break
    call = as_call(node)
    return call if call is not None and call.name in _GETTERS else None


def _is_in_unity_catalog(file: PythonFile, made: Call) -> bool:
    name = file.pattern(made.argument(0, "name")) if made.name == "get_registered_model" else None
    if name is not None and name.count(".") == 2 and " " not in name:
        return True
    registries = {file.string(call.argument(0, "uri")) for call in file.calls_named("set_registry_uri")}
    clients = {file.string(call.argument(1, "registry_uri")) for call in file.calls_named("MlflowClient")}
    named = (registries | clients) - {None}
    return named == {_UNITY_CATALOG}
