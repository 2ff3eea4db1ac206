"""`audit-data-access` on the sandbox: every planted act is one finding, ordinary days are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workflows.audit.reports import BAD_INPUT, Audited, audited, planted, quoted, run

COMMAND = "audit-data-access"
ACTS = {
    ("rights-to-oneself", "data-engineer-2@example.com", "2026-11-09"),
    ("unusual-export", "data-analyst-3@example.com", "2026-11-14"),
    ("refused-burst", "contractor-2@example.com", "2026-11-18"),
    ("night-from-new-address", "claims-analyst-1@example.com", "2026-11-08"),
    ("deleted-by-person", "contractor-1@example.com", "2026-11-12"),
}


def days(found: Audited) -> set[tuple[str, str, str]]:
    return {(each["rule"], quoted(each)["principal"], quoted(each)["day"]) for each in found.findings()}


def test_every_planted_act_of_the_window_is_one_finding_and_nothing_else_is() -> None:
    found = audited(COMMAND)
    assert days(found) == ACTS
    assert len(found.findings()) == len(ACTS)


def test_the_findings_name_every_place_that_was_planted() -> None:
    said = " ".join(f"{each['message']} {each['evidence']}" for each in audited(COMMAND).findings())
    names = ("night-export", "refused-burst", "escalation", "night-reads", "dropped-table")
    assert [place for places in planted(*names) for place in places if place not in said] == []


def test_a_longer_window_finds_the_grant_to_everybody_too() -> None:
    found = audited(COMMAND, "--days", "60")
    assert days(found) - ACTS == {("rights-to-everybody", "former-engineer-1@example.com", "2026-10-06")}
    assert days(found) >= ACTS


def test_a_short_window_is_judged_by_the_longer_sample_and_shows_its_own_days_only() -> None:
    assert days(audited(COMMAND, "--days", "7")) == {("refused-burst", "contractor-2@example.com", "2026-11-18")}


def test_the_numbers_of_an_act_are_told_with_the_method() -> None:
    found = audited(COMMAND)
    (export,) = found.findings("unusual-export")
    assert "240 downloadQueryResult, usual are 0" in export["message"]
    table = next(each for each in found.report["tables"] if each["title"] == "Days that stand out")
    assert "modified z-score of at least 3.5 after the median of each weekday" in table["note"]
    assert "over 60 days" in table["note"]


def test_only_a_catalog_or_a_table_is_looked_at_where_it_is_named() -> None:
    assert days(audited(COMMAND, "--catalog", "retail_prod")) == {
        each for each in ACTS if each[0] in {"unusual-export", "deleted-by-person"}
    }
    table = audited(COMMAND, "--table", "insurance_prod.curated.payouts")
    assert days(table) == {("refused-burst", "contractor-2@example.com", "2026-11-18")}


def test_working_hours_are_those_of_the_zone() -> None:
    """23:00 in UTC is 08:00 in Tokyo, but of a Monday: the night of one zone is the morning of another."""
    assert any(rule == "night-from-new-address" for rule, _who, _day in days(audited(COMMAND)))
    tokyo = audited(COMMAND, "--zone", "Asia/Tokyo")
    assert not any(rule == "night-from-new-address" for rule, _who, _day in days(tokyo))
    note = next(each["note"] for each in tokyo.report["tables"] if each["title"] == "People outside of working hours")
    assert note.startswith("08:00-18:00 Asia/Tokyo")


def test_the_timeline_of_one_account_is_cut_into_sessions() -> None:
    found = audited(COMMAND, "--principal", "contractor-2@example.com")
    assert days(found) == {("refused-burst", "contractor-2@example.com", "2026-11-18")}
    sessions = found.rows("Timeline of contractor-2@example.com")
    assert [(row["from"], row["events"], row["failed"]) for row in sessions] == [
        ("2026-11-18 11:02", 64, 64),
        ("2026-11-21 07:55", 4, 4),
    ]


def test_too_few_days_in_the_log_are_not_judged_and_the_run_is_incomplete(tmp_path: Path) -> None:
    found = run(tmp_path, COMMAND, "--principal", "nobody@example.com", "--workspace", "sandbox")
    assert found.code == 3
    assert found.findings() == []
    assert any("no event in these days" in each["reason"] for each in found.report["coverage"])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "this command asks a workspace and none is named"),
        (("--zone", "Mars/Base", "--workspace", "sandbox"), "there is no such time zone"),
        (("--catalog", "nowhere", "--workspace", "sandbox"), "nowhere"),
        (("--catalog", "retail_prod.nowhere", "--workspace", "sandbox"), "nowhere"),
        (("--table", "only.two", "--workspace", "sandbox"), "only.two"),
        (("--days", "400", "--workspace", "sandbox"), "days: Input should be"),
    ],
)
def test_bad_input_is_one_sentence(words: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    ended = run(tmp_path, COMMAND, *words)
    assert ended.code == BAD_INPUT
    assert sentence in ended.said
    assert ended.said.strip().count("\n") == 0
