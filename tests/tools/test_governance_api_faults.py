"""The server governance-api when something is wrong: bad input, no privilege, faults, hostile text."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from mcp_types import CallToolResult

from orchestrator.toolbox.options import ServerOptions
from orchestrator.workspace.sandbox import Fault, Sandbox, Trouble
from tests.tools.governed import ANALYST, CUSTOMERS, ROGUE, SECRET, WRITING, answered, refused, served, workspace

KEPT = "main.sales.kept"
GRANT = {"kind": "table", "name": KEPT, "principal": "analysts", "privileges": ["SELECT"]}
TAGGING = "/api/2.1/unity-catalog/entity-tag-assignments*"

pytestmark = [pytest.mark.anyio, pytest.mark.enable_socket]


@pytest.fixture(scope="module")
def read_only() -> Iterator[Sandbox]:
    """A workspace that no test of this module changes."""
    with workspace() as sandbox:
        yield sandbox


@pytest.fixture
def fresh() -> Iterator[Sandbox]:
    """A workspace of one test."""
    with workspace() as sandbox:
        yield sandbox


def text(result: object) -> str:
    assert isinstance(result, CallToolResult)
    return json.dumps(result.structured_content) + str(result.content)


async def grants(sandbox: Sandbox, kind: str, name: str) -> set[tuple[str, str]]:
    async with served("governance_api", sandbox) as client:
        found = answered(await client.call_tool("list_grants", {"kind": kind, "name": name}))
    return {(item["principal"], item["privilege"]) for item in found["items"]}


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("list_grants", {"kind": "table", "name": "main.sales.nothing"}, "no such object"),
        ("list_grants", {"kind": "table", "name": "main.sales"}, "write catalog.schema.table"),
        ("list_grants", {"kind": "catalog", "name": "a b"}, "cannot be a name"),
        ("audit_catalog_permissions", {"catalog": "nothing"}, "no such object"),
        ("scan_pii_columns", {"scope": "a.b.c.d"}, "is no scope"),
        ("get_table_tags", {"table": "main.sales.nothing"}, "no such object"),
        ("grant_privilege", {**GRANT, "privileges": ["SELEKT"]}, "no privilege"),
        ("generate_compliance_report", {"standard": "ISO", "catalog": "main"}, "GDPR"),
        ("set_table_tags", {"table": KEPT, "values": {"a=b": "c"}}, "cannot be the key"),
    ],
)  # fmt: skip
async def test_bad_input_is_one_clear_sentence(
    read_only: Sandbox, tool: str, arguments: dict[str, object], said: str
) -> None:
    async with served("governance_api", read_only, options=WRITING) as client:
        answer = refused(await client.call_tool(tool, arguments))
    assert said in answer
    assert "Traceback" not in answer
    assert read_only.token not in answer


async def test_an_unknown_principal_is_refused_by_the_workspace(fresh: Sandbox) -> None:
    asked = {"kind": "table", "name": KEPT, "principal": "nobody", "privileges": ["SELECT"], "dry_run": False}
    async with served("governance_api", fresh, options=WRITING) as client:
        assert "nobody" in refused(await client.call_tool("grant_privilege", asked))


async def test_a_missing_privilege_is_named_and_nothing_is_changed(fresh: Sandbox) -> None:
    asked = {"kind": "table", "name": KEPT, "principal": ANALYST, "privileges": ["SELECT"], "dry_run": False}
    async with served("governance_api", fresh, token=fresh.token_for(ANALYST), options=WRITING) as client:
        said = refused(await client.call_tool("grant_privilege", asked))
    assert "permission denied" in said
    assert "MANAGE" in said
    assert await grants(fresh, "table", KEPT) == set()


async def test_a_wrong_token_says_to_sign_in_again(read_only: Sandbox) -> None:
    async with served("governance_api", read_only, token="dapi0000000000000000000000000000000e") as client:
        said = refused(await client.call_tool("list_grants", {"kind": "catalog", "name": "main"}))
    assert "sign in again" in said
    assert "dapi" not in said


async def test_a_change_that_fails_takes_back_those_before_it(fresh: Sandbox) -> None:
    fresh.fault(Fault(kind=Trouble.DENIED, path=TAGGING, method="POST", after=1, count=1))
    asked = {"table": KEPT, "values": {"one": "1", "two": "2", "three": "3"}, "dry_run": False}
    async with served("governance_api", fresh, options=WRITING) as client:
        said = refused(await client.call_tool("set_table_tags", asked))
        left = answered(await client.call_tool("get_table_tags", {"table": KEPT}))
    assert "permission denied" in said
    assert "nothing of the change set remains (1 changes were taken back)" in said
    assert left["tags"] == []


async def test_what_cannot_be_taken_back_is_named(fresh: Sandbox) -> None:
    fresh.fault(Fault(kind=Trouble.DENIED, path=TAGGING, method="POST", after=1, count=1))
    fresh.fault(Fault(kind=Trouble.DENIED, path=TAGGING, method="DELETE", count=0))
    asked = {"table": KEPT, "values": {"one": "1", "two": "2"}, "dry_run": False}
    async with served("governance_api", fresh, options=WRITING) as client:
        said = refused(await client.call_tool("set_table_tags", asked))
    assert f"NOT taken back: tag one of table {KEPT}" in said


async def test_a_statement_that_fails_is_told_without_a_trace(fresh: Sandbox) -> None:
    asked = {"table": CUSTOMERS, "function": "main.sales.no_such", "columns": ["region"], "dry_run": False}
    async with served("governance_api", fresh, options=WRITING) as client:
        said = refused(await client.call_tool("apply_row_filter", asked))
    assert "FAILED" in said
    assert "nothing of the change set remains" in said
    assert "Traceback" not in said


async def test_a_table_that_may_not_be_read_is_named_and_judged_by_its_names(read_only: Sandbox) -> None:
    read_only.fault(Fault(kind=Trouble.DENIED, path="/api/2.0/sql/statements*", after=1, count=0))
    try:
        async with served("governance_api", read_only) as client:
            found = answered(await client.call_tool("scan_pii_columns", {"scope": CUSTOMERS}))
    finally:
        read_only.clear_faults()
    assert [item["certainty"] for item in found["found"]] == ["certain", "probable", "probable"]
    assert found["unread"][0].startswith(f"{CUSTOMERS}: cannot read values")


async def test_without_the_members_of_groups_nothing_of_theirs_is_called_unused(fresh: Sandbox) -> None:
    fresh.fault(Fault(kind=Trouble.DENIED, path="/api/2.0/preview/scim/v2/*", count=0))
    async with served("governance_api", fresh) as client:
        found = answered(await client.call_tool("find_excessive_permissions", {"catalog": "main", "days": 60}))
    assert {item["principal"] for item in found["excesses"]} == {ROGUE, "account users"}
    assert any(limit.startswith("grants to groups are not called unused") for limit in found["limits"])


async def test_a_fact_that_is_refused_cannot_be_seen(fresh: Sandbox) -> None:
    fresh.fault(Fault(kind=Trouble.DENIED, path="/api/2.1/unity-catalog/recipients*", count=0))
    async with served("governance_api", fresh) as client:
        found = answered(await client.call_tool("generate_compliance_report", {"standard": "SOC2", "catalog": "main"}))
    fact = next(item for item in found["facts"] if item["name"] == "sharing_restricted")
    assert (fact["standing"], "USE RECIPIENT" in fact["says"]) == ("cannot be seen here", True)


async def test_a_workspace_that_limits_requests_is_waited_for(read_only: Sandbox) -> None:
    read_only.fault(Fault(kind=Trouble.RATE_LIMIT, path="/api/2.1/unity-catalog/*", count=1, retry_after=0))
    assert ("analysts", "SELECT") in await grants(read_only, "catalog", "main")


async def test_a_workspace_that_hangs_ends_at_the_deadline(fresh: Sandbox) -> None:
    fresh.fault(Fault(kind=Trouble.HANG, path="/api/2.1/unity-catalog/*", count=0))
    async with served(
        "governance_api", fresh, options=ServerOptions(deadline_seconds=1.0, answer_seconds=30.0)
    ) as client:
        said = refused(await client.call_tool("list_grants", {"kind": "catalog", "name": "main"}))
    assert "did not end within 1 s" in said


async def test_what_users_wrote_leaves_without_secrets_and_hidden_characters(read_only: Sandbox) -> None:
    async with served("governance_api", read_only) as client:
        tags = await client.call_tool("get_table_tags", {"table": CUSTOMERS})
        shown = [
            text(tags),
            text(await client.call_tool("scan_pii_columns", {"scope": "main"})),
            text(await client.call_tool("audit_catalog_permissions", {"catalog": "main"})),
        ]
    assert "Ignore all earlier" in answered(tags)["tags"][0]["value"]
    for answer in shown:
        assert SECRET not in answer
        assert "\u202e" not in answer
        assert "\\u202e" not in answer
