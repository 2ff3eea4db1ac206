"""docs/servers.md says which calls each tool makes: its rows are held against the tools and against what they send."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from mcp import Client
from starlette.routing import compile_path

from orchestrator.toolbox.servers import server_programs
from orchestrator.workspace.sandbox import Sandbox
from orchestrator.workspace.sandbox.routes import families
from tests.tools.governed import CUSTOMERS, ROGUE, WAREHOUSE, WRITING, answered, served
from tests.tools.governed import workspace as governed
from tests.tools.running import CLUSTER, FEATURES, JOB, NOTEBOOK, ORDERS, PIPELINE, running

PAGE = Path(__file__).parent.parent.parent / "docs" / "servers.md"
NAME = re.compile(r"\{[^}]+\}")
STATEMENT, WAREHOUSES = "POST /api/2.0/sql/statements", "GET /api/2.0/sql/warehouses"
ROW = re.compile(r"\| (?P<tool>\w+) \| (?P<method>[^|]+) \| (?P<call>[^|]+) \|")
TODAY = dt.datetime.now(dt.UTC).date()
Calls = dict[str, tuple[dict[str, object], ...]]

WORKSPACE: Calls = {
    "list_jobs": ({},),
    "get_job": ({"job_id": JOB},),
    "get_job_runs": ({"job_id": JOB},),
    "get_run_output": ({"run_id": 0},),
    "job_status_summary": ({},),
    "list_clusters": ({},),
    "get_cluster": ({"cluster_id": CLUSTER},),
    "cluster_cost_analysis": ({},),
    "list_warehouses": ({},),
    "get_warehouse": ({"warehouse_id": WAREHOUSE},),
    "list_pipelines": ({},),
    "get_pipeline": ({"pipeline_id": PIPELINE},),
    "list_notebooks": ({"path": "/Shared", "recursive": True},),
    "export_notebook": ({"path": NOTEBOOK},),
    "list_dbfs": ({},),
    "workspace_search": ({"text": "orders", "kinds": ["notebook", "job", "pipeline", "cluster", "warehouse"]},),
}
CATALOG: Calls = {
    "list_catalogs": ({},),
    "get_catalog": ({"catalog": "main"},),
    "list_schemas": ({"catalog": "main"},),
    "get_schema": ({"schema": "main.sales"},),
    "list_tables": ({"schema": "main.sales"},),
    "get_table": ({"table_name": ORDERS},),
    "list_columns": ({"table_name": ORDERS},),
    "get_table_lineage": ({"table_name": ORDERS},),
    "get_column_lineage": ({"table_name": ORDERS, "column_name": "amount"},),
    "list_functions": ({"schema": "main.sales"},),
    "get_function": ({"function": "main.sales.hide"},),
    "list_volumes": ({"schema": "main.sales"},),
    "get_volume": ({"volume": "main.sales.landing"},),
    "list_shares": ({},),
    "get_share": ({"share": "outside"},),
    "list_recipients": ({},),
    "get_effective_permissions": ({"kind": "table", "name": ORDERS},),
    "get_grants": ({"kind": "table", "name": ORDERS},),
    "search_tables": ({"text": "or"}, {"text": "or", "where": "columns"}),
    "build_lineage_graph": ({"table_name": ORDERS},),
    "analyze_permissions": (
        {"kind": "catalog", "name": "main"},
        {"kind": "schema", "name": "main.sales"},
        {"kind": "table", "name": ORDERS},
        {"kind": "volume", "name": "main.sales.landing"},
        {"kind": "function", "name": "main.sales.hide"},
    ),
    "find_pii_columns": ({"scope": "main"}, {"scope": ORDERS}),
    "generate_data_dictionary": ({"scope": "main"}, {"scope": ORDERS}),
}
FEATURE_STORE: Calls = {
    "list_feature_tables": ({"catalog": "main"},),
    "get_feature_table": ({"table": FEATURES},),
    "search_features": ({"text": "spend", "catalog": "main", "schema": "ml"},),
    "get_feature": ({"name": f"{FEATURES}.spend_30d"}, {"name": "main.ml.spend_avg"}),
    "get_feature_lineage": ({"name": f"{FEATURES}.spend_30d"},),
    "get_online_store_status": (
        {},
        {"store": "shop", "online_table": "main.ml.customer_online"},
        {"online_table": "main.ml.customer_synced"},
    ),
    "list_feature_consumers": ({"table": FEATURES},),
    "get_table_statistics": ({"table": FEATURES},),
}
APPLY = {"dry_run": False}
KEPT, FILTER = "main.sales.kept", "main.sales.eu_only"
CHANGED = {"kind": "table", "name": KEPT, "principal": "analysts", "privileges": ["SELECT"], **APPLY}
PARAMETERS = [{"name": "region", "type": "string"}]
GOVERNANCE: Calls = {
    "get_effective_permissions": ({"kind": "table", "name": KEPT},),
    "list_grants": ({"kind": "table", "name": KEPT},),
    "grant_privilege": (CHANGED,),
    "revoke_privilege": (CHANGED,),
    "create_tag": ({"key": "cost", "values": ["a"], **APPLY}, {"key": "cost", "values": ["a", "b"], **APPLY}),
    "list_tags": ({},),
    "get_tag": ({"key": "pii"},),
    "set_table_tags": (
        {"table": KEPT, "values": {"a": "b"}, **APPLY},
        {"table": KEPT, "values": {"a": "c"}, **APPLY},
        {"table": KEPT, "values": {}, "remove": ["a"], **APPLY},
    ),
    "set_column_tags": (
        {"table": KEPT, "column": "id", "values": {"a": "b"}, **APPLY},
        {"table": KEPT, "column": "id", "values": {"a": "c"}, **APPLY},
        {"table": KEPT, "column": "id", "values": {}, "remove": ["a"], **APPLY},
    ),
    "get_table_tags": ({"table": CUSTOMERS},),
    "create_row_filter": ({"function": FILTER, "parameters": PARAMETERS, "condition": "region = 'EU'", **APPLY},),
    "apply_row_filter": ({"table": CUSTOMERS, "function": FILTER, "columns": ["region"], **APPLY},),
    "apply_column_mask": ({"table": CUSTOMERS, "column": "region", "function": FILTER, **APPLY},),
    "audit_catalog_permissions": ({"catalog": "main"},),
    "find_excessive_permissions": ({"catalog": "main", "days": 60},),
    "scan_pii_columns": ({"scope": "main"}, {"scope": CUSTOMERS}),
    "classify_and_tag_catalog": ({"scope": "lab", **APPLY},),
    "generate_compliance_report": tuple(
        {"standard": name, "catalog": "main"} for name in ("GDPR", "HIPAA", "SOC2", "CCPA", "PCI-DSS")
    ),
    "enforce_least_privilege": ({"catalog": "main", "days": 60, **APPLY},),
}
PERIOD: dict[str, object] = {"principal": ROGUE, "since": str(TODAY - dt.timedelta(days=7)), "until": str(TODAY)}
AUDIT: Calls = {
    "query_audit_logs": ({},),
    "get_table_access_logs": ({"table": CUSTOMERS},),
    "get_user_activity": ({"principal": ROGUE},),
    "get_failed_access_attempts": ({},),
    "get_privilege_changes": ({},),
    "get_pii_access_logs": ({},),
    "get_data_deletion_logs": ({},),
    "get_export_operations": ({},),
    "analyze_access_patterns": ({},),
    "detect_anomalies": ({},),
    "build_user_timeline": ({"principal": ROGUE},),
    "investigate_breach": (PERIOD,),
    "generate_access_report": ({},),
    "find_after_hours_access": ({},),
    "track_pii_access_chain": ({},),
    "verify_deletion_compliance": ({"table": "main.sales.erased", "requested": str(TODAY - dt.timedelta(days=60))},),
    "monitor_excessive_access": ({},),
}
DRIVEN = {"databricks-workspace": WORKSPACE, "unity-catalog": CATALOG, "feature-store": FEATURE_STORE}
GOVERNED = {"governance-api": GOVERNANCE, "audit-logs": AUDIT}
ONLY_IN_A_REAL_WORKSPACE: set[tuple[str, str]] = set()


@pytest.fixture(scope="module")
def workspace() -> Iterator[Sandbox]:
    with running() as sandbox:
        yield sandbox


def rows(server: str) -> list[re.Match[str]]:
    """The rows under the heading of a server."""
    text = PAGE.read_text(encoding="utf-8")
    section = text.partition(f"\n## {server}\n")[2].partition("\n## ")[0]
    return [match for line in section.splitlines() if (match := ROW.match(line)) and match["tool"] != "tool"]


def template(call: str) -> str:
    """A call such as `GET /api/2.1/unity-catalog/tables/a.b.c` as the route of the sandbox that answers it."""
    method, _, path = call.partition(" ")
    for family in families():
        for route in family.routes:
            if route.method == method and compile_path(route.path)[0].match(path):
                return f"{method} {NAME.sub('*', route.path)}"
    return call


@pytest.mark.parametrize("server", [program.name for program in server_programs()])
def test_every_tool_has_a_row_and_every_row_a_tool(server: str) -> None:
    program = next(item for item in server_programs() if item.name == server)
    tools = json.loads(program.manifest.read_text(encoding="utf-8"))["tools"]
    assert {match["tool"] for match in rows(server)} == set(tools)


async def made(server: str, calls: Calls, sandbox: Sandbox) -> set[tuple[str, str]]:
    """The calls that the tools of a server make, as tool and route."""
    found: set[tuple[str, str]] = set()
    async with served(server.replace("-", "_"), sandbox, options=WRITING) as client:
        for tool, arguments in ((tool, arguments) for tool, every in calls.items() for arguments in every):
            given = {**arguments, "run_id": await newest_run(client)} if arguments.get("run_id") == 0 else arguments
            before = len(sandbox.calls)
            answered(await client.call_tool(tool, given))
            sent = {template(call) for call in sandbox.calls[before:] if "well-known" not in call}
            # The first statement of a process looks for a warehouse; the page says so once for all.
            found |= {(tool, call) for call in sent - ({WAREHOUSES} if STATEMENT in sent else set())}
    return found


async def newest_run(client: Client) -> int:
    """The id of the newest run."""
    listed = answered(await client.call_tool("get_job_runs", {"job_id": JOB, "limit": 1}))
    return int(listed["items"][0]["run_id"])


def written(server: str) -> set[tuple[str, str]]:
    """The calls of the rows of a server, without what a row says of its SQL."""
    return {(match["tool"], match["call"].partition(":")[0].strip("` ")) for match in rows(server)}


@pytest.mark.anyio
@pytest.mark.enable_socket
@pytest.mark.parametrize("server", DRIVEN)
async def test_the_rows_are_the_calls_that_the_tools_make(server: str, workspace: Sandbox) -> None:
    assert await made(server, DRIVEN[server], workspace) == written(server) - ONLY_IN_A_REAL_WORKSPACE


@pytest.mark.anyio
@pytest.mark.enable_socket
@pytest.mark.parametrize("server", GOVERNED)
async def test_the_rows_of_governance_are_the_calls_that_its_tools_make(server: str) -> None:
    with governed() as sandbox:
        assert await made(server, GOVERNED[server], sandbox) == written(server)
