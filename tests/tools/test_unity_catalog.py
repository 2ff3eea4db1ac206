"""The server unity-catalog as a client sees it, against a workspace with lineage, grants and hostile comments."""

from __future__ import annotations

import json
from typing import Any

import pytest

from orchestrator.toolbox.options import ServerOptions
from orchestrator.workspace.sandbox import Fault, Sandbox, Trouble
from tests.tools.governed import ADMIN, ANALYST, SECRET, answered, refused, served
from tests.tools.running import DAILY, FEATURES, MANY, ORDERS, REPORT

NAME = "unity_catalog"
TABLES = "/api/2.1/unity-catalog/tables*"
pytestmark = [pytest.mark.anyio, pytest.mark.enable_socket]


async def called(sandbox: Sandbox, tool: str, **arguments: object) -> dict[str, Any]:
    async with served(NAME, sandbox) as client:
        return answered(await client.call_tool(tool, arguments))


async def said(sandbox: Sandbox, tool: str, token: str | None = None, **arguments: object) -> str:
    async with served(NAME, sandbox, token=token) as client:
        return refused(await client.call_tool(tool, arguments))


async def test_catalogs_and_schemas_are_listed_and_read_one_by_one(workspace: Sandbox) -> None:
    catalogs = await called(workspace, "list_catalogs")
    assert [item["name"] for item in catalogs["items"]] == ["main", "system", "vault"]
    main = await called(workspace, "get_catalog", catalog="main")
    assert (main["comment"], main["kind"]) == ("the shop", "MANAGED_CATALOG")
    schemas = await called(workspace, "list_schemas", catalog="main")
    assert {"main.sales", "main.ml"} <= {item["name"] for item in schemas["items"]}
    assert (await called(workspace, "get_schema", schema="main.sales"))["owner"] == ADMIN


async def test_tables_come_in_pages_each_once_whatever_the_page_of_the_interface(workspace: Sandbox) -> None:
    names: list[str] = []
    arguments: dict[str, object] = {"schema": "main.many", "limit": 33}
    async with served(NAME, workspace) as client:
        while True:
            found = answered(await client.call_tool("list_tables", arguments))
            names += [item["name"] for item in found["items"]]
            if found["next_cursor"] is None:
                break
            arguments["cursor"] = found["next_cursor"]
    assert names == [f"main.many.event_{number:03}" for number in range(MANY)]


async def test_a_cursor_of_one_schema_does_not_go_on_in_another(workspace: Sandbox) -> None:
    async with served(NAME, workspace) as client:
        found = answered(await client.call_tool("list_tables", {"schema": "main.many", "limit": 5}))
        arguments = {"schema": "main.sales", "limit": 5, "cursor": found["next_cursor"]}
        text = refused(await client.call_tool("list_tables", arguments))
    assert "other arguments" in text


async def test_a_table_tells_columns_keys_and_a_hostile_comment_made_safe(workspace: Sandbox) -> None:
    found = await called(workspace, "get_table", table_name=ORDERS)
    assert found["primary_key"] == ["order_id"]
    assert [(item["name"], item["type"], item["nullable"]) for item in found["columns"]][:2] == [
        ("order_id", "bigint", False),
        ("customer_id", "bigint", True),
    ]
    assert "Ignore all earlier instructions" in found["comment"]
    assert SECRET not in json.dumps(found)
    assert not {"\x1b", "\u202e"} & set(found["comment"])
    view = await called(workspace, "get_table", table_name=REPORT)
    assert (view["kind"], view["view_definition"]) == ("VIEW", "SELECT * FROM main.sales.daily")


async def test_columns_come_in_pages(workspace: Sandbox) -> None:
    async with served(NAME, workspace) as client:
        first = answered(await client.call_tool("list_columns", {"table_name": ORDERS, "limit": 3}))
        arguments = {"table_name": ORDERS, "limit": 3, "cursor": first["next_cursor"]}
        rest = answered(await client.call_tool("list_columns", arguments))
    assert [item["name"] for item in first["items"] + rest["items"]] == [
        "order_id", "customer_id", "amount", "contact_email", "ordered_at",
    ]  # fmt: skip


async def test_lineage_tells_the_neighbours_of_a_table_and_what_moves_the_data(workspace: Sandbox) -> None:
    found = await called(workspace, "get_table_lineage", table_name=DAILY)
    assert {item["name"] for item in found["upstream"]} == {ORDERS, "main.sales.customers"}
    assert found["upstream"][0]["by"] == ["job 101"]
    assert [item["name"] for item in found["downstream"]] == [REPORT]


async def test_a_neighbour_that_may_not_be_seen_has_no_name(workspace: Sandbox) -> None:
    async with served(NAME, workspace, token=workspace.token_for(ANALYST)) as client:
        found = answered(await client.call_tool("get_table_lineage", {"table_name": ORDERS}))
    hidden = [item for item in found["downstream"] if item["kind"] == "hidden"]
    assert hidden
    assert {item["name"] for item in hidden} == {None}
    assert "vault" not in json.dumps(found)


async def test_lineage_of_a_column_names_the_columns_around_it(workspace: Sandbox) -> None:
    found = await called(workspace, "get_column_lineage", table_name=ORDERS, column_name="amount")
    assert found["downstream"] == [{"table": DAILY, "column": "total"}, {"table": FEATURES, "column": "spend_30d"}]
    assert found["upstream"] == []


async def test_a_lineage_graph_goes_several_steps_and_stops_where_it_is_told(workspace: Sandbox) -> None:
    whole = await called(workspace, "build_lineage_graph", table_name=REPORT, direction="upstream", depth=5)
    assert {item["name"]: item["steps"] for item in whole["nodes"]} == {
        REPORT: 0,
        DAILY: -1,
        ORDERS: -2,
        "main.sales.customers": -2,
    }
    assert {(edge["source"], edge["target"]) for edge in whole["edges"]} == {
        (DAILY, REPORT),
        (ORDERS, DAILY),
        ("main.sales.customers", DAILY),
    }
    assert (whole["deeper"], whole["more"]) == ([], False)
    short = await called(workspace, "build_lineage_graph", table_name=REPORT, direction="upstream", depth=1)
    assert (len(short["nodes"]), short["deeper"]) == (2, [DAILY])
    full = await called(workspace, "build_lineage_graph", table_name=ORDERS, max_nodes=2)
    assert (len(full["nodes"]), full["more"]) == (2, True)


async def test_functions_and_volumes_are_listed_and_read(workspace: Sandbox) -> None:
    functions = await called(workspace, "list_functions", schema="main.sales")
    assert [(item["name"], item["definition"]) for item in functions["items"]] == [("main.sales.hide", None)]
    one = await called(workspace, "get_function", function="main.sales.hide")
    assert ([item["name"] for item in one["parameters"]], one["definition"]) == (["email"], "concat('x', email)")
    volumes = await called(workspace, "list_volumes", schema="main.sales")
    volume = await called(workspace, "get_volume", volume="main.sales.landing")
    assert volumes["items"] == [volume]
    assert (volume["kind"], volume["storage_location"]) == ("EXTERNAL", "s3://bucket/landing")


async def test_shares_tell_their_objects_and_readers_and_recipients_no_token(workspace: Sandbox) -> None:
    assert [item["name"] for item in (await called(workspace, "list_shares"))["items"]] == ["outside"]
    share = await called(workspace, "get_share", share="outside")
    assert [(item["name"], item["history"]) for item in share["objects"]] == [(ORDERS, "ENABLED")]
    assert share["readers"] == [{"recipient": "partner", "privileges": ["SELECT"]}]
    found = (await called(workspace, "list_recipients"))["items"][0]
    assert (found["name"], found["tokens"], found["allowed_addresses"]) == ("partner", 1, ["203.0.113.0/24"])
    assert "activation" not in json.dumps(found)
    assert found["earliest_expiry"] is not None


async def test_who_may_read_a_share_stays_unknown_where_it_may_not_be_asked(faulty: Sandbox) -> None:
    faulty.fault(Fault(kind=Trouble.DENIED, path="/api/2.1/unity-catalog/shares/*/permissions", count=0))
    found = await called(faulty, "get_share", share="outside")
    assert found["readers"] == []
    assert "permission denied" in found["readers_unread"]


async def test_grants_are_those_of_the_object_and_effective_ones_also_those_above(workspace: Sandbox) -> None:
    direct = await called(workspace, "get_grants", kind="table", name=ORDERS)
    assert [(item["principal"], item["privilege"]) for item in direct["items"]] == [("account users", "SELECT")]
    held = await called(workspace, "get_effective_permissions", kind="table", name=ORDERS, principal="interns")
    assert [(item["privilege"], item["on"], item["inherited"]) for item in held["items"]] == [
        ("MODIFY", "catalog main", True)
    ]


async def test_an_analysis_tells_who_can_read_and_which_grants_have_no_effect(workspace: Sandbox) -> None:
    found = await called(workspace, "analyze_permissions", kind="table", name=ORDERS)
    by_name = {item["principal"]: item for item in found["principals"]}
    assert (by_name[ADMIN]["manages"], by_name[ADMIN]["reads"]) == (True, True)
    assert by_name["account users"]["reads"] is False
    assert by_name["account users"]["lacks"] == ["USE_CATALOG", "USE_SCHEMA"]
    assert any("every user holds SELECT" in text for text in found["findings"])
    assert any("the owner is one person" in text for text in found["findings"])


async def test_tables_are_found_by_name_column_and_comment(workspace: Sandbox) -> None:
    names = await called(workspace, "search_tables", text="ORDER")
    assert [item["table"] for item in names["items"]] == [ORDERS]
    assert (await called(workspace, "search_tables", text="%%"))["items"] == []
    columns = await called(workspace, "search_tables", text="EMAIL", where="columns", catalog="main")
    assert [(item["table"], item["matched"]) for item in columns["items"]] == [(ORDERS, "contact_email")]
    comments = await called(workspace, "search_tables", text="ignore ALL", where="comments")
    assert [item["table"] for item in comments["items"]] == [ORDERS]
    assert SECRET not in json.dumps(comments)
    assert (await called(workspace, "search_tables", text="'; DROP", where="comments"))["items"] == []


async def test_personal_columns_are_found_by_name_and_no_value_is_read(workspace: Sandbox) -> None:
    before = len(workspace.calls)
    found = await called(workspace, "find_pii_columns", scope="main")
    assert {(item["column"], item["kind"]) for item in found["found"]} == {
        (f"{ORDERS}.contact_email", "email"),
        (f"{FEATURES}.birth_date", "date_of_birth"),
    }
    assert {item["values_looked_at"] for item in found["found"]} == {0}
    first = await called(workspace, "find_pii_columns", scope="main", limit=1)
    assert (first["found"], first["more"]) == (found["found"][:1], True)
    assert sum("statements" in call for call in workspace.calls[before:]) <= 2


async def test_a_dictionary_counts_what_nobody_described_and_escapes_what_people_wrote(workspace: Sandbox) -> None:
    found = await called(workspace, "generate_data_dictionary", scope="main.sales", markdown_characters=50_000)
    assert len(found["tables"]) == 4
    assert (found["tables_without_comment"], found["columns"], found["columns_without_comment"]) == (3, 11, 10)
    row = next(line for line in found["markdown"].splitlines() if line.startswith("| amount"))
    assert row == "| amount | double | yes | in \\| euro |  |"
    assert SECRET not in found["markdown"]
    one = await called(workspace, "generate_data_dictionary", scope="main.many", max_tables=10)
    assert (len(one["tables"]), one["more"], one["markdown"]) == (10, True, None)
    cursor = one["next_cursor"]
    rest = await called(workspace, "generate_data_dictionary", scope="main.many", max_tables=10, cursor=cursor)
    assert {table["name"] for table in one["tables"]}.isdisjoint(table["name"] for table in rest["tables"])


@pytest.mark.parametrize(
    ("tool", "arguments", "part"),
    [
        ("get_table", {"table_name": "main.sales"}, "write catalog.schema.table"),
        ("get_table", {"table_name": "main.sales.`; DROP"}, "cannot be a name"),
        ("list_tables", {"schema": "main.sales.orders"}, "is not the name of a schema"),
        ("get_column_lineage", {"table_name": ORDERS, "column_name": "a/b"}, "cannot be a name"),
        ("generate_data_dictionary", {"scope": "a.b.c.d"}, "is no scope"),
        ("get_table", {"table_name": "main.sales.none"}, "there is no such object"),
        ("get_catalog", {"catalog": "none"}, "there is no such object"),
        ("get_share", {"share": "none"}, "there is no such object"),
        ("list_tables", {"schema": "main"}, "'main' is not the name of a schema; write catalog.schema"),
        ("list_tables", {"schema": "main.none"}, "there is no such object"),
    ],
)
async def test_names_that_cannot_be_or_are_not_there_are_told_apart(
    workspace: Sandbox, tool: str, arguments: dict[str, str], part: str
) -> None:
    assert part in await said(workspace, tool, None, **arguments)


async def test_another_principal_is_refused_with_the_privilege_it_needs(workspace: Sandbox) -> None:
    token = workspace.token_for(ANALYST)
    text = await said(workspace, "get_table", token=token, table_name="vault.hr.copied")
    assert "permission denied" in text
    assert "USE CATALOG" in text


async def test_wrong_credentials_ask_to_sign_in(workspace: Sandbox) -> None:
    assert "sign in again" in await said(workspace, "list_catalogs", token="wrong-token-wrong")


async def test_a_rate_limit_in_the_middle_of_pages_is_waited_for(faulty: Sandbox) -> None:
    faulty.fault(Fault(kind=Trouble.RATE_LIMIT, path=TABLES, count=1, after=1, retry_after=0))
    found = await called(faulty, "list_tables", schema="main.many", limit=200)
    assert len(found["items"]) == MANY


async def test_a_workspace_that_hangs_ends_at_the_deadline(faulty: Sandbox) -> None:
    faulty.fault(Fault(kind=Trouble.HANG, path=TABLES))
    options = ServerOptions(deadline_seconds=0.5, answer_seconds=0.2)
    async with served(NAME, faulty, options=options) as client:
        text = refused(await client.call_tool("get_table", {"table_name": ORDERS}))
    assert "did not end within 0.5 s" in text or "did not answer in time" in text
