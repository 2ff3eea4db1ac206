"""What holds for every server of `tools/`: the tools of the design, descriptions, bounded arguments, manifests."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from collections.abc import Iterator, Mapping

import pytest
from mcp import Client
from mcp_types import Tool

from orchestrator.toolbox.options import ServerOptions
from orchestrator.toolbox.recording import recorded
from orchestrator.toolbox.servers import ServerProgram, server_programs

DESIGN = {
    "databricks-workspace": """list_jobs get_job list_clusters get_cluster list_notebooks export_notebook list_dbfs
        get_job_runs get_run_output list_warehouses get_warehouse list_pipelines get_pipeline workspace_search
        job_status_summary cluster_cost_analysis""",
    "unity-catalog": """list_catalogs get_catalog list_schemas get_schema list_tables get_table list_columns
        get_table_lineage get_column_lineage list_functions get_function list_volumes get_volume list_shares get_share
        list_recipients get_effective_permissions get_grants search_tables build_lineage_graph analyze_permissions
        find_pii_columns generate_data_dictionary""",
    "spark-profiler": "analyze_plan analyze_metrics estimate_cost get_optimization_tips",
    "mlflow-registry": """list_registered_models get_registered_model search_model_versions get_model_version
        set_model_version_alias set_model_version_tag get_run search_runs""",
    "feature-store": """list_feature_tables get_feature_table search_features get_feature get_feature_lineage
        get_online_store_status list_feature_consumers get_table_statistics""",
    "governance-api": """get_effective_permissions list_grants grant_privilege revoke_privilege create_tag list_tags
        get_tag set_table_tags set_column_tags get_table_tags create_row_filter apply_row_filter apply_column_mask
        audit_catalog_permissions find_excessive_permissions classify_and_tag_catalog scan_pii_columns
        generate_compliance_report enforce_least_privilege""",
    "audit-logs": """query_audit_logs get_table_access_logs get_user_activity get_failed_access_attempts
        get_privilege_changes get_pii_access_logs get_data_deletion_logs get_export_operations analyze_access_patterns
        detect_anomalies build_user_timeline investigate_breach generate_access_report find_after_hours_access
        track_pii_access_chain verify_deletion_compliance monitor_excessive_access""",
}
CHANGING = frozenset({
    "grant_privilege", "revoke_privilege", "create_tag", "set_table_tags", "set_column_tags", "create_row_filter",
    "apply_row_filter", "apply_column_mask", "classify_and_tag_catalog", "enforce_least_privilege",
    "set_model_version_alias", "set_model_version_tag",
})  # fmt: skip
PROGRAMS = {program.name: program for program in server_programs()}
LIMITS = {"integer": "maximum", "number": "maximum", "string": "maxLength", "array": "maxItems"}
SHORTEST_DESCRIPTION = 20


@pytest.fixture(params=sorted(DESIGN))
def program(request: pytest.FixtureRequest) -> ServerProgram:
    return PROGRAMS[request.param]


async def tools(program: ServerProgram) -> dict[str, Tool]:
    server = runpy.run_path(str(program.program))["SERVER"]
    server.configure(ServerOptions())
    async with Client(server.mcp) as client:
        return {tool.name: tool for tool in (await client.list_tools()).tools}


def unbounded(schema: Mapping[str, object], path: str) -> Iterator[str]:
    """The places of an argument's schema where a value may be of any size."""
    kind = schema.get("type")
    bounded = {"enum", "const", "format"} & set(schema)
    if isinstance(kind, str) and kind in LIMITS and LIMITS[kind] not in schema and not bounded:
        yield f"{path}: a {kind} without {LIMITS[kind]}"
    for key in ("anyOf", "oneOf", "prefixItems"):
        for branch in list_of(schema.get(key)):
            yield from unbounded(branch, path)
    for key in ("items", "additionalProperties"):
        inner = schema.get(key)
        if isinstance(inner, dict):
            yield from unbounded(inner, f"{path}.{key}")


def list_of(value: object) -> list[Mapping[str, object]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def resolved(schema: object, definitions: Mapping[str, object]) -> object:
    """The schema with its references in place of their names; none of ours refers to itself."""
    if isinstance(schema, list):
        return [resolved(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return resolved(definitions[str(schema["$ref"]).rpartition("/")[2]], definitions)
    return {key: resolved(value, definitions) for key, value in schema.items() if key != "$defs"}


def test_the_servers_are_those_of_the_design() -> None:
    assert set(PROGRAMS) == set(DESIGN)


@pytest.mark.anyio
async def test_a_server_has_the_tools_of_the_design_and_no_other(program: ServerProgram) -> None:
    assert set(await tools(program)) == set(DESIGN[program.name].split())


@pytest.mark.anyio
async def test_every_tool_says_what_it_does_and_what_it_returns(program: ServerProgram) -> None:
    for name, tool in (await tools(program)).items():
        assert tool.description, name
        assert len(tool.description) >= SHORTEST_DESCRIPTION, name
        assert tool.output_schema, name
        assert tool.output_schema["type"] == "object", name


@pytest.mark.anyio
async def test_every_tool_says_honestly_whether_it_changes_something(program: ServerProgram) -> None:
    for name, tool in (await tools(program)).items():
        assert tool.annotations is not None, name
        hints = tool.annotations.read_only_hint, tool.annotations.destructive_hint
        assert hints == ((False, True) if name in CHANGING else (True, False)), name


@pytest.mark.anyio
async def test_every_argument_is_bounded(program: ServerProgram) -> None:
    found = []
    for name, tool in (await tools(program)).items():
        whole = resolved(tool.input_schema, tool.input_schema.get("$defs", {}))
        assert isinstance(whole, dict)
        for argument, schema in whole.get("properties", {}).items():
            found += list(unbounded(schema, f"{name}({argument})"))
    assert found == []


@pytest.mark.parametrize(
    ("schema", "places"),
    [
        ({"type": "string"}, 1),
        ({"type": "integer", "minimum": 1}, 1),
        ({"type": "array", "maxItems": 3, "items": {"type": "string"}}, 1),
        ({"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}]}, 0),
        ({"type": "string", "enum": ["a"]}, 0),
        ({"type": "boolean"}, 0),
    ],
)
def test_the_check_of_bounds_sees_what_it_is_for(schema: Mapping[str, object], places: int) -> None:
    assert len(list(unbounded(schema, "x"))) == places


def test_the_manifest_is_what_the_server_says(program: ServerProgram) -> None:
    written = program.manifest.read_text(encoding="utf-8")
    assert written == recorded(program), "write it again: make manifests"


def test_an_unknown_method_is_answered_with_the_code_of_the_protocol(program: ServerProgram) -> None:
    client = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": client},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "no/such/method"},
    ]
    command = [sys.executable, "-m", "orchestrator", "mcp", program.name]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8") as ran:
        assert ran.stdin is not None
        assert ran.stdout is not None
        ran.stdin.write("".join(json.dumps(message) + "\n" for message in messages))
        ran.stdin.flush()
        # The end of the input would end the server, so it is closed after the answers.
        handshake, answer = json.loads(ran.stdout.readline()), json.loads(ran.stdout.readline())
        ran.stdin.close()
    assert handshake["result"]["serverInfo"]["name"] == program.name
    assert (answer["id"], answer["error"]["code"]) == (2, -32601)
