"""Events: what is read from a row of the audit log, and what is bounded."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.audit.breach import MAX_LISTED, facts
from orchestrator.workspace.audit.events import MAX_TEXT, AuditEvent, event, moment, named_object
from orchestrator.workspace.audit.lineage import Downstream, Hop
from orchestrator.workspace.audit.log import Count, Counts, Found, Question, Window, window
from orchestrator.workspace.audit.personal_access import chain
from orchestrator.workspace.audit.timeline import sessions

NOTHING = Downstream(hops=(), more=False)
WINDOW = Window(since=dt.date(2026, 10, 1), until=dt.date(2026, 10, 31))


def happened(minute: int, action: str = "getTable", **changes: object) -> AuditEvent:
    start = dt.datetime(2026, 10, 14, 22, 0, tzinfo=dt.UTC)
    base = AuditEvent(
        event_id=f"e{minute:04}", time=start + dt.timedelta(minutes=minute), principal="eve@example.org",
        service="unityCatalog", action=action, object="main.s.t", detail=(), address="192.0.2.1", agent=None,
        status=200, error=None,
    )  # fmt: skip
    return base.model_copy(update=changes)


def granted(minute: int, principal: str) -> AuditEvent:
    changes = f'changes=[{{"principal": "{principal}"}}]'
    return happened(minute, "updatePermissions", principal="admin@example.org", detail=(changes,))


def test_a_cut_value_ends_with_no_half_of_a_credential() -> None:
    secret = "dapi" + "9f3c1e77ab204d5886e0c4b2f9137da5"
    text = "x " * (MAX_TEXT // 2 - 8) + f"key {secret} " + "y " * 50
    row = dict.fromkeys(
        ("event_id", "event_time", "service_name", "action_name", "principal", "address", "agent", "status", "error")
    )
    found = event({**row, "parameters": json.dumps({"commandText": text})})
    assert len(found.detail[0]) < MAX_TEXT + 20
    assert secret[:4] not in found.detail[0]


def test_a_row_becomes_an_event() -> None:
    found = event(
        {
            "event_id": "1", "event_time": "2026-10-14T22:01:02.345Z", "service_name": "unityCatalog",
            "action_name": "generateTemporaryTableCredential", "principal": "Eve@Example.org", "address": "192.0.2.1",
            "agent": "curl", "parameters": json.dumps({"table_full_name": "main.s.t", "operation": "READ"}),
            "status": "403", "error": "x" * 5000,
        }
    )  # fmt: skip
    assert (found.principal, found.object, found.detail) == ("eve@example.org", "main.s.t", ("operation=READ",))
    assert found.forbidden
    assert found.failed
    assert found.time == dt.datetime(2026, 10, 14, 22, 1, 2, 345_000, tzinfo=dt.UTC)
    assert len(found.error or "") == MAX_TEXT + 1


@pytest.mark.parametrize("parameters", [None, "", "not json", "[1]", '{"a": null}'])
def test_parameters_that_cannot_be_read_name_no_object(parameters: str | None) -> None:
    row = dict.fromkeys(("event_id", "event_time", "service_name", "action_name", "principal", "address", "agent"))
    found = event({**row, "parameters": parameters, "status": None, "error": None})
    assert (found.object, found.principal, found.status) == (None, "unknown", None)


def test_a_new_table_is_named_by_its_three_parts() -> None:
    assert named_object({"catalog_name": "main", "schema_name": "s", "name": "t", "full_name_arg": "x"}) == "main.s.t"
    assert named_object({"name": "t", "full_name_arg": "main.s.t"}) == "main.s.t"


@pytest.mark.parametrize("text", ["2026-10-14T22:00:00.000Z", "2026-10-14 22:00:00", "2026-10-15T00:00:00+02:00"])
def test_times_are_utc(text: str) -> None:
    assert moment(text) == dt.datetime(2026, 10, 14, 22, 0, tzinfo=dt.UTC)


def test_a_silence_of_more_than_half_an_hour_begins_a_session() -> None:
    found = sessions([happened(95), happened(0), happened(30), happened(61, status=403), happened(91)])
    assert [(item.events, item.failed) for item in found] == [(2, 0), (3, 1)]
    assert found[0].start < found[1].start


def test_an_investigation_says_what_is_new_and_who_gave_the_privilege() -> None:
    events = (
        happened(0), happened(1, object="main.s.secret", address="203.0.113.9"),
        happened(2, "downloadQueryResult", object=None), happened(3, status=403), happened(4, "deleteTable"),
        happened(5, "updatePermissions", detail=('changes=[{"principal": "mallory@example.org"}]',)),
    )  # fmt: skip
    given = granted(-900, "eve@example.org")
    other = granted(-901, "steve@example.org")
    known = (frozenset({"192.0.2.1"}), frozenset({"main.s.t"}))
    found = facts(
        "eve@example.org", WINDOW, Found(events=events, more=False), (given, other, events[5]), known, NOTHING
    )
    assert [item.value for item in found.new_addresses] == ["203.0.113.9"]
    assert [item.object for item in found.touched if item.new] == ["main.s.secret"]
    assert [item.action for item in found.exports] == ["downloadQueryResult"]
    assert [item.action for item in found.deletions] == ["deleteTable"]
    assert [item.event_id for item in found.refused] == ["e0003"]
    assert found.privileges_gained == (given,)
    assert found.privileges_given == (events[5],)
    assert not found.more


def test_an_investigation_that_cuts_a_list_says_so() -> None:
    refused = tuple(happened(minute, status=403) for minute in range(MAX_LISTED + 1))
    known = (frozenset({"192.0.2.1"}), frozenset({"main.s.t"}))
    found = facts("eve@example.org", WINDOW, Found(events=refused, more=False), (), known, NOTHING)
    assert len(found.refused) == MAX_LISTED
    assert found.more


def test_access_to_untagged_copies_is_in_the_chain() -> None:
    went = Downstream(
        hops=(
            Hop(source="main.s.people", target="main.s.stage", depth=1, writers=("job",), last=None),
            Hop(source="main.s.stage", target="lab.x.copy", depth=2, writers=("ann",), last=None),
            Hop(source="main.s.people", target="main.s.tagged", depth=1, writers=("job",), last=None),
        ),
        more=False,
    )
    rows = (
        Count(keys=("ann", "lab.x.copy"), events=9, objects=1),
        Count(keys=("bob", "main.s.people"), events=2, objects=1),
    )
    marked = frozenset({"main.s.people", "main.s.tagged"})
    found = chain(Question(window=WINDOW), ("main.s.people",), marked, went, Counts(rows=rows, more=False))
    assert [hop.target for hop in found.untagged_copies] == ["main.s.stage", "lab.x.copy"]
    assert [(item.principal, item.copy_of) for item in found.reaches] == [("ann", ("main.s.people",)), ("bob", ())]


def test_days_in_the_wrong_order_or_too_many_are_refused() -> None:
    with pytest.raises(WorkspaceError, match="before the first day"):
        window(dt.date(2026, 2, 1), dt.date(2026, 1, 1))
    with pytest.raises(WorkspaceError, match="more than 365 days"):
        window(dt.date(2024, 1, 1), dt.date(2026, 1, 1))
    assert window(dt.date(2026, 1, 1), dt.date(2026, 1, 1)).days == 1
