"""Who gave rights to whom, and days on which somebody came from a new address."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from orchestrator.workspace.audit.events import AuditEvent
from orchestrator.workspace.audit.given import given
from orchestrator.workspace.audit.log import Count
from orchestrator.workspace.audit.new_places import first_days

SINCE = dt.date(2026, 11, 1)


def event(action: str, detail: str, status: int = 200) -> AuditEvent:
    return AuditEvent(
        event_id="e", time=dt.datetime(2026, 11, 9, tzinfo=dt.UTC), principal="a@example.com", service="s",
        action=action, object="main.gold.t", detail=(detail,), address=None, agent=None, status=status, error=None,
    )  # fmt: skip


def changes(principal: str, *add: str) -> str:
    return f"changes={json.dumps([{'principal': principal, 'add': list(add)}])}"


def test_a_grant_to_another_and_one_to_oneself_are_told_apart() -> None:
    found = given([event("updatePermissions", changes(who, "SELECT")) for who in ("A@example.com", "b@example.com")])
    assert [(item.to, item.to_oneself, item.rights) for item in found] == [
        ("a@example.com", True, ("SELECT",)),
        ("b@example.com", False, ("SELECT",)),
    ]


def test_a_member_of_a_group_is_a_right() -> None:
    (item,) = given([event("addPrincipalToGroup", "targetUserName=a@example.com")])
    assert (item.is_group, item.to_oneself, item.rights) == (True, True, ("member",))


@pytest.mark.parametrize(
    ("action", "detail", "status"),
    [
        ("updatePermissions", changes("a@example.com", "SELECT"), 403),
        ("updatePermissions", changes("a@example.com"), 200),
        ("updatePermissions", "changes=[{", 200),
        ("updatePermissions", "changes={}", 200),
        ("updatePermissions", 'changes=[{"principal": 1, "add": ["SELECT"]}, 7]', 200),
        ("addPrincipalToGroup", "user=x", 200),
        ("getTable", changes("a@example.com", "SELECT"), 200),
    ],
)
def test_what_was_refused_or_gives_nothing_is_left_out(action: str, detail: str, status: int) -> None:
    assert given([event(action, detail, status)]) == ()


def test_only_a_person_with_a_past_has_a_new_address() -> None:
    rows = [
        Count(keys=keys, events=1, objects=1)
        for keys in (
            ("a@example.com", "10.0.0.1", "2026-10-20"),
            ("a@example.com", "10.0.0.1", "2026-11-05"),
            ("a@example.com", "198.51.100.1", "2026-11-06"),
            ("new@example.com", "198.51.100.2", "2026-11-06"),
            ("etl-job", "10.0.0.1", "2026-10-20"),
            ("etl-job", "198.51.100.3", "2026-11-06"),
            ("b@example.com", "10.0.0.1", "2026-10-20"),
            ("b@example.com", "10.0.0.2", "2026-10-21"),
        )
    ]
    assert list(first_days(rows, SINCE)) == [("a@example.com", "198.51.100.1", dt.date(2026, 11, 6))]
