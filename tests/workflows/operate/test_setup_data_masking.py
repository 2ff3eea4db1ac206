"""`setup-data-masking` on the sandbox: values are hidden from those who are not spared, by table and by policy."""

from __future__ import annotations

import pytest

from orchestrator.workspace.connection import Access, Workspace
from orchestrator.workspace.statements import query
from tests.workflows.operate.failing import CLEAN, USAGE, Stage, every_step_fails_in_turn

pytestmark = pytest.mark.enable_socket
TABLE = "retail_prod.gold.customer_360"
BY_TABLE = ("setup-data-masking", "--table", TABLE, "--except", "pii-readers")
BY_POLICY = ("setup-data-masking", "--catalog", "retail_prod", "--except", "pii-readers", "--functions-in",
             "retail_prod.gold")  # fmt: skip


def _seen(stage: Stage, principal: str) -> set[str]:
    """The e-mail addresses as a principal sees them."""
    warehouse = stage.sandbox.seed.compute.warehouses[0].id
    access = Access(host=stage.sandbox.host, token=stage.sandbox.token_for(principal), warehouse=warehouse)
    rows = query(Workspace(access), "SELECT email FROM retail_prod.gold.customer_360 LIMIT 20", what="read")
    return {row[0] or "" for row in rows.rows}


def test_masks_hide_from_everybody_but_those_who_are_spared(stage: Stage) -> None:
    ran = stage.applied(*BY_TABLE)
    assert (ran.code, set(ran.standings)) == (CLEAN, {"verified"})
    assert all("***@" in value for value in _seen(stage, "data-analyst-1@example.com"))
    again = stage.run(*BY_TABLE)
    assert again.table("Changes") == []


def test_what_was_hidden_is_clear_when_it_is_taken_back(stage: Stage) -> None:
    before = _seen(stage, "data-analyst-1@example.com")
    ran = stage.applied(*BY_TABLE)
    assert stage.applied(*BY_TABLE, "--take-back", ran.sha[:12]).code == CLEAN
    assert _seen(stage, "data-analyst-1@example.com") == before


def test_who_reads_and_who_copies_is_told(reading: Stage) -> None:
    ran = reading.run(*BY_TABLE)
    assert [TABLE, "readers", "masked values"] in ran.table("Who reads")
    assert [rule for rule, _message in ran.findings] == ["writer-stores-masked"]
    assert "retail_prod.gold.marketing_audience" in ran.findings[0][1]
    spared = reading.run("setup-data-masking", "--table", TABLE, "--except", "data-engineer-3@example.com")
    assert [rule for rule, _message in spared.findings] == ["clear-copy"]


def test_every_step_by_table_fails_in_turn(stage: Stage) -> None:
    every_step_fails_in_turn(stage, *BY_TABLE, "--columns", "email,date_of_birth")


def test_policies_are_made_applied_and_taken_back(stage: Stage) -> None:
    shown = stage.run(*BY_POLICY)
    subjects = [row[1] for row in shown.table("Changes")]
    kinds = [subject.split()[0] for subject in subjects]
    assert kinds == sorted(kinds, key=("function", "policy", "tag").index)
    assert "policy mask_email on catalog retail_prod" in subjects
    assert "tag pii of column retail_prod.gold.marketing_audience.email" in subjects
    assert "retail_prod.gold.marketing_audience.first_name stays open" in shown.notes
    ran = stage.applied(*BY_POLICY)
    assert (ran.code, set(ran.standings)) == (CLEAN, {"verified"})
    assert stage.applied(*BY_POLICY, "--take-back", ran.sha[:12]).code == CLEAN
    assert stage.run(*BY_POLICY).sha == shown.sha


def test_every_step_by_policy_fails_in_turn(stage: Stage) -> None:
    every_step_fails_in_turn(
        stage, "setup-data-masking", "--table", "retail_prod.gold.marketing_audience", "--by", "policy",
        "--functions-in", "retail_prod.gold",
    )  # fmt: skip


def test_columns_of_one_tag_and_two_types_have_no_policy(stage: Stage) -> None:
    for text in (
        "CREATE TABLE retail_prod.gold.guests (date_of_birth STRING)",
        "ALTER TABLE retail_prod.gold.guests ALTER COLUMN date_of_birth SET TAGS ('pii' = 'birth_date')",
    ):
        query(stage.workspace(), text, what="prepare")
    ran = stage.run(*BY_POLICY)
    assert ran.code == USAGE, ran
    assert "its function serves one type" in ran.said


def test_a_function_that_exists_is_taken_if_it_serves(reading: Stage) -> None:
    words = ("setup-data-masking", "--table", TABLE, "--function", "retail_prod.reference.mask_text", "--columns")
    ran = reading.run(*words, "phone")
    assert [row[1] for row in ran.table("Changes")] == [f"mask of column {TABLE}.phone"]
    wrong = reading.run(*words, "date_of_birth")
    assert wrong.code != CLEAN
    assert "takes one DATE and gives DATE" in wrong.said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "one of the two"),
        (("--table", TABLE, "--catalog", "retail_prod"), "one of the two"),
        (("--table", "gold.customer_360"), "is not the name of a table"),
        (("--table", "retail_prod.gold.nothing"), "there is no such object"),
        (("--table", TABLE, "--columns", "nothing"), "has no column 'nothing'"),
        (("--table", TABLE, "--except", "no-such-group"), "there is no group or service principal 'no-such-group'"),
        (("--table", "retail_prod.gold.order_summary", "--columns", "status"), "is a view, and takes no mask"),
        (("--catalog", "retail_prod", "--by", "table"), "name it with --table"),
        (("--catalog", "retail_prod"), "there is no schema retail_prod.governance"),
        (("--catalog", "retail_prod", "--functions-in", "retail_prod.reference"), "exists and does something else"),
    ],
)
def test_bad_input_is_one_sentence(reading: Stage, words: tuple[str, ...], said: str) -> None:
    ran = reading.run("setup-data-masking", *words)
    assert ran.code in {USAGE, 3}, ran
    assert said in ran.said
    assert "Traceback" not in ran.said
