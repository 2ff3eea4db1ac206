"""`audit-data-access`: patterns, days that stand out by stated methods, and the timeline of one account."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from orchestrator.errors import WorkspaceError
from orchestrator.types import Table
from orchestrator.workflows.audit.audit_data_access import tables
from orchestrator.workflows.audit.audit_data_access.checks import FACTS, observed
from orchestrator.workflows.audit.shape import Audit, Audited
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import Facts, Gap, Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workspace.audit.access_report import AccessReport, access_report
from orchestrator.workspace.audit.hours import WorkingHours, after_hours, working_hours
from orchestrator.workspace.audit.log import Question, last_days, newest
from orchestrator.workspace.audit.patterns import patterns
from orchestrator.workspace.audit.personal_access import personal_access, tagged_tables
from orchestrator.workspace.audit.standing_out import StandingOut, standing_out
from orchestrator.workspace.audit.timeline import sessions
from orchestrator.workspace.governance.securables import full_name
from orchestrator.workspace.names import table_name

START, END = 8, 18
MAX_EVENTS = 5_000
_EPILOG = """examples:
  orchestrate audit-data-access --workspace sandbox
  orchestrate audit-data-access --catalog main --days 60 --zone Europe/Berlin --workspace prod
  orchestrate audit-data-access --principal somebody@example.com --days 14 --workspace prod --output csv=access.csv
"""
_LIMITS = (
    "reads of files by path, and statements on clusters, are in the audit log only as far as Unity Catalog was asked",
    "the log shows what was logged: an empty answer proves no absence of access",
)
_NO_OBJECT = "logins and members of groups are in no catalog: leave --catalog and --table away to see them too"


class AuditDataAccess(Parameters):
    """What is asked for."""

    catalog: str | None = Field(default=None, min_length=1, max_length=511)
    table: str | None = Field(default=None, min_length=5, max_length=800)
    principal: str | None = Field(default=None, min_length=3, max_length=255)
    days: int = Field(default=30, ge=1, le=365)
    zone: str = Field(default="UTC", max_length=60)

    @field_validator("zone")
    @classmethod
    def known_zone(cls, given: str) -> str:
        """A zone that there is."""
        try:
            return ZoneInfo(given).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("there is no such time zone; write such as Europe/Berlin or UTC") from None


def _audited(asked: AuditDataAccess, site: Site) -> Audited:
    question = _question(asked, site)
    hours = working_hours(asked.zone, START, END, frozenset(range(5)))
    site.progress(f"summing up the audit log from {question.window.since} to {question.window.until}")
    report = access_report(site.workspace, question)
    site.progress("looking for days that stand out")
    found = standing_out(site.workspace, question, hours)
    personal, gaps = _tagged(site)
    notes = [*_LIMITS, *([_NO_OBJECT] if asked.catalog or asked.table else []), *_silent(report)]
    shown = [tables.numbers(report), tables.standing(found), *_spread(site, question, hours)]
    facts = [Facts.of(FACTS, "system.access.audit", found.days, more=found.more)]
    if personal:
        shown.append(_reach(site, question))
    if asked.principal:
        timeline, more = _timeline(site, question)
        shown.append(timeline)
        notes += ["older events of the timeline were left out; ask for fewer days"] if more else []
    return Audited(
        result=Result(
            facts=tuple(facts),
            observations=tuple(observed(found.days, personal)),
            tables=tuple(shown),
            gaps=(*gaps, *_undecided(found), *_empty(report)),
            notes=tuple(notes),
        )
    )


def _question(asked: AuditDataAccess, site: Site) -> Question:
    """What is looked for.

    Raises:
        WorkspaceError: the catalog or schema does not exist.
    """
    question = Question(window=last_days(asked.days, site.today), principal=asked.principal)
    if asked.table:
        question = replace(question, objects=(str(table_name(asked.table)),))
    if asked.catalog:
        kind = "schema" if "." in asked.catalog else "catalog"
        name = full_name(kind, asked.catalog)
        _check_exists(site, kind, name)
        question = replace(question, under=name)
    return question


def _check_exists(site: Site, kind: str, name: str) -> None:
    """Nothing where there is such a place: an answer about a name that was mistyped would look clean."""
    what = f"read the {kind} {name}"
    if kind == "schema":
        site.workspace.ask(what, lambda client: client.schemas.get(name), privilege="USE SCHEMA on it")
    else:
        site.workspace.ask(what, lambda client: client.catalogs.get(name), privilege="USE CATALOG on it")


def _tagged(site: Site) -> tuple[frozenset[str], tuple[Gap, ...]]:
    try:
        return frozenset(tagged_tables(site.workspace)), ()
    except WorkspaceError as error:
        return frozenset(), (Gap(source="tags of personal data", reason=str(error)),)


def _spread(site: Site, question: Question, hours: WorkingHours) -> tuple[Table, ...]:
    """Who, what, from where and when, and who worked outside of the hours: context, and no finding by itself."""
    site.progress("reading patterns of access")
    spread = patterns(site.workspace, question, hours.zone)
    late = after_hours(site.workspace, question, replace(hours, people_only=True))
    return (tables.spread(spread), tables.late(late))


def _reach(site: Site, question: Question) -> Table:
    site.progress("following personal data")
    narrowed = replace(question, under=None, objects=())
    return tables.reach(personal_access(site.workspace, narrowed, question.objects), question)


def _timeline(site: Site, question: Question) -> tuple[Table, bool]:
    found = newest(site.workspace, question, MAX_EVENTS)
    return tables.timeline(question.principal or "", sessions(found.events)), found.more


def _undecided(found: StandingOut) -> tuple[Gap, ...]:
    if found.anomalies.undecided:
        return (Gap(source="anomalies", reason=found.anomalies.undecided),)
    return ()


def _empty(report: AccessReport) -> tuple[Gap, ...]:
    why = "no event in these days: the audit log may not be on, or the identity that asks may not see it"
    return () if report.events else (Gap(source="system.access.audit", reason=why),)


def _silent(report: AccessReport) -> list[str]:
    days = (report.until - report.since).days + 1
    if not report.events or report.days_with_events >= days - 1:
        return []
    return [f"{report.days_with_events} of {days} days have events: a silent day may be a gap in the log"]


COMMAND = Audit(parameters=AuditDataAccess, audit=_audited, epilog=_EPILOG)
