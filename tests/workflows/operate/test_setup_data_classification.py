"""`setup-data-classification` on the sandbox: planted columns are tagged or left to people, and never twice."""

from __future__ import annotations

import pytest

from tests.workflows.operate.failing import CLEAN, USAGE, Stage, every_step_fails_in_turn

pytestmark = pytest.mark.enable_socket
COMMAND = ("setup-data-classification", "--catalog", "retail_prod", "--schema", "gold")


def _list(stage: Stage, text: str) -> tuple[str, ...]:
    (stage.folder / "reviewed.csv").write_text(text, encoding="utf-8")
    return (*COMMAND, "--reviewed", "reviewed.csv")


def test_planted_columns_are_proposed_and_tagged_ones_are_not(reading: Stage) -> None:
    ran = reading.run(*COMMAND)
    assert ran.code == CLEAN
    assert [row[:2] for row in ran.table("Columns to tag")] == [["retail_prod.gold.marketing_audience.email", "email"]]
    assert "retail_prod.gold.marketing_audience.first_name" in [row[0] for row in ran.table("For people")]
    changes = {row[1]: row[3] for row in ran.table("Changes")}
    assert changes == {
        "tag pii of column retail_prod.gold.marketing_audience.email": "email",
        "tag sensitivity of table retail_prod.gold.customer_360": "confidential",
        "tag sensitivity of table retail_prod.gold.marketing_audience": "confidential",
    }


def test_what_is_applied_is_not_proposed_again(stage: Stage) -> None:
    ran = stage.applied(*COMMAND)
    assert (ran.code, set(ran.standings)) == (CLEAN, {"verified"})
    assert stage.run(*COMMAND).table("Changes") == []


def test_every_step_fails_in_turn(stage: Stage) -> None:
    every_step_fails_in_turn(stage, *COMMAND)


def test_a_key_that_is_not_governed_is_governed_first(reading: Stage) -> None:
    ran = reading.run(*COMMAND, "--column-tag", "personal", "--table-tag", "care")
    subjects = [row[1] for row in ran.table("Changes")]
    assert subjects[:2] == ["governed tag personal", "governed tag care"]
    assert "tag personal of column retail_prod.gold.marketing_audience.email" in subjects


def test_a_key_in_another_spelling_stops(reading: Stage) -> None:
    ran = reading.run(*COMMAND, "--column-tag", "PII")
    assert ran.code == 1
    assert [rule for rule, _message in ran.findings] == ["key-in-two-spellings"]


def test_a_reviewed_list_sets_its_columns_alone(reading: Stage) -> None:
    ran = reading.run(*_list(reading, "retail_prod.gold.marketing_audience.first_name, pii, name\n"))
    subjects = [row[1] for row in ran.table("Changes")]
    assert subjects == ["tag pii of column retail_prod.gold.marketing_audience.first_name"]


def test_a_tag_that_takes_a_policy_off_a_column_stops(stage: Stage) -> None:
    (stage.folder / "reviewed.csv").write_text("insurance_prod.curated.medical_reports.diagnosis,pii,name\n")
    ran = stage.run("setup-data-classification", "--catalog", "insurance_prod", "--reviewed", "reviewed.csv")
    assert ran.code == 1
    assert [rule for rule, _message in ran.findings] == ["tag-unmasks"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("retail_prod.gold.marketing_audience.first_name,pii", "reviewed.csv:1: a line has three fields"),
        ("retail_prod.gold.marketing_audience.nothing,pii,name", "reviewed.csv:1: there is no column"),
        ("retail_prod.gold.marketing_audience.email,pii,secret", "reviewed.csv:1: the governed tag 'pii' does not"),
        ("first_name,pii,name", "reviewed.csv:1: 'first_name' is not the name of a column"),
        ("", "confirms nothing"),
    ],
)
def test_a_line_that_cannot_be_is_told_by_its_number(reading: Stage, line: str, said: str) -> None:
    ran = reading.run(*_list(reading, f"{line}\n"))
    assert (ran.code, ran.report) == (USAGE, {})
    assert said in ran.said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--catalog", "nowhere"), "there is no such object"),
        (("--catalog", "a.b"), "is not the name of a catalog"),
        (("--catalog", "retail_prod", "--reviewed", "none.csv"), "cannot be read"),
    ],
)
def test_bad_input_is_one_sentence(reading: Stage, words: tuple[str, ...], said: str) -> None:
    ran = reading.run("setup-data-classification", *words)
    assert ran.code in {USAGE, 3}
    assert said in ran.said
    assert "Traceback" not in ran.said
