"""Findings with what a workspace says of the tables behind them: a real client against the sandbox."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.cli.gate import exit_code
from orchestrator.types import Finding, Review, Severity
from orchestrator.workflows.measured.request import Measuring
from orchestrator.workspace.sandbox import Fault, Sandbox, Trouble
from tests.workflows.measured.logs import only, project, request, reviewed
from tests.workflows.measured.workspaces import seed

pytestmark = pytest.mark.enable_socket
ENVIRONMENT = Measuring(workspace="env")


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox.start(seed()) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Sandbox]:
    signed_in(monkeypatch, tmp_path, running.host, running.token)
    yield running
    running.clear_faults()


def signed_in(monkeypatch: pytest.MonkeyPatch, folder: Path, host: str, token: str) -> None:
    """The environment of somebody who uses this workspace."""
    for name in ("DATABRICKS_CONFIG_PROFILE", "DATABRICKS_WAREHOUSE_ID", "DATABRICKS_CLIENT_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", str(folder / "none"))
    monkeypatch.setenv("DATABRICKS_HOST", host)
    monkeypatch.setenv("DATABRICKS_TOKEN", token)


def collected(folder: Path, table: str, measuring: Measuring = ENVIRONMENT) -> Review:
    """The review of a project that fetches a table to the driver."""
    return reviewed(request(project(folder / "p", job=f'rows = spark.table("{table}").collect()\n')), measuring)


def finding(folder: Path, table: str) -> Finding:
    """The finding about the fetch of a table."""
    return only(collected(folder, table), "PYS001")


@pytest.mark.usefixtures("sandbox")
def test_to_fetch_a_table_of_two_mebibytes_is_only_information(tmp_path: Path) -> None:
    found = finding(tmp_path, "main.sales.countries")
    assert found.severity is Severity.INFO
    assert found.message.endswith(
        ", measured: `main.sales.countries` has 2.0 MiB in 1 file, is open to everybody (SELECT of account users on "
        "schema main.sales); lowered from medium to info by that"
    )
    assert found.counts


@pytest.mark.usefixtures("sandbox")
def test_to_fetch_a_table_of_fifty_gibibytes_is_bad(tmp_path: Path) -> None:
    found = finding(tmp_path, "main.sales.orders")
    assert found.severity is Severity.HIGH
    assert "measured: `main.sales.orders` has 50.0 GiB in 1,200 files, " in found.message
    assert found.message.endswith("; raised from medium to high by that")


@pytest.mark.usefixtures("sandbox")
def test_filters_masks_and_layout_of_a_table_are_told(tmp_path: Path) -> None:
    found = finding(tmp_path, "main.sales.customers")
    assert found.severity is Severity.MEDIUM
    assert "has 3.0 GiB in 40 files, has its rows filtered by main.sales.own, masks email, " in found.message


@pytest.mark.usefixtures("sandbox")
def test_the_size_of_a_view_is_not_guessed(tmp_path: Path) -> None:
    review = collected(tmp_path, "main.sales.daily")
    assert only(review, "PYS001").severity is Severity.MEDIUM
    assert (
        "workspace env: cannot tell the size of main.sales.daily: it is a view and has no files of its own"
        in review.notes
    )


@pytest.mark.usefixtures("sandbox")
def test_a_table_that_is_not_there_is_a_note(tmp_path: Path) -> None:
    review = collected(tmp_path, "main.sales.nowhere")
    assert "workspace env: not there, or not yours to see: `main.sales.nowhere`" in review.notes
    assert "measured" not in only(review, "PYS001").message
    assert not review.incomplete


@pytest.mark.usefixtures("sandbox")
def test_a_table_that_the_project_makes_is_told_apart(tmp_path: Path) -> None:
    text = 'spark.table("main.sales.orders").write.mode("overwrite").saveAsTable("main.sales.made")\n'
    review = reviewed(request(project(tmp_path / "p", job=text)), ENVIRONMENT)
    assert "workspace env: not there yet, this project makes them: `main.sales.made`" in review.notes


@pytest.mark.usefixtures("sandbox")
def test_a_loop_over_a_small_table_is_milder(tmp_path: Path) -> None:
    text = (
        'frame = spark.table("main.sales.{table}")\n'
        "for day in days:\n"
        "    print(frame.filter(frame.day == day).count())\n"
    )
    for table, severity in (("countries", Severity.MEDIUM), ("orders", Severity.HIGH)):
        review = reviewed(request(project(tmp_path / table, job=text.format(table=table))), ENVIRONMENT)
        assert only(review, "PYS002").severity is severity


@pytest.mark.usefixtures("sandbox")
def test_a_join_with_a_table_of_unknown_size_is_not_called_small(tmp_path: Path) -> None:
    text = (
        'frame = spark.table("main.sales.countries").join(spark.table("main.sales.daily"), "id")\n'
        "for day in days:\n"
        "    print(frame.filter(frame.day == day).count())\n"
    )
    found = only(reviewed(request(project(tmp_path / "p", job=text)), ENVIRONMENT), "PYS002")
    assert "`main.sales.countries` has 2.0 MiB" in found.message
    assert found.severity is Severity.HIGH


@pytest.mark.usefixtures("sandbox")
def test_a_fetch_from_one_of_two_sources_is_as_bad_as_what_is_known_and_never_milder(tmp_path: Path) -> None:
    text = (
        'frame = spark.table("main.sales.{table}")\n'
        "if old:\n"
        '    frame = spark.read.parquet("/Volumes/main/sales/landing")\n'
        "rows = frame.collect()\n"
    )
    for table, severity in (("countries", Severity.MEDIUM), ("orders", Severity.HIGH)):
        review = reviewed(request(project(tmp_path / table, job=text.format(table=table))), ENVIRONMENT)
        assert only(review, "PYS001").severity is severity
        assert f"`main.sales.{table}` has" in only(review, "PYS001").message


@pytest.mark.usefixtures("sandbox")
def test_a_merge_tells_what_its_target_is(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "merge.sql").write_text(
        "MERGE INTO main.sales.customers AS t\n"
        "USING (SELECT * FROM main.sales.orders UNION ALL SELECT * FROM main.sales.countries) AS s\n"
        "ON t.id = s.id\n"
        "WHEN MATCHED THEN UPDATE SET *\n",
        encoding="utf-8",
    )
    review = reviewed(request(tmp_path / "p"), ENVIRONMENT)
    found = only(review, "DEL004")
    assert "`main.sales.customers` has 3.0 GiB in 40 files, sets delta.appendOnly to true" in found.message
    assert found.severity is only(reviewed(request(tmp_path / "p"), Measuring()), "DEL004").severity


def test_only_reads_are_sent_and_each_table_is_asked_for_once(sandbox: Sandbox, tmp_path: Path) -> None:
    before = len(sandbox.calls)
    text = 'a = spark.table("main.sales.orders").collect()\nb = spark.table("main.sales.orders").toPandas()\n'
    reviewed(request(project(tmp_path / "p", job=text)), ENVIRONMENT)
    calls = [call for call in sandbox.calls[before:] if "well-known" not in call]
    assert calls.count("GET /api/2.1/unity-catalog/tables/main.sales.orders") == 1
    assert {call for call in calls if not call.startswith("GET ")} == {"POST /api/2.0/sql/statements"}


def test_a_name_that_would_change_the_request_is_not_asked_for(sandbox: Sandbox, tmp_path: Path) -> None:
    before = len(sandbox.calls)
    review = collected(tmp_path, "main.sales.orders?delete=true#x")
    assert sandbox.calls[before:] == ()
    assert any("not asked for: `main.sales.orders?delete=true#x`" in note for note in review.notes)
    assert not review.incomplete


@pytest.mark.usefixtures("sandbox")
def test_of_many_tables_those_behind_findings_come_first(tmp_path: Path) -> None:
    text = "".join(f'spark.table("main.sales.t{number}").createTempView("v{number}")\n' for number in range(20))
    text += 'rows = spark.table("main.sales.orders").collect()\n'
    review = reviewed(request(project(tmp_path / "p", job=text)), Measuring(workspace="env", max_tables=3))
    assert "50.0 GiB" in only(review, "PYS001").message
    assert "workspace env: 18 tables beyond the first 3 not asked for" in review.notes


def test_without_the_right_to_see_a_size_the_severity_stays(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.fault(Fault(kind=Trouble.DENIED, path="/api/2.0/sql/*", count=0))
    review = collected(tmp_path, "main.sales.countries")
    assert only(review, "PYS001").severity is Severity.MEDIUM
    assert any("cannot" in note and "permission denied" in note for note in review.notes)
    assert not review.incomplete


def test_a_workspace_that_refuses_everything_leaves_the_run_incomplete(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.fault(Fault(kind=Trouble.DENIED, count=0))
    review = collected(tmp_path, "main.sales.countries")
    assert exit_code(review, Severity.CRITICAL) == 3
    assert "permission denied" in review.incomplete[0].reason


def test_a_wrong_token_leaves_the_run_incomplete_and_is_asked_once(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in(monkeypatch, tmp_path, sandbox.host, "expired-token-of-nobody")
    before = len(sandbox.calls)
    text = 'a = spark.table("main.sales.orders").collect()\nb = spark.table("main.sales.countries").collect()\n'
    review = reviewed(request(project(tmp_path / "p", job=text)), ENVIRONMENT)
    assert exit_code(review, Severity.CRITICAL) == 3
    assert "does not accept these credentials" in review.incomplete[0].reason
    assert sum("unity-catalog" in call for call in sandbox.calls[before:]) == 1
    assert "workspace env: not asked after that: `main.sales.countries`" in review.notes
    assert "expired-token-of-nobody" not in str(review)


def test_a_workspace_that_hangs_ends_at_the_deadline(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.fault(Fault(kind=Trouble.HANG, path="/api/*", count=0))
    started = time.monotonic()
    review = collected(tmp_path, "main.sales.orders", Measuring(workspace="env", deadline_seconds=1.0))
    assert time.monotonic() - started < 5
    assert exit_code(review, Severity.CRITICAL) == 3
    assert "no answer within 1 seconds" in review.incomplete[0].reason


def test_one_table_that_hangs_does_not_cost_the_others(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.fault(Fault(kind=Trouble.HANG, path="*/tables/main.sales.countries", count=0))
    text = 'a = spark.table("main.sales.orders").collect()\nb = spark.table("main.sales.countries").collect()\n'
    asked = request(project(tmp_path / "p", job=text))
    review = reviewed(asked, Measuring(workspace="env", deadline_seconds=3.0))
    assert [each.severity for each in review.findings if each.rule == "PYS001"] == [Severity.HIGH, Severity.MEDIUM]
    assert "workspace env: no answer within 3 seconds: `main.sales.countries`" in review.notes
    assert not review.incomplete


def test_an_address_where_nobody_listens_leaves_the_run_incomplete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        signed_in(monkeypatch, tmp_path, f"http://127.0.0.1:{closed.getsockname()[1]}", "x")
        measuring = Measuring(workspace="env", deadline_seconds=2.0)
        review = collected(tmp_path, "main.sales.orders", measuring)
    assert exit_code(review, Severity.CRITICAL) == 3
    assert only(review, "PYS001").severity is Severity.MEDIUM


def test_without_credentials_the_run_is_incomplete_and_says_what_would_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in(monkeypatch, tmp_path, "", "")
    monkeypatch.delenv("DATABRICKS_HOST")
    monkeypatch.delenv("DATABRICKS_TOKEN")
    review = collected(tmp_path, "main.sales.orders", Measuring(workspace="no-such-profile"))
    assert exit_code(review, Severity.CRITICAL) == 3
    assert "'no-such-profile' of ~/.databrickscfg" in review.incomplete[0].reason


def test_code_without_full_names_asks_nothing_and_is_complete(sandbox: Sandbox, tmp_path: Path) -> None:
    before = len(sandbox.calls)
    review = collected(tmp_path, "orders")
    assert sandbox.calls[before:] == ()
    assert "workspace env: the code names no table with catalog and schema, so nothing was asked" in review.notes
    assert exit_code(review, Severity.CRITICAL) == 0
