"""The code uses online tables, which Databricks no longer supports since 15 January 2026.

What: calls of `online_tables` of the workspace client that create, read or wait for an online table, the classes
`OnlineTable` and `OnlineTableSpec` of the SDK, and requests to `/api/2.0/online-tables`.

Why: online tables can neither be created nor read any more. Who serves features or looks them up through one gets an
error at that call, so the deployment or the endpoint fails. The online feature store on Lakebase replaced them.

Silent when: the call deletes a table (to clean up is what is left to do), the call stands in a `try` whose
handlers go on (a question that is ready for a no), the receiver is no workspace client, or the file is a test.

Severity: high; one lower in demos.

Source: Databricks documentation, migrate from legacy and third party online tables.

Bad::

    from databricks.sdk import WorkspaceClient

    w = WorkspaceClient()
    state = w.online_tables.get(name="main.churn.features_online").status.detailed_state

Bad: a table is created::

    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.catalog import OnlineTable, OnlineTableSpec

    spec = OnlineTableSpec(source_table_full_name="main.churn.features", primary_key_columns=["customer_id"])
    WorkspaceClient().online_tables.create(table=OnlineTable(name="main.churn.features_online", spec=spec))

Bad: by the address::

    import requests

    requests.post(f"{host}/api/2.0/online-tables", headers=headers, json=body)

Good: the store that replaced them::

    from databricks.feature_engineering import FeatureEngineeringClient

    fe = FeatureEngineeringClient()
    store = fe.get_online_store(name="churn-store")
    fe.publish_table(online_store=store, source_table_name="main.churn.features", online_table_name="main.churn.online")

Good: old ones are deleted::

    from databricks.sdk import WorkspaceClient

    WorkspaceClient().online_tables.delete(name="main.churn.features_online")

Good: whether there is one left::

    from databricks.sdk import WorkspaceClient

    def exists(name):
        try:
            WorkspaceClient().online_tables.get(name=name)
            return True
        except Exception:
            return False

Bad: raised again::

    from databricks.sdk import WorkspaceClient

    try:
        WorkspaceClient().online_tables.create(table=table)
    except Exception as error:
        if "already exists" not in str(error):
            raise

Good: another object of that name::

    site.online_tables.create(name="booking")

Good: a test::

    # file: tests/test_features.py
    from databricks.sdk import WorkspaceClient

    WorkspaceClient().online_tables.get(name="main.churn.features_online")
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from orchestrator.code.facts import Facts
from orchestrator.code.index import FunctionNode
from orchestrator.code.python import PythonFile
from orchestrator.code.roles import Role
from orchestrator.rules.rule import Hit, Rule, Severity

RULE = Rule(
    id="FST002",
    name="online-tables-api",
    severity=Severity.HIGH,
    default=True,
    references=("https://docs.databricks.com/aws/machine-learning/feature-store/migrate-from-online-tables",),
)
_SERVICE = "online_tables"
_USES = ("create", "create_and_wait", "get", "wait_get_online_table_active")
_REQUESTS = ("post", "get", "put", "request", "do")
_ADDRESS = "/api/2.0/online-tables"


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every call that needs online tables."""
    text = file.source.text
    if (_SERVICE not in text and _ADDRESS not in text) or facts.role(file.path) is Role.TEST:
        return
    for node, what in _uses(file):
        if _is_tried(file, node):
            continue
        yield Hit(
            location=file.location(node),
            message=f"{what} fails: online tables are no longer supported since 15 January 2026; publish the feature "
            "table to an online feature store (`FeatureEngineeringClient.publish_table`)",
            severity=RULE.severity.lowered(0 if facts.role(file.path).is_serious else 1),
        )


def _uses(file: PythonFile) -> Iterator[tuple[ast.Call, str]]:
    if file.imports_any("databricks"):
        for call in file.calls_named(*_USES):
            if isinstance(call.receiver, ast.Attribute) and call.receiver.attr == _SERVICE:
                yield call.node, f"`{_SERVICE}.{call.name}`"
    for call in file.calls_named(*_REQUESTS):
        given = [*call.node.args, *(keyword.value for keyword in call.node.keywords if keyword.arg in {"url", "path"})]
        if any(_ADDRESS in (file.pattern(each) or "") for each in given):
            yield call.node, f"this request to `{_ADDRESS}`"


def _is_tried(file: PythonFile, node: ast.AST) -> bool:
    """Whether the call stands in the body of a `try` of its own function, and none of its handlers raises again."""
    for parent in file.ancestors(node):
        if isinstance(parent, FunctionNode):
            return False
        if isinstance(parent, ast.Try) and any(node in ast.walk(each) for each in parent.body):
            return not any(isinstance(each, ast.Raise) for handler in parent.handlers for each in ast.walk(handler))
    return False
