"""When a control may be called passed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from controls import CONTROLS, Evidence, Exemption, Result, evaluate, findings, newest, passed, report, sample

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
GRANTS = CONTROLS[0]
GOOD = {"table": "prod.sales.orders", "grantee": "sales-readers"}
BROAD = {"table": "prod.sales.customers", "grantee": "account users"}


def evidence(*rows: dict[str, object], age: timedelta = timedelta(0), scope: int = 120) -> Evidence:
    """Evidence for the control of grants."""
    return Evidence(control="C3", collected_at=NOW - age, objects_in_scope=scope, rows=rows)


def exemption(until: date) -> Exemption:
    """The broad grant, accepted until a day."""
    return Exemption(
        control="C3",
        subject="prod.sales.customers to account users",
        owner="sales-owners",
        reason="migration",
        until=until,
    )


def test_fresh_evidence_without_a_breach_passes() -> None:
    assert evaluate(GRANTS, evidence(GOOD), [], NOW).result is Result.PASS


@pytest.mark.parametrize(
    "given",
    [None, evidence(GOOD, age=timedelta(days=2)), evidence(scope=0)],
    ids=["nothing collected", "too old", "nothing in scope"],
)
def test_without_usable_evidence_nothing_passes(given: Evidence | None) -> None:
    assert evaluate(GRANTS, given, [], NOW).result is Result.NO_EVIDENCE


def test_breach_fails_and_is_named() -> None:
    finding = evaluate(GRANTS, evidence(GOOD, BROAD), [], NOW)

    assert finding.result is Result.FAIL
    assert finding.breaches == ("prod.sales.customers to account users",)


def test_exemption_counts_to_its_last_day_and_not_after() -> None:
    assert evaluate(GRANTS, evidence(BROAD), [exemption(NOW.date())], NOW).result is Result.EXCEPTED
    assert evaluate(GRANTS, evidence(BROAD), [exemption(NOW.date() - timedelta(days=1))], NOW).result is Result.FAIL


def test_exemption_of_one_breach_does_not_cover_another() -> None:
    other = {"table": "prod.hr.salaries", "grantee": "account users"}

    assert evaluate(GRANTS, evidence(BROAD, other), [exemption(NOW.date())], NOW).breaches == (
        "prod.hr.salaries to account users",
    )


def test_newest_evidence_decides() -> None:
    old, new = evidence(GOOD, age=timedelta(hours=5)), evidence(BROAD)

    assert newest([old, new], "C3") is new


def test_deletion_request_without_verification_is_a_breach() -> None:
    rows = (
        {"request": 1, "verified_after_days": 12},
        {"request": 2, "verified_after_days": None},
        {"request": 3, "verified_after_days": 31},
    )
    finding = evaluate(CONTROLS[1], Evidence(control="C7", collected_at=NOW, objects_in_scope=3, rows=rows), [], NOW)

    assert finding.breaches == ("request 2", "request 3")


def test_report_lists_every_control_also_those_without_evidence() -> None:
    results = findings(sample(NOW), [], NOW)

    assert "| no evidence | C7 |" in report(results)
    assert not passed(results)
