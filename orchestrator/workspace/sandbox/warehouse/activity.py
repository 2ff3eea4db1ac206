"""The audit log: rows generated from the habits and events of the seed, the same for the same seed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.workspace.sandbox.people import stable_id
from orchestrator.workspace.sandbox.seed.moment import moment_of
from orchestrator.workspace.sandbox.warehouse.dice import Dice

if TYPE_CHECKING:
    from orchestrator.workspace.sandbox.seed.activity import EventsSeed, HabitSeed
    from orchestrator.workspace.sandbox.seed.part import Json
    from orchestrator.workspace.sandbox.state import State

_SATURDAY = 5
UNITY = "unityCatalog"
LOOK = "getTable"
CREDENTIAL = "generateTemporaryTableCredential"
"""What the audit log shows when someone reads or writes the data of a table."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the audit log."""

    at: dt.datetime
    who: str
    key: str
    action: str
    service: str = UNITY
    params: dict[str, str] = field(default_factory=dict)
    status: int = 200
    error: str | None = None
    ip: str = ""
    agent: str = ""


def entries(state: State) -> list[Entry]:
    """The lines of the audit log, oldest first."""
    found: list[Entry] = []
    for number, habit in enumerate(state.seed.activity.habits):
        found += _of_habit(state, habit, number)
    for number, events in enumerate(state.seed.activity.events):
        found += _of_events(events, number)
    return sorted(found, key=lambda entry: (entry.at, entry.key))


def audit_rows(state: State) -> Iterator[Json]:
    """The rows of `system.access.audit`."""
    place = state.seed.place
    for entry in entries(state):
        yield {
            "account_id": place.account_id,
            "workspace_id": str(place.workspace_id),
            "version": "2.0",
            "event_time": entry.at,
            "event_date": entry.at.date(),
            "event_id": stable_id("audit", entry.key),
            "source_ip_address": entry.ip,
            "user_agent": entry.agent,
            "session_id": stable_id("session", entry.who, str(entry.at.date())),
            "user_identity": {"email": entry.who, "subject_name": entry.who},
            "service_name": entry.service,
            "action_name": entry.action,
            "request_id": stable_id("request", entry.key),
            "request_params": entry.params,
            "response": {"status_code": entry.status, "error_message": entry.error, "result": None},
            "audit_level": "WORKSPACE_LEVEL",
            "identity_metadata": {"run_by": entry.who, "run_as": entry.who},
        }


def _of_habit(state: State, habit: HabitSeed, number: int) -> Iterator[Entry]:
    for day in range(state.seed.activity.days, 0, -1):
        date = (state.seed.now - dt.timedelta(days=day)).date()
        if date.weekday() < _SATURDAY or habit.nightly:
            yield from _of_day(habit, date, f"h{number}/{day}")


def _of_day(habit: HabitSeed, date: dt.date, key: str) -> Iterator[Entry]:
    dice = Dice(f"{key}/{habit.who}")
    reads = habit.reads if habit.nightly else dice.between(habit.reads // 2, habit.reads + habit.reads // 2)
    for turn in range(reads):
        yield _read(habit, date, dice, f"{key}/{turn}")
    for turn, table in enumerate(habit.writes):
        params = {"table_full_name": table, "operation": "READ_WRITE"}
        yield _entry(habit, _time(habit, date, dice), f"{key}/w{turn}", CREDENTIAL, params)


def _read(habit: HabitSeed, date: dt.date, dice: Dice, key: str) -> Entry:
    table, at = dice.choice(habit.tables), _time(habit, date, dice)
    if dice.share() < 0.5:
        return _entry(habit, at, key, LOOK, {"full_name_arg": table})
    return _entry(habit, at, key, CREDENTIAL, {"table_full_name": table, "operation": "READ"})


def _entry(habit: HabitSeed, at: dt.datetime, key: str, action: str, params: dict[str, str]) -> Entry:
    return Entry(at=at, who=habit.who, key=key, action=action, params=params, ip=habit.ip, agent=habit.agent)


def _time(habit: HabitSeed, date: dt.date, dice: Dice) -> dt.datetime:
    first, last = habit.hours
    seconds = dice.between(first * 3600, (first + 1 if habit.nightly else last) * 3600 - 1)
    return dt.datetime.combine(date, dt.time(), tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)


def _of_events(events: EventsSeed, number: int) -> Iterator[Entry]:
    for turn in range(events.count):
        params = dict(events.params)
        if events.tables:
            name = "table_full_name" if events.action == CREDENTIAL else "full_name_arg"
            params[name] = events.tables[turn % len(events.tables)]
        yield Entry(
            at=moment_of(events.at) + dt.timedelta(seconds=turn * events.seconds),
            who=events.who,
            key=f"e{number}/{turn}",
            action=events.action,
            service=events.service,
            params=params,
            status=events.status,
            error=events.error,
            ip=events.ip,
            agent=events.agent,
        )
