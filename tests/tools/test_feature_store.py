"""The server feature-store as a client sees it: feature tables are tables with a primary key."""

from __future__ import annotations

import json
from typing import Any

import pytest

from orchestrator.toolbox.options import ServerOptions
from orchestrator.workspace.sandbox import Fault, Sandbox, Trouble
from tests.tools.governed import ANALYST, SECRET, answered, refused, served
from tests.tools.running import DAILY, FEATURES, ORDERS

NAME = "feature_store"
SPEND = f"{FEATURES}.spend_30d"
LINEAGE = "/api/2.0/feature-store/feature-tables/*"
pytestmark = [pytest.mark.anyio, pytest.mark.enable_socket]


async def called(sandbox: Sandbox, tool: str, **arguments: object) -> dict[str, Any]:
    async with served(NAME, sandbox) as client:
        return answered(await client.call_tool(tool, arguments))


async def said(sandbox: Sandbox, tool: str, token: str | None = None, **arguments: object) -> str:
    async with served(NAME, sandbox, token=token) as client:
        return refused(await client.call_tool(tool, arguments))


async def test_feature_tables_are_the_tables_with_a_primary_key(workspace: Sandbox) -> None:
    found = await called(workspace, "list_feature_tables", catalog="main")
    assert found["items"] == [
        {"table": FEATURES, "primary_key": ["customer_id"]},
        {"table": ORDERS, "primary_key": ["order_id"]},
    ]
    inside = await called(workspace, "list_feature_tables", catalog="main", schema="ml")
    assert [item["table"] for item in inside["items"]] == [FEATURES]


async def test_feature_tables_come_in_pages(workspace: Sandbox) -> None:
    async with served(NAME, workspace) as client:
        first = answered(await client.call_tool("list_feature_tables", {"catalog": "main", "limit": 1}))
        arguments = {"catalog": "main", "limit": 1, "cursor": first["next_cursor"]}
        rest = answered(await client.call_tool("list_feature_tables", arguments))
    assert [item["table"] for item in first["items"] + rest["items"]] == [FEATURES, ORDERS]
    assert rest["next_cursor"] is None


async def test_a_feature_table_tells_its_features_without_the_key(workspace: Sandbox) -> None:
    found = await called(workspace, "get_feature_table", table=FEATURES)
    features = {item["feature"].rpartition(".")[2]: item for item in found["features"]}
    assert list(features) == ["spend_30d", "segment", "birth_date", "always_null"]
    assert (found["primary_key"], found["without_comment"]) == (["customer_id"], 3)
    assert features["birth_date"]["personal"] == "date_of_birth"
    assert features["spend_30d"]["comment"] == "spend of 30 days"


async def test_a_table_without_a_key_is_no_feature_table_and_says_what_would_make_it_one(workspace: Sandbox) -> None:
    assert "ADD CONSTRAINT" in await said(workspace, "get_feature_table", table=DAILY)
    assert "ADD CONSTRAINT" in await said(workspace, "list_feature_consumers", table=DAILY)


async def test_features_are_found_by_name_and_comment_and_declared_ones_with_a_schema(workspace: Sandbox) -> None:
    found = await called(workspace, "search_features", text="SPEND", catalog="main")
    assert [item["feature"] for item in found["items"]] == [SPEND]
    both = await called(workspace, "search_features", text="spend", catalog="main", schema="ml")
    assert {(item["feature"], item["declared"]) for item in both["items"]} == {
        (SPEND, False),
        ("main.ml.spend_avg", True),
    }
    assert (await called(workspace, "search_features", text="order_id", catalog="main"))["items"] == []
    assert (await called(workspace, "search_features", text="' OR '1'='1", catalog="main"))["items"] == []


async def test_a_feature_is_a_column_with_its_tags(workspace: Sandbox) -> None:
    found = await called(workspace, "get_feature", name=SPEND)
    assert (found["column"]["type"], found["tags"], found["declared"]) == ("double", {"owner": "growth"}, None)
    assert "has no column 'none'" in await said(workspace, "get_feature", name=f"{FEATURES}.none")


async def test_a_declared_feature_tells_its_source_function_and_where_it_is_kept(workspace: Sandbox) -> None:
    found = (await called(workspace, "get_feature", name="main.ml.spend_avg"))["declared"]
    assert (found["source"], found["function"], found["inputs"]) == (ORDERS, "avg", ["amount"])
    assert (found["entities"], found["timeseries"]) == (["customer_id"], "ordered_at")
    assert "2592000s" in found["window"]
    assert [item["online"] for item in found["materializations"]] == [True]
    assert "there is no such object" in await said(workspace, "get_feature", name="main.ml.none")


async def test_the_lineage_of_a_feature_names_its_columns_and_its_readers(workspace: Sandbox) -> None:
    found = await called(workspace, "get_feature_lineage", name=SPEND)
    assert found["upstream"] == [{"table": ORDERS, "column": "amount"}]
    assert found["readers"] == {
        "models": ["main.ml.churn/3"],
        "feature_specs": ["main.ml.churn_spec"],
        "online_features": ["main.ml.customer_online.spend_30d"],
    }
    assert "is declared" in await said(workspace, "get_feature_lineage", name="main.ml.spend_avg")


async def test_half_of_a_lineage_is_given_with_the_reason_for_the_other_half(faulty: Sandbox) -> None:
    faulty.fault(Fault(kind=Trouble.DENIED, path=LINEAGE, count=0))
    found = await called(faulty, "get_feature_lineage", name=SPEND)
    assert found["upstream"] == [{"table": ORDERS, "column": "amount"}]
    assert found["readers"]["models"] == []
    assert "permission denied" in found["unread"][0]


async def test_consumers_are_gathered_over_the_columns_of_a_table(workspace: Sandbox) -> None:
    heard: list[str | None] = []

    async def listen(progress: float, total: float | None, message: str | None) -> None:
        assert total is not None
        assert progress < total
        heard.append(message)

    async with served(NAME, workspace) as client:
        found = answered(
            await client.call_tool("list_feature_consumers", {"table": FEATURES}, progress_callback=listen)
        )
    assert {(item["kind"], item["name"]) for item in found["consumers"]} == {
        ("model", "main.ml.churn/3"),
        ("feature spec", "main.ml.churn_spec"),
        ("online feature", "main.ml.customer_online.spend_30d"),
    }
    assert {tuple(item["features"]) for item in found["consumers"]} == {("spend_30d",)}
    assert (found["features_looked_at"], found["more"]) == (4, False)
    assert heard == ["spend_30d", "segment", "birth_date", "always_null"]


async def test_the_state_of_an_online_table_tells_why_it_is_behind(workspace: Sandbox) -> None:
    every = await called(workspace, "get_online_store_status")
    assert [(item["name"], item["state"]) for item in every["stores"]] == [("shop", "AVAILABLE")]
    found = await called(workspace, "get_online_store_status", store="shop", online_table="main.ml.customer_online")
    table = found["table"]
    assert (table["source"], table["state"], table["message"]) == (FEATURES, "OFFLINE_FAILED", "no change feed")
    assert (table["version"], table["mode"]) == (7, "triggered")
    assert "there is no such object" in await said(workspace, "get_online_store_status", store="none")


async def test_a_synced_table_of_lakebase_is_found_where_no_online_table_is(workspace: Sandbox) -> None:
    found = await called(workspace, "get_online_store_status", online_table="main.ml.customer_synced")
    table = found["table"]
    assert (table["interface"], table["source"], table["primary_key"]) == ("synced table", FEATURES, ["customer_id"])
    assert (table["state"], table["mode"]) == ("SYNCED_TABLE_ONLINE_NO_PENDING_UPDATE", "triggered")
    assert (table["version"], table["pipeline_id"]) == (9, "p-1")
    assert table["last_synced"]
    text = await said(workspace, "get_online_store_status", online_table="main.ml.none")
    assert "cannot read the online table main.ml.none: there is no such object" in text


async def test_statistics_measure_columns_and_tell_no_value_of_a_person(workspace: Sandbox) -> None:
    found = await called(workspace, "get_table_statistics", table=FEATURES)
    columns = {item["column"]: item for item in found["columns"]}
    assert (found["rows_read"], found["whole"], found["repeated_keys"]) == (30, True, 0)
    assert 5 <= float(columns["spend_30d"]["least"]) <= columns["spend_30d"]["mean"] <= 9
    assert (columns["segment"]["shortest"], columns["segment"]["least"]) == (1, None)
    assert (columns["birth_date"]["least"], columns["birth_date"]["greatest"]) == (None, None)
    assert (columns["always_null"]["null_share"], columns["always_null"]["constant"]) == (1, True)
    assert all(item["distinct_about"] <= 30 for item in columns.values())


async def test_statistics_read_no_more_rows_than_they_are_told(workspace: Sandbox) -> None:
    found = await called(workspace, "get_table_statistics", table=ORDERS, columns=["amount"], max_rows=10)
    assert (found["rows_read"], found["whole"], len(found["columns"])) == (10, False, 1)
    text = await said(workspace, "get_table_statistics", table=ORDERS, columns=["none"])
    assert "has no column 'none'" in text


async def test_statistics_of_a_table_without_select_are_refused(workspace: Sandbox) -> None:
    text = await said(workspace, "get_table_statistics", token=workspace.token_for(ANALYST), table="vault.hr.copied")
    assert "permission denied" in text


async def test_wrong_credentials_ask_to_sign_in(workspace: Sandbox) -> None:
    assert "sign in again" in await said(workspace, "get_feature_table", token="wrong-token-wrong", table=FEATURES)


async def test_a_rate_limit_is_waited_for(faulty: Sandbox) -> None:
    faulty.fault(Fault(kind=Trouble.RATE_LIMIT, path="/api/2.1/unity-catalog/tables/*", count=1, retry_after=0))
    assert (await called(faulty, "get_feature_table", table=FEATURES))["table"] == FEATURES


async def test_a_workspace_that_hangs_ends_at_the_deadline(faulty: Sandbox) -> None:
    faulty.fault(Fault(kind=Trouble.HANG, path="/api/2.0/sql/*"))
    options = ServerOptions(deadline_seconds=0.5, answer_seconds=0.2)
    async with served(NAME, faulty, options=options) as client:
        text = refused(await client.call_tool("list_feature_tables", {"catalog": "main"}))
    assert "did not end within 0.5 s" in text or "did not answer in time" in text


async def test_a_hostile_comment_of_a_table_is_made_safe(workspace: Sandbox) -> None:
    found = await called(workspace, "get_feature_table", table=ORDERS)
    assert SECRET not in json.dumps(found)
    assert not {"\x1b", "\u202e"} & set(found["comment"])


@pytest.mark.parametrize("name", ["a.b", "a.b.c.d.e", "main.ml.`x y`.z"])
async def test_names_that_cannot_be_are_refused(workspace: Sandbox, name: str) -> None:
    assert await said(workspace, "get_feature", name=name.ljust(5, "x"))
