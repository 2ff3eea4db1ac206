"""`manage-data-retention` on the sandbox: promises as tags, and erasures from the rows to the old files."""

from __future__ import annotations

import pytest

from orchestrator.workspace.statements import query
from tests.workflows.operate.failing import CLEAN, INCOMPLETE, USAGE, Ran, Stage, every_step_fails_in_turn
from tests.workflows.operate.wire import Break, Plan

pytestmark = pytest.mark.enable_socket
ADDRESSES = "retail_prod.silver.addresses"
COUNT = "SELECT count(*) FROM retail_prod.silver.addresses WHERE customer_id = 2"
ERASE = ("manage-data-retention", "--erasure", "requests.csv")
PROMISE = ("manage-data-retention", "--table", "retail_prod.silver.orders,retail_prod.silver.addresses", "--keep-days",
           "365")  # fmt: skip


def _requests(stage: Stage, text: str) -> None:
    (stage.folder / "requests.csv").write_text(text, encoding="utf-8")


def _sql(stage: Stage, text: str) -> tuple[tuple[str | None, ...], ...]:
    return query(stage.workspace(), text, what="prepare").rows


def _erasing(stage: Stage) -> Ran:
    """A request over a table with deletion vectors, shown."""
    _sql(stage, f"ALTER TABLE {ADDRESSES} SET TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')")
    _requests(stage, f"{ADDRESSES}, 2026-11-20, 30, customer_id, 2\n")
    return stage.run(*ERASE)


def test_rows_are_deleted_and_purged_and_the_old_files_wait_for_their_time(stage: Stage) -> None:
    assert _sql(stage, COUNT) == (("3",),)
    shown = _erasing(stage)
    assert [row[2:] for row in shown.table("Changes")] == [
        ["3 rows match", "0 rows match"],
        ["old files hold deleted rows", "deletion vectors are written out"],
    ]
    ran = stage.run(*ERASE, "--apply", "--approve", shown.sha[:12])
    assert (ran.code, ran.standings) == (CLEAN, ["verified", "verified"])
    assert _sql(stage, COUNT) == (("0",),)
    after = stage.run(*ERASE)
    assert after.table("Changes") == []
    assert "its old files can be removed from 2026-11-30" in after.notes
    own = next(row for row in after.table("Erasures") if row[1] == ADDRESSES)
    assert own[2:6] == ["0", "not purged", "2026-11-23", "2026-11-23"]


def test_the_value_of_a_request_stands_in_no_report_and_in_no_file(stage: Stage) -> None:
    _requests(stage, f"{ADDRESSES}, 2026-11-20, 30, street, Secret Street 77\n")
    ran = stage.run(*ERASE)
    said = [ran.said, str(ran.report)]
    said += [file.read_text(encoding="utf-8") for file in (stage.folder / ".orchestrate").rglob("*") if file.is_file()]
    assert not [text for text in said if "Secret Street" in text]


def test_old_files_that_are_due_are_removed_and_then_proven(stage: Stage) -> None:
    _requests(stage, "retail_prod.silver.customers, 2026-10-10\ninsurance_prod.curated.claimants, 2026-10-20\n")
    shown = stage.run(*ERASE)
    assert [row[1] for row in shown.table("Calls")] == ["VACUUM `retail_prod`.`silver`.`customers`"]
    standings = {row[1]: row[3] for row in shown.table("Erasures")}
    assert standings["insurance_prod.curated.claimants"] == "purged"
    assert standings["retail_prod.silver.customers"] == "not purged"
    assert standings["retail_prod.gold.customer_360"] == "not deleted"
    assert stage.run(*ERASE, "--apply", "--approve", shown.sha[:12]).code == CLEAN
    after = stage.run(*ERASE)
    assert {row[1]: row[3] for row in after.table("Erasures")}["retail_prod.silver.customers"] == "late"
    assert after.table("Changes") == []


def test_a_failure_after_the_deletion_says_that_it_stays(stage: Stage) -> None:
    sha = _erasing(stage).sha
    stage.wire.break_at(Plan(step=2, how=Break.REFUSED))
    ran = stage.run(*ERASE, "--apply", "--approve", sha[:12])
    stage.wire.break_at(None)
    assert (ran.code, ran.standings) == (INCOMPLETE, ["not rolled back", "failed and unchanged"])
    assert "NOT taken back" in ran.missing
    assert "time travel alone" in ran.missing
    again = stage.run(*ERASE)
    assert f"change set {sha[:12]} was not taken back whole" in again.notes
    assert [row[1] for row in again.table("Changes")] == [f"deletion vectors of {ADDRESSES}"]
    assert stage.run(*ERASE, "--apply", "--approve", again.sha[:12]).code == CLEAN
    assert "not taken back whole" not in stage.run(*ERASE).notes


def test_what_lasts_is_not_taken_back(stage: Stage) -> None:
    shown = _erasing(stage)
    assert stage.run(*ERASE, "--apply", "--approve", shown.sha[:12]).code == CLEAN
    back = stage.run(*ERASE, "--take-back", shown.sha[:12])
    assert (back.code, back.table("Changes")) == (CLEAN, [])
    assert "stays: deleted rows come back by time travel alone" in back.notes


def test_a_request_that_would_delete_most_of_a_table_stops(reading: Stage) -> None:
    _requests(reading, "retail_prod.reference.calendar, 2026-11-20, 30, is_holiday, false\n")
    ran = reading.run(*ERASE)
    assert ran.code == 1
    assert "erasure-of-much" in [rule for rule, _message in ran.findings]


def test_a_promise_is_a_tag_and_a_rule_for_the_owner(stage: Stage) -> None:
    words = (*PROMISE[:2], "retail_prod.silver.orders", *PROMISE[3:], "--column", "ordered_at")
    ran = stage.applied(*words)
    assert (ran.code, ran.standings) == (CLEAN, ["verified"])
    statement = "ALTER TABLE `retail_prod`.`silver`.`orders` DELETE ROWS 352 DAYS AFTER `ordered_at`;"
    assert ran.table("Rules") == [["retail_prod.silver.orders", statement]]
    by_tag = stage.run("manage-data-retention", "--catalog", "retail_prod", "--column", "ordered_at")
    assert ["retail_prod.silver.orders", 365] in [row[:2] for row in by_tag.table("Promises")]


def test_every_step_fails_in_turn(stage: Stage) -> None:
    every_step_fails_in_turn(stage, *PROMISE)


def test_an_erasure_fails_at_its_first_step_and_leaves_nothing(stage: Stage) -> None:
    _erasing(stage)
    every_step_fails_in_turn(stage, *ERASE, lasting=2)


def test_a_legal_hold_and_two_promises_stop(stage: Stage) -> None:
    _sql(stage, "ALTER TABLE retail_prod.silver.orders SET TAGS ('legal_hold' = 'case 7')")
    _sql(stage, "ALTER TABLE retail_prod.silver.addresses SET TAGS ('retention_days' = '30')")
    ran = stage.run(*PROMISE)
    assert ran.code == 1
    assert {"legal-hold", "two-promises"} <= {rule for rule, _message in ran.findings}
    assert "tag retention_days of table retail_prod.silver.orders" not in [row[1] for row in ran.table("Changes")]


def test_a_promise_that_deleting_cannot_keep_is_told(reading: Stage) -> None:
    ran = reading.run(*PROMISE[:4], "7", "--column", "ordered_at")
    assert "promise-too-short" in [rule for rule, _message in ran.findings]
    assert ran.table("Rules") == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("retail_prod.silver.orders", "requests.csv:1: the line has 1 fields"),
        ("silver.orders, 2026-01-01", "requests.csv:1: 'silver.orders' is not the name of a table"),
        ("retail_prod.silver.orders, yesterday", "requests.csv:1: 'yesterday' is no day"),
        ("retail_prod.silver.orders, 2026-01-01, soon", "requests.csv:1: within_days is 'soon'"),
        ("retail_prod.silver.orders, 2026-01-01, 30, customer_id,", "a column needs a value"),
        ("retail_prod.silver.orders, 2026-01-01, 30, nothing, 1", "has no column 'nothing'"),
        ("retail_prod.gold.order_summary, 2026-01-01, 30, order_id, 1", "is a view; rows are deleted from its sources"),
        ("retail_prod.silver.nothing, 2026-01-01", "there is no such object"),
        ("# nobody", "holds no request"),
    ],
)
def test_a_line_that_is_no_request_is_told_by_its_number(reading: Stage, line: str, said: str) -> None:
    _requests(reading, f"{line}\n")
    ran = reading.run(*ERASE)
    assert ran.code in {USAGE, INCOMPLETE}, ran
    assert said in ran.said
    assert "Traceback" not in ran.said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "say what is managed"),
        (("--catalog", "retail_prod", "--table", "a.b.c"), "give --table or --catalog"),
        (("--erasure", "requests.csv", "--keep-days", "3"), "name them with --table"),
        (("--catalog", "ml_platform"), "no table of ml_platform carries the tag 'retention_days'"),
        (("--table", "retail_prod.silver.orders", "--keep-days", "0"), "keep-days"),
        (("--table", "retail_prod.gold.order_summary", "--keep-days", "90"), "is a view and keeps no rows"),
        (("--erasure", "nothing.csv"), "cannot be read"),
    ],
)
def test_bad_input_is_one_sentence(reading: Stage, words: tuple[str, ...], said: str) -> None:
    ran = reading.run("manage-data-retention", *words)
    assert ran.code == USAGE, ran
    assert said in ran.said
