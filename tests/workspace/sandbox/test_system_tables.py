"""System tables and information schemas: from the seed, and from what changed since."""

from __future__ import annotations

import pytest
from databricks.sdk import WorkspaceClient

from tests.workspace.sandbox.asking import rows

pytestmark = pytest.mark.enable_socket


def test_audit_log_holds_the_planted_export(client: WorkspaceClient) -> None:
    text = """
        SELECT user_identity.email, count(*), min(event_time) FROM system.access.audit
        WHERE action_name = :action AND request_params.full_name_arg = :table AND hour(event_time) < 6
          AND event_date >= current_date() - INTERVAL 30 DAYS
        GROUP BY user_identity.email"""
    found = rows(
        client, text, action=("STRING", "downloadQueryResult"), table=("STRING", "retail_prod.gold.customer_360")
    )
    assert found == [["data-analyst-3@example.com", "240", "2026-11-14T02:10:00.000Z"]]


def test_refused_calls_have_a_status_and_an_error(client: WorkspaceClient) -> None:
    text = """
        SELECT user_identity.email, response.status_code, count(*) FROM system.access.audit
        WHERE response.status_code >= 400 GROUP BY ALL ORDER BY 3 DESC"""
    assert rows(client, text) == [["contractor-2@example.com", "403", "64"], ["contractor-2@example.com", "401", "4"]]


def test_lineage_of_tables_and_columns_is_there(client: WorkspaceClient) -> None:
    text = """
        SELECT DISTINCT source_table_full_name FROM system.access.table_lineage
        WHERE target_table_full_name = 'retail_prod.gold.marketing_audience'"""
    assert rows(client, text) == [["retail_prod.gold.customer_360"]]
    text = """
        SELECT DISTINCT source_column_name, entity_type FROM system.access.column_lineage
        WHERE target_table_name = 'marketing_audience' AND target_column_name = 'first_name'"""
    assert rows(client, text) == [["full_name", "JOB"]]
    answer = client.api_client.do(
        "GET",
        "/api/2.0/lineage-tracking/table-lineage",
        body={"table_name": "retail_prod.gold.marketing_audience", "include_entity_lineage": True},
    )
    assert isinstance(answer, dict)
    assert [entry["tableInfo"]["name"] for entry in answer["upstreams"]] == ["customer_360"]
    assert answer["upstreams"][0]["jobInfos"][0]["job_id"] == 1003
    columns = client.api_client.do(
        "GET",
        "/api/2.0/lineage-tracking/column-lineage",
        query={"table_name": "retail_prod.silver.customers", "column_name": "email"},
    )
    assert isinstance(columns, dict)
    assert {entry["table_name"] for entry in columns["downstream_cols"]} == {"customer_360", "tmp_customers_copy"}


def test_usage_and_prices_give_a_cost(client: WorkspaceClient) -> None:
    text = """
        SELECT u.usage_metadata.cluster_id, round(sum(u.usage_quantity * p.pricing.default), 0) AS dollars
        FROM system.billing.usage u JOIN system.billing.list_prices p ON u.sku_name = p.sku_name
        WHERE u.billing_origin_product = 'ALL_PURPOSE' GROUP BY 1 ORDER BY dollars DESC LIMIT 1"""
    ((cluster, dollars),) = rows(client, text)
    assert cluster == "1101-090000-adhoc002"
    assert 2_700 < float(dollars) < 3_800


def test_history_of_queries_agrees_with_the_interface(client: WorkspaceClient) -> None:
    text = "SELECT count(*) FROM system.query.history WHERE execution_status = 'FAILED'"
    failed = [query for query in client.query_history.list(max_results=1000).res or [] if query.error_message]
    assert rows(client, text) == [[str(len(failed))]] == [["1"]]


def test_runs_agree_with_the_interface(client: WorkspaceClient) -> None:
    text = "SELECT count(*) FROM system.lakeflow.job_run_timeline WHERE job_id = '1005' AND result_state = 'FAILED'"
    assert rows(client, text) == [["4"]]
    runs = list(client.jobs.list_runs(job_id=1005))
    states = [run.state.result_state.value for run in runs if run.state and run.state.result_state]
    assert states[:5] == ["FAILED"] * 4 + ["SUCCESS"]


def test_information_schema_of_a_catalog_is_about_it_alone(client: WorkspaceClient) -> None:
    text = "SELECT DISTINCT table_catalog FROM ml_platform.information_schema.columns"
    assert rows(client, text) == [["ml_platform"]]
    text = "SELECT DISTINCT table_catalog FROM system.information_schema.tables ORDER BY 1"
    assert [row[0] for row in rows(client, text)] == ["insurance_prod", "ml_platform", "retail_prod", "system"]


def test_information_schema_follows_a_change(admin: WorkspaceClient) -> None:
    text = """
        SELECT column_name, tag_value FROM insurance_prod.information_schema.column_tags
        WHERE table_name = 'claimants' AND tag_name = 'pii' ORDER BY 1"""
    before = rows(admin, text)
    rows(admin, "ALTER TABLE insurance_prod.curated.claimants ALTER COLUMN iban SET TAGS ('pii' = 'iban')")
    assert sorted([*before, ["iban", "iban"]]) == rows(admin, text)
    text = "SELECT column_name FROM insurance_prod.information_schema.column_masks WHERE table_name = 'claimants'"
    assert rows(admin, text) == [["full_name"], ["email"]]


@pytest.mark.parametrize(
    ("column", "pattern"),
    [
        ("ml_platform.scratch.tmp_customers_copy.col_b", "%@example.com"),
        ("ml_platform.scratch.tmp_customers_copy.col_d", "9__-__-____"),
        ("insurance_prod.curated.call_notes.note", "Customer % called from +1-555-01%"),
        ("retail_prod.bronze.payment_events.card_number", "400000%"),
    ],
)
def test_values_of_a_column_are_what_a_scan_looks_for(client: WorkspaceClient, column: str, pattern: str) -> None:
    table, _, name = column.rpartition(".")
    text = "SELECT count(*), count_if(IDENTIFIER(:column) LIKE :pattern) FROM IDENTIFIER(:table)"
    given = {"column": ("STRING", name), "table": ("STRING", table), "pattern": ("STRING", pattern)}
    assert rows(client, text, **given) == [["20", "20"]]
