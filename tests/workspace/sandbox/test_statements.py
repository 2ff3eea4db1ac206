"""Statements: parameters, results in pieces, what fails and how, and what changes the workspace."""

from __future__ import annotations

import json
import threading
import time

import pytest
import requests
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import BadRequest, InvalidParameterValue, NotFound
from databricks.sdk.service.sql import (
    Disposition,
    ExecuteStatementRequestOnWaitTimeout,
    Format,
    StatementState,
)

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.connection import Access, Workspace
from orchestrator.workspace.sandbox import Sandbox
from orchestrator.workspace.statements import query
from orchestrator.workspace.waiting import waited_for
from tests.workspace.sandbox.asking import WAREHOUSE, ran, refused, rows
from tests.workspace.sandbox.conftest import connected

pytestmark = pytest.mark.enable_socket
ANALYST = "data-analyst-1@example.com"


def test_parameter_is_bound_and_stays_a_value(client: WorkspaceClient) -> None:
    hostile = "DE' OR '1'='1"
    text = "SELECT count(*) FROM retail_prod.silver.customers WHERE country = :country"
    assert rows(client, text, country=("STRING", hostile)) == [["0"]]
    assert int(rows(client, text, country=("STRING", "DE"))[0][0]) > 0


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("INT", "7", "7"),
        ("BIGINT", "-9", "-9"),
        ("DOUBLE", "1.5", "1.5"),
        ("DECIMAL(10,2)", "1.50", "1.50"),
        ("BOOLEAN", "TRUE", "true"),
        ("DATE", "2026-11-01", "2026-11-01"),
        ("TIMESTAMP", "2026-11-01T02:03:04Z", "2026-11-01T02:03:04.000Z"),
        ("STRING", "x", "x"),
        ("STRING", None, None),
    ],
)
def test_parameter_has_its_type(client: WorkspaceClient, kind: str, value: str | None, shown: str | None) -> None:
    assert rows(client, "SELECT :it", it=(kind, value)) == [[shown]]


def test_parameter_that_is_no_value_of_its_type_is_refused(client: WorkspaceClient) -> None:
    with pytest.raises(InvalidParameterValue, match=r"`it` cannot be cast to INT"):
        ran(client, "SELECT :it", it=("INT", "seven"))


def test_name_may_be_a_parameter_in_identifier(client: WorkspaceClient) -> None:
    text = "SELECT count(*) FROM IDENTIFIER(:table)"
    assert rows(client, text, table=("STRING", "retail_prod.reference.countries")) == [["5"]]
    state, _ = refused(client, text, table=("STRING", "x; DROP TABLE y"))
    assert state == "42P01"


@pytest.mark.parametrize(
    ("text", "state", "said"),
    [
        ("SELEC 1", "42601", "PARSE_SYNTAX_ERROR"),
        ("SELECT 1; SELECT 2", "42601", "one statement"),
        ("", "42601", ""),
        ("SELECT * FROM retail_prod.gold.nothing", "42P01", "`retail_prod`.`gold`.`nothing` cannot be found"),
        ("SELECT nothing FROM retail_prod.gold.daily_sales", "42703", "`nothing` cannot be resolved"),
        ("SELECT nothing(1)", "42883", "`nothing`"),
        ("SELECT :absent", "42P02", "unbound parameter: absent"),
        ("SELECT CAST('x' AS INT)", "22018", "CAST_INVALID_INPUT"),
        ("SELECT * FROM read_text('/etc/passwd')", "0A000", "read_text"),
        ("SELECT * FROM '/etc/passwd'", "42P01", "cannot be found"),
        ("COPY INTO retail_prod.gold.daily_sales FROM '/etc'", "0A000", "does not run"),
        ("ATTACH '/tmp/x.db' AS y", "42601", ""),
        ("SET enable_external_access = true", "0A000", "does not run"),
        ("INSERT INTO system.access.audit (event_id) VALUES ('x')", "42501", "cannot be changed"),
        ("CREATE TABLE retail_prod.gold.copy AS SELECT 1", "0A000", "CREATE TABLE"),
        ("GRANT SELECT ON TABLE retail_prod.gold.nothing TO finance", "42000", "does not exist"),
        ("GRANT FLYING ON TABLE retail_prod.silver.customers TO finance", "42000", "FLYING"),
        ("ALTER TABLE retail_prod.silver.customers SET SAIL", "42601", "'SET'"),
        ("ALTER TABLE retail_prod.silver.customers SET TAGS ('pii' = 'nonsense')", "42000", "nonsense"),
        ("ALTER TABLE retail_prod.silver.customers ALTER COLUMN nope DROP MASK", "42000", "nope"),
        ("DROP FUNCTION retail_prod.reference.mask_email", "42000", "used as row filter or column mask"),
        ("CREATE FUNCTION retail_prod.reference.f(x INT) RETURNS INT RETURN ((", "42601", "body of the function"),
    ],
)  # fmt: skip
def test_statement_that_cannot_run_fails_with_class_and_state(
    client: WorkspaceClient, text: str, state: str, said: str
) -> None:
    if not text:
        text = " "
    found, message = refused(client, text)
    assert (found, said in message) == (state, True), message
    assert f"SQLSTATE: {state}" in message


def test_long_result_comes_in_chunks(client: WorkspaceClient) -> None:
    answer = ran(client, "SELECT id FROM range(2500)")
    assert answer.manifest is not None
    assert answer.result is not None
    assert (answer.manifest.total_chunk_count, answer.manifest.total_row_count) == (3, 2500)
    seen, result = list(answer.result.data_array or []), answer.result
    while result.next_chunk_index is not None:
        result = client.statement_execution.get_statement_result_chunk_n(
            answer.statement_id or "", result.next_chunk_index
        )
        seen += result.data_array or []
    assert [int(row[0]) for row in seen] == list(range(2500))
    with pytest.raises(NotFound):
        client.statement_execution.get_statement_result_chunk_n(answer.statement_id or "", 3)


def test_row_limit_cuts_and_says_so(client: WorkspaceClient) -> None:
    answer = client.statement_execution.execute_statement("SELECT id FROM range(50)", WAREHOUSE, row_limit=7)
    assert answer.manifest is not None
    assert (answer.manifest.truncated, answer.manifest.total_row_count) == (True, 7)


def test_external_links_lead_to_csv(client: WorkspaceClient, shared: Sandbox) -> None:
    answer = client.statement_execution.execute_statement(
        "SELECT id, 'a,b' AS t FROM range(2)", WAREHOUSE, format=Format.CSV, disposition=Disposition.EXTERNAL_LINKS
    )
    assert answer.result is not None
    (link,) = answer.result.external_links or []
    found = requests.get(link.external_link or "", headers={"Authorization": f"Bearer {shared.token}"}, timeout=5)
    assert found.text.splitlines() == ["id,t", '0,"a,b"', '1,"a,b"']


def test_statement_without_waiting_is_asked_for_later(client: WorkspaceClient) -> None:
    begun = client.statement_execution.execute_statement("SELECT 1", WAREHOUSE, wait_timeout="0s")
    for _ in range(200):
        answer = client.statement_execution.get_statement(begun.statement_id or "")
        assert answer.status is not None
        if answer.status.state is StatementState.SUCCEEDED:
            break
    assert answer.result is not None
    assert answer.result.data_array == [["1"]]


def test_statement_of_another_is_not_shown(client: WorkspaceClient, shared: Sandbox) -> None:
    begun = ran(client, "SELECT 1")
    other = connected(shared, shared.token_for(ANALYST))
    with pytest.raises(NotFound):
        other.statement_execution.get_statement(begun.statement_id or "")


def test_statement_that_runs_long_is_canceled_at_the_end_of_its_wait(client: WorkspaceClient) -> None:
    answer = client.statement_execution.execute_statement(
        "SELECT count(*) FROM range(100000000) a JOIN range(100000) b ON a.id % 7 = b.id % 11 WHERE a.id <> b.id",
        WAREHOUSE,
        wait_timeout="5s",
        on_wait_timeout=ExecuteStatementRequestOnWaitTimeout.CANCEL,
    )
    assert answer.status is not None
    assert answer.status.state is StatementState.CANCELED


def test_unknown_warehouse_is_refused(client: WorkspaceClient) -> None:
    with pytest.raises(NotFound, match="warehouse"):
        client.statement_execution.execute_statement("SELECT 1", "nothing")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("current_date()", "2026-11-23"),
        ("date_format(now(), 'yyyy-MM-dd HH:mm')", "2026-11-23 09:00"),
        ("dayofweek(current_date())", "2"),
        ("weekday(current_date())", "0"),
        ("date_sub(current_date(), 30)", "2026-10-24"),
        ("datediff(current_date(), DATE '2026-11-01')", "22"),
        ("unix_timestamp(TIMESTAMP '2026-11-23 09:00:00')", "1795424400"),
        ("current_user()", "platform-admin@example.com"),
        ("element_at(map('a', 1), 'a')", "1"),
        ("split('a,b', ',')[1]", "b"),
        ("size(array(1, 2))", "2"),
        ("regexp_replace('a1', '[0-9]', 'x')", "ax"),
        ("named_struct('a', 1)", '{"a": 1}'),
        ("array('x', NULL)", '["x", null]'),
        ("sha2('a', 256)", "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"),
        ("is_account_group_member('admins')", "true"),
        ("try_cast('x' AS INT)", None),
    ],
)
def test_function_has_the_value_of_databricks(client: WorkspaceClient, expression: str, value: str | None) -> None:
    assert rows(client, f"SELECT {expression} AS it") == [[value]]


def test_column_without_a_name_is_called_by_its_text(client: WorkspaceClient) -> None:
    answer = ran(client, "SELECT count(*), max(amount) FROM retail_prod.bronze.pos_transactions")
    assert answer.manifest is not None
    assert answer.manifest.schema is not None
    names = [column.name for column in answer.manifest.schema.columns or []]
    assert names == ["count(1)", "max(amount)"]


def test_mask_and_row_filter_decide_by_who_reads(fresh: Sandbox) -> None:
    scientist = connected(fresh, fresh.token_for("data-scientist-1@example.com"))
    admin = connected(fresh)
    rows(admin, "GRANT USE SCHEMA, SELECT ON SCHEMA insurance_prod.curated TO `data-scientists`")
    text = "SELECT count(*), count_if(diagnosis = 'restricted') FROM insurance_prod.curated.medical_reports r"
    assert rows(scientist, text) == [["0", "0"]]
    claims = connected(fresh, fresh.token_for("claims-analyst-1@example.com"))
    assert rows(claims, text) == [["20", "0"]]
    rows(admin, "ALTER TABLE insurance_prod.curated.medical_reports DROP ROW FILTER")
    assert rows(scientist, text) == [["20", "20"]]
    rows(admin, "ALTER TABLE insurance_prod.curated.medical_reports ALTER COLUMN diagnosis DROP MASK")
    assert rows(scientist, text) == [["20", "0"]]


def test_statements_change_what_the_interface_shows(admin: WorkspaceClient) -> None:
    rows(
        admin,
        "CREATE OR REPLACE FUNCTION retail_prod.reference.hide(value STRING) RETURNS STRING COMMENT 'hides' "
        "RETURN CASE WHEN is_account_group_member('pii-readers') THEN value ELSE '?' END",
    )
    table = "retail_prod.gold.customer_360"
    rows(admin, f"ALTER TABLE {table} ALTER COLUMN email SET MASK retail_prod.reference.hide")
    rows(admin, f"ALTER TABLE {table} SET ROW FILTER retail_prod.reference.own_country ON (segment)")
    rows(admin, f"ALTER TABLE {table} SET TAGS ('sensitivity' = 'confidential')")
    rows(admin, f"ALTER TABLE {table} ALTER COLUMN orders SET TAGS ('checked' = 'yes')")
    rows(admin, f"COMMENT ON TABLE {table} IS 'known by all'")
    rows(admin, f"ALTER TABLE {table} OWNER TO `governance-team`")
    rows(admin, f"GRANT SELECT, MODIFY ON TABLE {table} TO `finance`")
    rows(admin, "REVOKE ALL PRIVILEGES ON SCHEMA retail_prod.gold FROM `account users`")
    found = admin.tables.get(table)
    masks = {column.name: column.mask.function_name for column in found.columns or [] if column.mask}
    assert masks == {"email": "retail_prod.reference.hide"}
    assert found.row_filter is not None
    assert found.row_filter.input_column_names == ["segment"]
    assert (found.comment, found.owner) == ("known by all", "governance-team")
    tags = {tag.tag_key: tag.tag_value for tag in admin.entity_tag_assignments.list("tables", table)}
    assert tags["sensitivity"] == "confidential"
    assert admin.entity_tag_assignments.get("columns", f"{table}.orders", "checked").tag_value == "yes"
    given = admin.grants.get("TABLE", table).privilege_assignments or []
    assert [(item.principal, [str(what.value) for what in item.privileges or []]) for item in given] == [
        ("finance", ["SELECT", "MODIFY"])
    ]
    everyone = admin.grants.get("SCHEMA", "retail_prod.gold", principal="account users")
    assert everyone.privilege_assignments == []


def test_rows_change_and_the_history_tells_it(admin: WorkspaceClient) -> None:
    table = "retail_prod.gold.daily_sales"
    before = int(rows(admin, "SELECT count(*) FROM retail_prod.gold.daily_sales")[0][0])
    assert rows(admin, "DELETE FROM retail_prod.gold.daily_sales WHERE store_id = 1") != [["0"]]
    rows(admin, f"VACUUM {table} RETAIN 168 HOURS")
    assert int(rows(admin, "SELECT count(*) FROM retail_prod.gold.daily_sales")[0][0]) < before
    history = rows(admin, f"DESCRIBE HISTORY {table}")
    assert [row[4] for row in history] == ["VACUUM END", "VACUUM START", "DELETE", "CREATE TABLE"]


def test_detail_tells_files_and_size(client: WorkspaceClient) -> None:
    answer = ran(client, "DESCRIBE DETAIL retail_prod.bronze.web_events")
    assert answer.manifest is not None
    assert answer.manifest.schema is not None
    assert answer.result is not None
    names = [column.name for column in answer.manifest.schema.columns or []]
    (row,) = answer.result.data_array or []
    found = dict(zip(names, row, strict=True))
    assert (found["numFiles"], found["sizeInBytes"]) == ("263144", "42949672960")
    assert json.loads(found["properties"]) == {"delta.autoOptimize.optimizeWrite": "false"}


def test_table_can_be_made_filled_and_dropped(admin: WorkspaceClient) -> None:
    rows(admin, "CREATE SCHEMA retail_prod.trial COMMENT 'for a while'")
    rows(
        admin,
        "CREATE TABLE retail_prod.trial.t (id BIGINT NOT NULL, amount DECIMAL(10,2) COMMENT 'in EUR') USING DELTA",
    )
    rows(admin, "INSERT INTO retail_prod.trial.t VALUES (1, 2.50), (2, NULL)")
    assert rows(admin, "SELECT sum(amount) FROM retail_prod.trial.t") == [["2.50"]]
    assert [column.name for column in admin.tables.get("retail_prod.trial.t").columns or []] == ["id", "amount"]
    rows(admin, "DROP TABLE retail_prod.trial.t")
    assert refused(admin, "SELECT * FROM retail_prod.trial.t")[0] == "42P01"


def test_less_privileged_reader_is_refused_with_the_privilege(shared: Sandbox) -> None:
    analyst = connected(shared, shared.token_for(ANALYST))
    lacking = "User does not have USE SCHEMA on Schema 'retail_prod.silver'."
    assert refused(analyst, "SELECT * FROM retail_prod.silver.customers") == (
        "42501",
        f"[INSUFFICIENT_PERMISSIONS] Insufficient privileges: {lacking} SQLSTATE: 42501",
    )
    assert refused(analyst, "SELECT * FROM system.access.audit")[0] == "42501"
    assert refused(analyst, "GRANT SELECT ON SCHEMA retail_prod.silver TO `data-analysts`")[0] == "42501"
    assert rows(analyst, "SELECT count(*) FROM retail_prod.gold.daily_sales") == [["120"]]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM range(1), LATERAL query('SELECT * FROM c_retail_prod.silver.customers')",
        "SELECT * FROM range(1), LATERAL duckdb_settings()",
        "SELECT * FROM range(1) JOIN LATERAL read_text('/etc/hostname') ON true",
        "SELECT * FROM (WITH duckdb_tables AS (SELECT 1) SELECT 1) AS z, duckdb_tables",
        "WITH duckdb_tables AS (SELECT * FROM duckdb_tables) SELECT * FROM duckdb_tables",
        "SELECT current_setting('secret_directory')",
        "SELECT pg_sleep(60)",
    ],
)
def test_no_statement_reaches_the_engine_past_grants_or_tells_of_the_machine(shared: Sandbox, text: str) -> None:
    state, _ = refused(connected(shared, shared.token_for(ANALYST)), text)
    assert state in {"0A000", "42P01", "42883"}


def test_queries_of_a_with_clause_see_those_before_them(client: WorkspaceClient) -> None:
    text = (
        "WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT a.x, b.y FROM a, b, (SELECT * FROM b) AS c"
    )
    assert rows(client, text) == [["1", "2"]]
    counting = "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT max(n) FROM t"
    assert rows(client, counting) == [["3"]]


def test_a_statement_of_twenty_thousand_terms_is_refused_before_it_is_read(client: WorkspaceClient) -> None:
    with pytest.raises(BadRequest, match="the sandbox takes at most 65536"):
        ran(client, "SELECT 1 WHERE " + " OR ".join(["1 = 2"] * 20_000))


def test_a_statement_takes_no_longer_than_somebody_waits_for_it(shared: Sandbox) -> None:
    workspace = Workspace(Access(host=shared.host, token=shared.token, warehouse=WAREHOUSE))
    began = time.monotonic()
    with (
        waited_for(threading.Event(), 2.0),
        pytest.raises(WorkspaceError, match="did not finish in time and the statement was cancelled"),
    ):
        query(workspace, "SELECT count(*) FROM range(100000000000) a, range(100000) b", what="count")
    # The first answer alone would take ten seconds if nobody had said how long there is.
    assert time.monotonic() - began < 10
