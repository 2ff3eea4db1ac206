"""`manage-data-retention`: promises of retention as tags and rules, and erasures that leave nothing behind."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from orchestrator.errors import UsageError, WorkspaceError
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.operate.manage_data_retention.erasures import erasures
from orchestrator.workflows.operate.manage_data_retention.promises import Asked, promises
from orchestrator.workflows.operate.manage_data_retention.requests import read_requests
from orchestrator.workflows.operate.shape import Desired, Operate
from orchestrator.workflows.request import Request, Reviewed
from orchestrator.workflows.selection import Selection
from orchestrator.workspace.changes import Goal
from orchestrator.workspace.governance.securables import full_name
from orchestrator.workspace.governance.tables import Table, tables_under
from orchestrator.workspace.governance.tags import tag_key
from orchestrator.workspace.statements import query

RULES = ("DEL", "STR")
TABLES = 200
_WITH_ROWS = frozenset({"MANAGED", "EXTERNAL", "STREAMING_TABLE"})
_TAGGED = (
    "SELECT schema_name, table_name FROM system.information_schema.table_tags "
    "WHERE catalog_name = :catalog AND tag_name = :key ORDER BY 1, 2"
)
_EPILOG = """examples:
  orchestrate manage-data-retention --table main.sales.orders --keep-days 365 --column ordered_at --workspace prod
  orchestrate manage-data-retention --erasure requests.csv --workspace prod
  orchestrate manage-data-retention --erasure requests.csv --workspace prod --apply --approve 3f9a0c1d2e4b
"""


class ManageDataRetention(Parameters):
    """What is asked for."""

    table: tuple[str, ...] = Field(default=(), max_length=TABLES)
    catalog: str | None = Field(default=None, max_length=255)
    keep_days: int | None = Field(default=None, ge=1, le=36_500)
    column: str | None = Field(default=None, max_length=255)
    erasure: Path | None = None
    tag: str = Field(default="retention_days", min_length=1, max_length=255)
    path: Path | None = None


def _desired(asked: ManageDataRetention, site: Site) -> Desired:
    _check(asked)
    requests = read_requests(site.path(asked.erasure)) if asked.erasure is not None else ()
    tables = _tables(asked, site)
    goals: list[Goal] = []
    results: list[Result] = []
    if tables:
        wanted, result = promises(tables, Asked(days=asked.keep_days, column=asked.column, key=asked.tag), site)
        goals, results = [*goals, *wanted], [*results, result]
    if requests:
        erased = erasures(requests, site)
        # What cannot be taken back is last: a failure before it leaves nothing.
        goals, results = [*goals, *erased.goals], [*results, erased.result]
    what = [asked.catalog or ", ".join(asked.table), f"erasures of {asked.erasure.name}" if asked.erasure else ""]
    return Desired(
        title="retention: " + "; ".join(filter(None, what)), goals=tuple(goals), result=_joined(results, asked, site)
    )


def _check(asked: ManageDataRetention) -> None:
    if not asked.table and asked.catalog is None and asked.erasure is None:
        raise UsageError("say what is managed: --table NAME, --catalog NAME, or --erasure FILE")
    if asked.table and asked.catalog is not None:
        raise UsageError("give --table or --catalog: a catalog stands for its tables that carry the retention tag")
    if not asked.table and asked.catalog is None and (asked.keep_days is not None or asked.column is not None):
        raise UsageError("--keep-days and --column are about tables: name them with --table")
    if asked.catalog is not None and asked.keep_days is not None:
        raise UsageError("--keep-days is a promise for the tables of --table; those of a catalog carry theirs as a tag")
    try:
        tag_key(asked.tag)
        for name in asked.table:
            full_name("table", name)
    except WorkspaceError as error:
        raise UsageError(str(error)) from None


def _tables(asked: ManageDataRetention, site: Site) -> Sequence[Table]:
    """The tables that were named, or those of the catalog that carry the tag; a view has no rows to keep."""
    names = [full_name("table", name) for name in asked.table]
    if asked.catalog is not None:
        catalog = full_name("catalog", asked.catalog)
        parameters = {"catalog": catalog, "key": asked.tag}
        rows = query(site.workspace, _TAGGED, parameters, what="read the tags of tables", limit=TABLES + 1).rows
        names = [f"{catalog}.{schema}.{table}" for schema, table in rows]
        if not names:
            raise UsageError(f"no table of {catalog} carries the tag {asked.tag!r}; name tables with --table")
        if len(names) > TABLES:
            raise UsageError(f"more than {TABLES} tables carry the tag {asked.tag!r}; name them with --table")
    found = [tables_under(site.workspace, name, 1).items[0] for name in names]
    views = [each.name for each in found if each.kind not in _WITH_ROWS]
    if views and asked.table:
        raise UsageError(f"{views[0]} is a view and keeps no rows of its own: name its sources")
    return [each for each in found if each.kind in _WITH_ROWS]


def _joined(results: Sequence[Result], asked: ManageDataRetention, site: Site) -> Result:
    return Result(
        facts=tuple(each for result in results for each in result.facts),
        observations=tuple(each for result in results for each in result.observations),
        tables=tuple(each for result in results for each in result.tables),
        gaps=tuple(each for result in results for each in result.gaps),
        notes=tuple(each for result in results for each in result.notes),
        reviewed=_code(asked.path, site) if asked.path is not None else None,
    )


def _code(path: Path, site: Site) -> Reviewed:
    """What the rules about deletion and streams find in the project."""
    request = Request(path=site.path(path), today=site.today, selection=Selection(select=RULES))
    return cached_review(request, use_cache=False, progress=site.progress)


COMMAND = Operate(parameters=ManageDataRetention, desired=_desired, epilog=_EPILOG)
