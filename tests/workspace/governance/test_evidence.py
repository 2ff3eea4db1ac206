"""What the histories of a table and its copies say of a request of erasure."""

from __future__ import annotations

import datetime as dt
from typing import get_args

import pytest

from orchestrator.workspace.audit.deletions import DeletionCheck, DeletionCompliance
from orchestrator.workspace.audit.deletions import Standing as Checked
from orchestrator.workspace.governance.compliance import Standing, standards
from orchestrator.workspace.governance.evidence import ERASURE, judged, with_erasure

TODAY = dt.date(2026, 11, 23)
PAST, AHEAD = dt.date(2026, 11, 1), dt.date(2026, 12, 1)


def check(standing: Checked, table: str = "main.a.t") -> DeletionCheck:
    return DeletionCheck(
        table=table, standing=standing, why=standing, deleted=None, rewritten=None, vacuumed=None,
        retention_hours=168, deletion_vectors=False,
    )  # fmt: skip


def request(*standings: Checked, deadline: dt.date = PAST, more: bool = False) -> DeletionCompliance:
    return DeletionCompliance(
        table="main.a.t", requested=dt.date(2026, 10, 1), deadline=deadline, compliant=False,
        checks=tuple(check(standing, f"main.a.t{number}") for number, standing in enumerate(standings)),
        limits=(), more=more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("standings", "expected"),
    [
        (("purged",), "met"),
        (("purged", "purged"), "met"),
        (("not deleted",), "gap"),
        (("not purged",), "gap"),
        (("late",), "gap"),
        (("purged", "not purged"), "gap"),
        (("purged", "late"), "gap"),
        (("purged", "not deleted"), "cannot be seen here"),
        (("purged", "cannot be seen"), "cannot be seen here"),
        (("cannot be seen",), "cannot be seen here"),
    ],
)
def test_a_request_is_met_only_where_every_copy_is_known_to_be(
    standings: tuple[Checked, ...], expected: Standing
) -> None:
    assert judged(request(*standings), TODAY)[0] == expected


def test_copies_that_were_not_looked_at_are_no_evidence() -> None:
    assert judged(request("purged", more=True), TODAY)[0] == "cannot be seen here"


@pytest.mark.parametrize("standing", get_args(Checked))
def test_before_the_deadline_nothing_is_a_failure_but_what_cannot_be_mended(standing: Checked) -> None:
    expected = {"purged": "met", "late": "gap"}.get(standing, "cannot be seen here")
    assert judged(request(standing, deadline=AHEAD), TODAY)[0] == expected


def test_only_controls_of_erasure_are_shown_by_requests() -> None:
    found = with_erasure(standards()["GDPR"])
    assert [control.number for control in found.controls if ERASURE in control.facts] == ["Art. 17"]
