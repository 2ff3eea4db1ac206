"""The server governance-api as a client sees it, against a workspace with planted mistakes."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from mcp_types import CallToolResult

from orchestrator.workspace.sandbox import Sandbox
from tests.tools.governed import (
    ADMIN,
    ANALYST,
    CUSTOMERS,
    LEFT,
    ROGUE,
    WRITING,
    answered,
    refused,
    served,
    workspace,
)

KEPT = "main.sales.kept"
GRANT = {"kind": "table", "name": KEPT, "principal": "analysts", "privileges": ["SELECT"]}
FILTER = {
    "function": "main.sales.eu_only",
    "parameters": [{"name": "region", "type": "string"}],
    "condition": "is_account_group_member('all-regions') OR region = 'EU'",
}

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


async def test_every_tool_of_the_design_is_there_and_says_whether_it_changes_something(read_only: Sandbox) -> None:
    async with served("governance_api", read_only) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    changing = {name for name, tool in tools.items() if tool.annotations and tool.annotations.destructive_hint}
    assert changing == {
        "grant_privilege", "revoke_privilege", "create_tag", "set_table_tags", "set_column_tags", "create_row_filter",
        "apply_row_filter", "apply_column_mask", "classify_and_tag_catalog", "enforce_least_privilege",
    }  # fmt: skip
    assert set(tools) - changing == {
        "get_effective_permissions", "list_grants", "list_tags", "get_tag", "get_table_tags",
        "audit_catalog_permissions", "find_excessive_permissions", "scan_pii_columns", "generate_compliance_report",
    }  # fmt: skip
    assert all(tool.output_schema and tool.description for tool in tools.values())


async def test_effective_privileges_name_where_they_come_from(read_only: Sandbox) -> None:
    async with served("governance_api", read_only) as client:
        found = answered(await client.call_tool("get_effective_permissions", {"kind": "table", "name": CUSTOMERS}))
        only = answered(
            await client.call_tool(
                "get_effective_permissions", {"kind": "table", "name": CUSTOMERS, "principal": ROGUE}
            )
        )
    held = {(item["principal"], item["privilege"], item["on"], item["inherited"]) for item in found["items"]}
    assert ("account users", "SELECT", f"table {CUSTOMERS}", False) in held
    assert ("analysts", "SELECT", "catalog main", True) in held
    assert {item["principal"] for item in only["items"]} == {ROGUE}


async def test_a_long_list_goes_on_from_its_cursor(read_only: Sandbox) -> None:
    async with served("governance_api", read_only) as client:
        first = answered(await client.call_tool("list_grants", {"kind": "catalog", "name": "main", "limit": 2}))
        again = {"kind": "catalog", "name": "main", "limit": 100, "cursor": first["next_cursor"]}
        rest = answered(await client.call_tool("list_grants", again))
    assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 3, None)


async def test_a_grant_is_shown_then_made_then_read_back_and_is_then_nothing_to_do(fresh: Sandbox) -> None:
    asked = {"kind": "table", "name": KEPT, "principal": "analysts", "privileges": ["select", "MODIFY"]}
    async with served("governance_api", fresh, options=WRITING) as client:
        shown = answered(await client.call_tool("grant_privilege", asked))
        assert await grants(fresh, "table", KEPT) == set()
        made = answered(await client.call_tool("grant_privilege", {**asked, "dry_run": False}))
        again = answered(await client.call_tool("grant_privilege", {**asked, "dry_run": False}))
        gone = answered(
            await client.call_tool("revoke_privilege", {**asked, "privileges": ["MODIFY"], "dry_run": False})
        )
    assert (shown["dry_run"], shown["applied"]) == (True, False)
    assert shown["change_set"]["sha256"] == made["change_set"]["sha256"]
    assert made["applied"]
    assert [step["standing"] for step in made["steps"]] == ["verified"]
    assert (again["applied"], again["change_set"]["changes"]) == (False, [])
    assert gone["applied"]
    assert await grants(fresh, "table", KEPT) == {("analysts", "SELECT")}


async def test_a_read_only_server_shows_changes_and_makes_none(read_only: Sandbox) -> None:
    asked = {"kind": "table", "name": KEPT, "principal": "analysts", "privileges": ["SELECT"]}
    async with served("governance_api", read_only) as client:
        assert answered(await client.call_tool("grant_privilege", asked))["dry_run"]
        said = refused(await client.call_tool("grant_privilege", {**asked, "dry_run": False}))
    assert "--allow-writes" in said
    assert await grants(read_only, "table", KEPT) == set()


async def test_governed_tags_are_listed_made_and_changed(fresh: Sandbox) -> None:
    async with served("governance_api", fresh, options=WRITING) as client:
        asked = {"key": "cost_center", "values": ["b", "a"], "description": "who pays", "dry_run": False}
        assert answered(await client.call_tool("create_tag", asked))["applied"]
        assert answered(await client.call_tool("create_tag", {**asked, "values": ["a", "c"]}))["applied"]
        one = answered(await client.call_tool("get_tag", {"key": "cost_center"}))
        every = answered(await client.call_tool("list_tags", {}))
        assert "no governed tag 'nothing'" in refused(await client.call_tool("get_tag", {"key": "nothing"}))
        assert "cannot be the key" in refused(await client.call_tool("get_tag", {"key": "a.b/c"}))
    assert one["values"] == ["a", "c"]
    assert {item["key"] for item in every["items"]} == {"pii", "cost_center"}


async def test_tags_are_set_changed_and_taken_away(fresh: Sandbox) -> None:
    async with served("governance_api", fresh, options=WRITING) as client:
        table = {"table": KEPT, "values": {"domain": "sales", "tier": ""}, "dry_run": False}
        column = {"table": CUSTOMERS, "column": "phone", "values": {"pii": "phone"}, "dry_run": False}
        assert answered(await client.call_tool("set_table_tags", table))["applied"]
        changed = {"table": KEPT, "values": {"domain": "finance"}, "remove": ["tier", "never"], "dry_run": False}
        after = answered(await client.call_tool("set_table_tags", changed))
        assert answered(await client.call_tool("set_column_tags", column))["applied"]
        kept = answered(await client.call_tool("get_table_tags", {"table": KEPT}))
        customers = answered(await client.call_tool("get_table_tags", {"table": CUSTOMERS}))
    assert [(item["before"], item["after"]) for item in after["change_set"]["changes"]] == [
        (["sales"], ["finance"]),
        ([""], None),
    ]
    assert kept["tags"] == [{"object": f"table {KEPT}", "key": "domain", "value": "finance"}]
    assert {(item["object"], item["value"]) for item in customers["columns"]} == {
        (f"column {CUSTOMERS}.email", "email"),
        (f"column {CUSTOMERS}.phone", "phone"),
    }


async def test_a_row_filter_is_made_applied_and_taken_away(fresh: Sandbox) -> None:
    applied = {"table": CUSTOMERS, "function": "main.sales.eu_only", "columns": ["region"], "dry_run": False}
    async with served("governance_api", fresh, options=WRITING) as client:
        assert answered(await client.call_tool("create_row_filter", {**FILTER, "dry_run": False}))["applied"]
        assert answered(await client.call_tool("create_row_filter", {**FILTER, "dry_run": False}))["steps"] == []
        assert answered(await client.call_tool("apply_row_filter", applied))["applied"]
        off = answered(await client.call_tool("apply_row_filter", {**applied, "function": None}))
    assert off["change_set"]["changes"][0]["before"] == ["main.sales.eu_only", "region"]
    assert off["steps"][0]["standing"] == "verified"


async def test_a_column_is_masked_and_unmasked(fresh: Sandbox) -> None:
    asked = {"table": CUSTOMERS, "column": "region", "function": "main.sales.eu_only", "dry_run": False}
    async with served("governance_api", fresh, options=WRITING) as client:
        answered(await client.call_tool("create_row_filter", {**FILTER, "dry_run": False}))
        assert answered(await client.call_tool("apply_column_mask", asked))["applied"]
        off = answered(await client.call_tool("apply_column_mask", {**asked, "function": None}))
        said = refused(await client.call_tool("apply_column_mask", {**asked, "column": "no_such"}))
    assert off["change_set"]["changes"][0]["call"].endswith("ALTER COLUMN `region` DROP MASK")
    assert "has no column 'no_such'" in said


async def test_a_filter_with_more_than_one_expression_is_refused(read_only: Sandbox) -> None:
    asked = {**FILTER, "condition": "TRUE; DROP TABLE main.sales.customers"}
    async with served("governance_api", read_only, options=WRITING) as client:
        assert "is not one expression" in refused(await client.call_tool("create_row_filter", asked))


async def test_the_audit_of_permissions_finds_what_is_planted(read_only: Sandbox) -> None:
    async with served("governance_api", read_only) as client:
        main = answered(await client.call_tool("audit_catalog_permissions", {"catalog": "main"}))
        lab = answered(await client.call_tool("audit_catalog_permissions", {"catalog": "lab"}))
    assert {(item["check"], item["object"], item["principal"]) for item in main["findings"]} == {
        ("granted to everybody", f"table {CUSTOMERS}", "account users"),
        ("powerful privilege", "catalog main", ROGUE),
    }
    assert [(item["check"], item["principal"]) for item in lab["findings"]] == [
        ("has left", LEFT),
        ("owned by a person", ANALYST),
    ]


async def test_excessive_permissions_are_those_that_nobody_used(read_only: Sandbox) -> None:
    async with served("governance_api", read_only) as client:
        found = answered(await client.call_tool("find_excessive_permissions", {"catalog": "main", "days": 60}))
        lab = answered(await client.call_tool("find_excessive_permissions", {"catalog": "lab", "days": 1}))
    assert {(item["principal"], item["privilege"], *item["reasons"]) for item in found["excesses"]} == {
        (ROGUE, "ALL_PRIVILEGES", "powerful", "wider than used"),
        ("account users", "SELECT", "everybody"),
        ("analysts", "MODIFY", "unused"),
    }
    assert found["undecided"] is None
    assert lab["excesses"] == []


async def test_least_privilege_is_shown_applied_and_then_reached(fresh: Sandbox) -> None:
    async with served("governance_api", fresh, options=WRITING) as client:
        asked = {"catalog": "main", "days": 60, "dry_run": False}
        kept = answered(await client.call_tool("enforce_least_privilege", {**asked, "keep": [ROGUE, "analysts"]}))
        done = answered(await client.call_tool("enforce_least_privilege", asked))
        again = answered(await client.call_tool("enforce_least_privilege", asked))
    assert kept["change_set"]["changes"] == []
    assert done["applied"]
    assert again["change_set"]["changes"] == []
    assert await grants(fresh, "catalog", "main") == {
        *(("analysts", item) for item in ("SELECT", "USE_CATALOG", "USE_SCHEMA")),
        *((ROGUE, item) for item in ("SELECT", "USE_CATALOG", "USE_SCHEMA")),
    }
    assert await grants(fresh, "table", CUSTOMERS) == {("account users", "SELECT")}


async def test_personal_data_is_found_by_name_and_values_and_never_shown(read_only: Sandbox) -> None:
    async with served("governance_api", read_only) as client:
        result = await client.call_tool("scan_pii_columns", {"scope": "main"})
        certain = answered(await client.call_tool("scan_pii_columns", {"scope": CUSTOMERS, "least": "certain"}))
        by_name = answered(await client.call_tool("scan_pii_columns", {"scope": "main.sales", "rows": 0}))
    found = {item["column"].rpartition(".")[2]: item for item in answered(result)["found"]}
    assert {name: (item["kind"], item["certainty"]) for name, item in found.items()} == {
        "email": ("email", "certain"),
        "phone": ("phone", "certain"),
        "card_number": ("card_number", "certain"),
        "notes_ref": ("email", "probable"),
    }
    assert len(certain["found"]) == 3
    assert all(item["values_looked_at"] == 0 for item in by_name["found"])
    assert "@example.com" not in text(result)
    assert found["email"]["shapes"][0].startswith("xxx")


async def test_a_report_that_leaves_findings_out_says_so_and_shows_the_gravest(read_only: Sandbox) -> None:
    async with served("governance_api", read_only) as client:
        for tool, shown, asked in (
            ("audit_catalog_permissions", "findings", {"catalog": "main"}),
            ("find_excessive_permissions", "excesses", {"catalog": "main", "days": 60}),
            ("scan_pii_columns", "found", {"scope": "main"}),
        ):
            whole = answered(await client.call_tool(tool, asked))
            part = answered(await client.call_tool(tool, {**asked, "limit": 1}))
            assert len(whole[shown]) > 1
            assert part[shown] == whole[shown][:1]
            assert (whole["more"], part["more"]) == (False, True)
        part = answered(await client.call_tool("classify_and_tag_catalog", {"scope": "main", "tables": 1}))
    assert "a part of it" in part["change_set"]["title"]


async def test_a_catalog_is_classified_by_what_is_certain(fresh: Sandbox) -> None:
    async with served("governance_api", fresh, options=WRITING) as client:
        done = answered(await client.call_tool("classify_and_tag_catalog", {"scope": "main", "dry_run": False}))
        again = answered(await client.call_tool("classify_and_tag_catalog", {"scope": "main", "dry_run": False}))
        tags = answered(await client.call_tool("get_table_tags", {"table": CUSTOMERS}))
    assert done["applied"]
    assert again["change_set"]["changes"] == []
    assert {item["object"].rpartition(".")[2]: item["value"] for item in tags["columns"]} == {
        "email": "email",
        "phone": "phone",
        "card_number": "card_number",
    }
    assert {item["key"]: item["value"] for item in tags["tags"]}["sensitivity"] == "financial"


async def test_a_compliance_report_says_what_is_a_gap_and_what_cannot_be_seen(read_only: Sandbox) -> None:
    async with served("governance_api", read_only) as client:
        gdpr = answered(await client.call_tool("generate_compliance_report", {"standard": "GDPR", "catalog": "main"}))
        pci = answered(await client.call_tool("generate_compliance_report", {"standard": "PCI-DSS", "catalog": "main"}))
    standings = {item["number"]: item["standing"] for item in gdpr["controls"]}
    assert standings["Art. 5(1)(f)"] == "gap"
    assert standings["Art. 25"] == "gap"
    assert standings["Art. 35"] == "cannot be seen here"
    facts = {item["name"]: item for item in [*gdpr["facts"], *pci["facts"]]}
    assert facts["no_wide_access_to_personal_data"]["objects"] == [CUSTOMERS]
    assert facts["card_numbers_masked"]["objects"] == [f"{CUSTOMERS}.card_number"]
    assert facts["no_card_secrets"]["standing"] == "met"
    assert facts["audit_log_on"]["standing"] == "met"
    assert facts["audit_log_year"]["standing"] == "gap"
    assert facts["lineage_recorded"]["standing"] == "met"
    assert f"{CUSTOMERS}.phone" in facts["personal_data_tagged"]["objects"]


async def test_ones_own_grants_are_kept_by_least_privilege(fresh: Sandbox) -> None:
    asked = {"kind": "catalog", "name": "main", "principal": ADMIN, "privileges": ["MANAGE"], "dry_run": False}
    async with served("governance_api", fresh, options=WRITING) as client:
        answered(await client.call_tool("grant_privilege", asked))
        shown = answered(await client.call_tool("enforce_least_privilege", {"catalog": "main", "days": 2}))
    assert not [item for item in shown["change_set"]["changes"] if ADMIN in item["subject"]]


async def test_a_function_in_python_is_not_replaced_for_it_could_not_be_put_back(fresh: Sandbox) -> None:
    asked = {**FILTER, "function": "main.sales.in_python", "dry_run": False}
    async with served("governance_api", fresh, options=WRITING) as client:
        text = refused(await client.call_tool("create_row_filter", asked))
    assert "in_python is written in Python, and only scalar SQL functions are replaced: give another name" in text


async def test_a_tag_that_somebody_set_stays_and_is_told(fresh: Sandbox) -> None:
    by_hand = {"table": CUSTOMERS, "column": "phone", "values": {"pii": "card_number"}, "dry_run": False}
    async with served("governance_api", fresh, options=WRITING) as client:
        answered(await client.call_tool("set_column_tags", by_hand))
        done = answered(await client.call_tool("classify_and_tag_catalog", {"scope": "main", "dry_run": False}))
        tags = answered(await client.call_tool("get_table_tags", {"table": CUSTOMERS}))
    assert done["applied"]
    assert f"tag pii of column {CUSTOMERS}.phone stays 'card_number'; the scan says 'phone'" in "; ".join(
        done["change_set"]["notes"]
    )
    assert {item["object"].rpartition(".")[2]: item["value"] for item in tags["columns"]}["phone"] == "card_number"


async def test_a_change_set_names_the_workspace_and_its_digest_is_of_that_one(fresh: Sandbox) -> None:
    async with served("governance_api", fresh, options=WRITING) as client:
        here = answered(await client.call_tool("grant_privilege", GRANT))["change_set"]
    with workspace() as another:
        async with served("governance_api", another, options=WRITING) as client:
            there = answered(await client.call_tool("grant_privilege", GRANT))["change_set"]
        assert (here["workspace"], there["workspace"]) == (fresh.host, another.host)
    assert here["changes"] == there["changes"]
    assert here["sha256"] != there["sha256"]
