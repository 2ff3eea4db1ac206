"""The tables of the report: the window in numbers, what stands out, patterns, and timelines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from orchestrator.types import Table
from orchestrator.workspace.audit.access_report import AccessReport
from orchestrator.workspace.audit.hours import AfterHoursReport
from orchestrator.workspace.audit.log import Question
from orchestrator.workspace.audit.patterns import Patterns
from orchestrator.workspace.audit.personal_access import PersonalAccess, Reach
from orchestrator.workspace.audit.standing_out import REFUSALS, StandingOut
from orchestrator.workspace.audit.timeline import Session, Tally

MOST = 10
SESSIONS = 50


def numbers(report: AccessReport) -> Table:
    """What the window adds up to."""
    rows = (
        ("days with events", report.days_with_events, ""),
        ("events", report.events, _tallies(report.most_active)),
        ("accesses", report.accesses, _tallies(report.most_read)),
        ("refused", report.refused, _tallies(report.refused_by)),
        ("privilege changes", report.privilege_changes, _tallies(report.privilege_changes_by)),
        ("exports", report.exports, _tallies(report.exports_by)),
        ("deletions", report.deletions, _tallies(report.deletions_by)),
    )
    note = f"{report.since} to {report.until} in UTC, {report.principals} principals"
    return Table(title="The window in numbers", columns=("what", "number", "most by"), rows=rows, note=note)


def standing(found: StandingOut) -> Table:
    """The days that stand out, and by which method."""
    odd = found.anomalies
    method = (
        f"unusual: modified z-score of at least {odd.threshold:g} after the median of each weekday is taken away, over "
        f"{odd.days} days and {odd.series} pairs of account and action, from {odd.min_events} events on"
    )
    if odd.undecided:
        method = f"unusual: not judged, {odd.undecided}"
    rows = tuple((str(day.day), day.principal, ", ".join(day.signals), "; ".join(day.says)) for day in found.days)
    note = f"{method}; refused: {REFUSALS} and more on one day"
    return Table(title="Days that stand out", columns=("day", "account", "signals", "numbers"), rows=rows, note=note)


def spread(found: Patterns) -> Table:
    """How access is spread."""
    busiest = sorted(range(24), key=lambda hour: -found.by_hour[hour])[:3]
    rows = (
        ("accounts", _tallies(found.principals)),
        ("objects", _tallies(found.objects)),
        ("actions", _tallies(found.actions)),
        ("addresses", _tallies(found.addresses)),
        ("weekdays", _tallies(sorted(found.by_weekday, key=lambda each: -each.events))),
        ("busiest hours", ", ".join(f"{hour:02}:00 ({found.by_hour[hour]})" for hour in busiest)),
        ("new in the last 7 days", ", ".join(found.new_principals[:MOST]) or "nobody"),
    )
    note = f"all events of the window, hours and weekdays of {found.zone}"
    return Table(title="Patterns", columns=("of", "most"), rows=rows, note=note)


def late(found: AfterHoursReport) -> Table:
    """People outside of working hours."""
    rows = tuple(
        (each.principal, each.events, f"{each.share:.0%}", each.nights, f"{each.last:%Y-%m-%d %H:%M}")
        for each in found.principals[:MOST]
    )
    note = f"{found.hours} {found.zone}, {found.weekdays[0]} to {found.weekdays[-1]}; context, and no finding alone"
    columns = ("account", "events", "share of its events", "days", "last")
    return Table(title="People outside of working hours", columns=columns, rows=rows, note=note)


def reach(found: PersonalAccess, question: Question) -> Table:
    """Who reached tables with personal data, and what was written from them."""
    shown = [each for each in found.reaches if _is_under(each, question)]
    rows = tuple((each.principal, each.table, each.events, ", ".join(each.copy_of)) for each in shown[:MOST])
    note = (
        f"{len(shown)} pairs of account and table; {len(found.tagged)} tables carry a tag of personal data, "
        f"{len({hop.target for hop in found.untagged_copies})} written from them carry none"
    )
    columns = ("account", "table", "accesses", "written from")
    return Table(title="Who reached personal data", columns=columns, rows=rows, note=note)


def timeline(principal: str, found: Sequence[Session]) -> Table:
    """The newest sessions of one account, the oldest of them first."""
    rows = tuple(
        (
            f"{each.start:%Y-%m-%d %H:%M}",
            f"{each.end:%H:%M}",
            each.events,
            each.failed,
            ", ".join(each.addresses[:3]),
            _tallies(each.actions[:3]),
            ", ".join(each.objects[:3]) + (f" and {each.objects_seen - 3} more" if each.objects_seen > 3 else ""),
        )
        for each in found[-SESSIONS:]
    )
    left = max(len(found) - SESSIONS, 0)
    note = "UTC; a silence of 30 minutes ends a session" + (f"; {left} older sessions are left out" if left else "")
    columns = ("from", "to", "events", "failed", "addresses", "actions", "objects")
    return Table(title=f"Timeline of {principal}", columns=columns, rows=rows, note=note)


def _is_under(item: Reach, question: Question) -> bool:
    return question.under is None or item.table.startswith(f"{question.under.lower()}.")


def _tallies(found: Iterable[Tally]) -> str:
    return ", ".join(f"{each.value} ({each.events})" for each in list(found)[:3])
