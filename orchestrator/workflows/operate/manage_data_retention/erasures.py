"""What is left to do for each request of erasure, and the proof of what was done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from string import Template

from orchestrator.errors import UsageError, WorkspaceError
from orchestrator.types import Severity, Table
from orchestrator.workflows.commands.result import Check, Facts, Gap, Observation, Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.operate.manage_data_retention.requests import Request
from orchestrator.workspace.audit import erasure
from orchestrator.workspace.audit.deletions import LIMITS, DeletionCheck, past_of, verify
from orchestrator.workspace.audit.lineage import Downstream, downstream
from orchestrator.workspace.audit.log import last_days
from orchestrator.workspace.changes import Goal, State
from orchestrator.workspace.governance.tables import Table as Described
from orchestrator.workspace.governance.tables import tables_under
from orchestrator.workspace.names import table_name
from orchestrator.workspace.statements import query

FACTS = "erasures"
AUDITOR = "compliance-auditor"
DAYS = 90
_MUCH = 0.5
_COUNT = Template("SELECT count(*) FROM $table")
_DOCS = ("https://docs.databricks.com/aws/en/delta/vacuum",)
OPEN = Check(
    id="erasure-not-complete",
    specialist=AUDITOR,
    severity=Severity.MEDIUM,
    title="a request of erasure is not carried out",
    why="Deleted rows stand in old files until the table is purged and vacuumed. Apply what is left of the steps.",
    references=_DOCS,
)
LATE = replace(OPEN, id="erasure-late", title="an erasure was carried out after its deadline")
COPY = replace(
    OPEN,
    id="copy-not-erased",
    title="a table that was written from an erased one shows no deletion",
    why="The copy may hold the person's rows. Look for them, and add a line for it to the requests.",
)
UNSEEN = replace(OPEN, id="erasure-not-seen", title="whether a table was erased cannot be seen")
MUCH = replace(
    OPEN,
    id="erasure-of-much",
    severity=Severity.HIGH,
    title="a request would delete most of a table",
    why="A request is about one person. Look at the column and the value again before anything is deleted.",
)
FILTERED = replace(
    OPEN,
    id="erasure-behind-filter",
    severity=Severity.HIGH,
    title="a row filter may hide rows from who deletes",
    why="A DELETE finds the rows that its caller sees. Let an identity that the filter lets through apply it.",
)


@dataclass(frozen=True, kw_only=True)
class Erasures:
    """The goals of all requests, and what they were found by."""

    goals: tuple[Goal, ...]
    result: Result


def erasures(requests: Sequence[Request], site: Site) -> Erasures:
    """The steps that are left: the rows of all requests, then the purges, then the removal of old files.

    Raises:
        UsageError: a table is none that rows are deleted from, or has no such column.
        WorkspaceError: a table or its history cannot be read.
    """
    deleting = [_rows(each, site) for each in requests if each.column]
    touched = {setting.table for setting, count in deleting if count}
    checks, gaps = _checks(requests, site)
    own: dict[str, list[DeletionCheck]] = {}
    for request, check in checks:
        if check.table == request.table:
            own.setdefault(check.table, []).append(check)
    files = [goal for table, each in own.items() for goal in _files(table, each, site, deleted_now=table in touched)]
    counts = {setting.place: count for setting, count in deleting}
    observations = (*_of_checks(checks, counts), *_of_rows(requests, counts, site))
    facts = Facts.of(FACTS, "DESCRIBE HISTORY of the tables", [check for _request, check in checks])
    return Erasures(
        goals=(
            *(Goal(setting=setting, wanted=_none) for setting, _count in deleting),
            *(goal for goal in files if isinstance(goal.setting, erasure.VectorsOf)),
            *(goal for goal in files if isinstance(goal.setting, erasure.OldFiles)),
        ),
        result=Result(
            facts=(facts,), observations=observations, tables=(_proof(checks, counts),), gaps=gaps,
            notes=(*LIMITS, *_due(own, touched, site)),
        ),
    )  # fmt: skip


def _none(_now: State) -> State:
    return erasure.NONE


def _rows(request: Request, site: Site) -> tuple[erasure.Rows, int]:
    """The rows of the request, and how many there are."""
    described = _described(request, site)
    column = next((each.name for each in described.columns if each.name.lower() == request.column.lower()), None)
    if column is None:
        raise UsageError(f"{request.place}: the table {request.table} has no column {request.column[:80]!r}")
    setting = erasure.rows(request.table, column, request.place, request.value)
    found = setting.read(site.workspace) or ("0",)
    return setting, int(found[0].split()[0])


def _described(request: Request, site: Site) -> Described:
    found = tables_under(site.workspace, request.table, 1).items[0]
    if found.kind not in {"MANAGED", "EXTERNAL"}:
        kind = found.kind.lower().replace("_", " ")
        raise UsageError(f"{request.place}: {request.table} is a {kind}; rows are deleted from its sources")
    return found


def _files(table: str, checks: Sequence[DeletionCheck], site: Site, *, deleted_now: bool) -> Iterator[Goal]:
    """The purge and the removal of old files, as far as their time has come."""
    past = past_of(site.workspace, table)
    deleted = [each.deleted.version for each in checks if each.deleted and each.rewritten is None]
    if past.vectors and (deleted_now or deleted):
        since = max((each.version for each in past.operations), default=-1) if deleted_now else max(deleted)
        setting = erasure.VectorsOf(table=table, since=since, after_delete=deleted_now)
        yield Goal(setting=setting, wanted=lambda _now: erasure.PURGED)
    elif not deleted_now and (due := [at for each in checks if (at := erasure.due_at(each)) and at <= site.now]):
        yield Goal(setting=erasure.OldFiles(table=table, due=max(due)), wanted=lambda _now: erasure.REMOVED)


def _due(checks: Mapping[str, Sequence[DeletionCheck]], touched: set[str], site: Site) -> Iterator[str]:
    """When the old files of tables can be removed that are not old enough now."""
    for table, each in checks.items():
        days = [at for check in each if (at := erasure.due_at(check)) and at > site.now]
        if table in touched:
            yield f"{table}: after the deletion its old files stay for the table's retention; run this again then"
        elif days:
            yield f"{table}: its old files can be removed from {max(days):%Y-%m-%d %H:%M} UTC on; run this again then"


def _checks(requests: Sequence[Request], site: Site) -> tuple[list[tuple[Request, DeletionCheck]], tuple[Gap, ...]]:
    found: list[tuple[Request, DeletionCheck]] = []
    gaps: list[Gap] = []
    for request in requests:
        site.progress(f"verifying the erasure in {request.table}")
        copies = Downstream(hops=(), more=False)
        try:
            copies = downstream(site.workspace, (request.table,), last_days(DAYS, site.today))
        except WorkspaceError as error:
            gaps.append(Gap(source=f"copies of {request.table}", reason=str(error)))
        said = verify(site.workspace, request.table, request.requested, request.deadline, copies)
        found += [(request, check) for check in said.checks]
        if said.more:
            gaps.append(Gap(source=f"copies of {request.table}", reason="there are more copies than were looked at"))
    return found, tuple(gaps)


def _of_checks(checks: Sequence[tuple[Request, DeletionCheck]], counts: Mapping[str, int]) -> Iterator[Observation]:
    for row, (request, check) in enumerate(checks, start=1):
        if check.standing == "purged":
            continue
        kind = COPY if check.table != request.table else LATE if check.standing == "late" else OPEN
        kind = UNSEEN if check.standing == "cannot be seen" else kind
        match = f"; {counts[request.place]} rows match now" if kind is OPEN and request.place in counts else ""
        message = f"{check.table}, request {request.place} of {request.requested}: {check.standing}: {check.why}{match}"
        yield Observation(check=kind, facts=FACTS, row=row, about=f"{request.place}:{check.table}", message=message)


def _of_rows(requests: Sequence[Request], counts: Mapping[str, int], site: Site) -> Iterator[Observation]:
    for row, request in enumerate(requests, start=1):
        count = counts.get(request.place, 0)
        if not count:
            continue
        described = _described(request, site)
        total = _total(request.table, site)
        if count > 1 and count >= total * _MUCH:
            message = f"{request.place} would delete {count} of the {total} rows of {request.table}"
            yield Observation(check=MUCH, facts=FACTS, row=row, about=request.place, message=message)
        if described.row_filter is not None:
            message = f"{request.table} has the row filter {described.row_filter}: {count} rows are those that you see"
            yield Observation(check=FILTERED, facts=FACTS, row=row, about=request.place, message=message)


def _total(table: str, site: Site) -> int:
    text = _COUNT.substitute(table=table_name(table).quoted)
    return int(query(site.workspace, text, what=f"count the rows of {table}", limit=1).rows[0][0] or 0)


def _proof(checks: Sequence[tuple[Request, DeletionCheck]], counts: Mapping[str, int]) -> Table:
    rows = tuple(
        (
            request.place,
            check.table,
            str(counts.get(request.place, "")) if check.table == request.table else "",
            check.standing,
            *(f"{each.time:%Y-%m-%d}" if each else "" for each in (check.deleted, check.rewritten, check.vacuumed)),
            str(request.deadline),
        )
        for request, check in checks
    )
    columns = ("request", "table", "rows that match", "standing", "deleted", "purged", "vacuumed", "deadline")
    return Table(title="Erasures, as the histories show them", columns=columns, rows=rows)
