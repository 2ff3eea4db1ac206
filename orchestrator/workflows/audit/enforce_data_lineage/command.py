"""`enforce-data-lineage [path]`: edges of code and workspace, gaps between them, and whom a change reaches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import Field

from orchestrator.errors import UsageError, WorkspaceError
from orchestrator.types import Table
from orchestrator.workflows.audit.enforce_data_lineage import checks, code, traced
from orchestrator.workflows.audit.enforce_data_lineage.names import last_part, resolved
from orchestrator.workflows.audit.enforce_data_lineage.traced import GoneName, LostTag, Named, TracedEdge, TracedTable
from orchestrator.workflows.audit.shape import Audit, Audited
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import Facts, Gap, Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workspace.audit.actions import actions
from orchestrator.workspace.audit.log import Question, Window, counts, last_days
from orchestrator.workspace.catalog.flows import MAX_TABLES, Flows, flows, tables_named
from orchestrator.workspace.governance.tables import tables_under, tagged_columns

_EPILOG = """examples:
  orchestrate enforce-data-lineage . --workspace sandbox
  orchestrate enforce-data-lineage . --diff main --workspace prod
  orchestrate enforce-data-lineage --table main.silver.orders,main.gold --days 180 --workspace prod
"""
_NOWHERE = "no workspace is named: readers outside of the project were not looked for"
_LIMITS = (
    "recorded lineage misses reads and writes by path, of compute without Unity Catalog, and of other metastores",
    "a reader that is silent in these days, as a yearly job, is not seen: an empty answer proves no absence of readers",
)
T = TypeVar("T")
_NO_FLOWS = Flows(tables=(), columns=(), more=False)


class EnforceDataLineage(Parameters):
    """What is asked for."""

    path: Path = Path()
    table: tuple[str, ...] = Field(default=(), max_length=100)
    diff: str | None = Field(default=None, min_length=1, max_length=255)
    days: int = Field(default=90, ge=1, le=365)


@dataclass(frozen=True, kw_only=True)
class _Traced:
    """Everything that was laid together."""

    edges: tuple[TracedEdge, ...]
    tables: tuple[TracedTable, ...]
    gone: tuple[GoneName, ...]
    tags: tuple[LostTag, ...]
    live: frozenset[str]
    more: bool
    refused: tuple[Gap, ...]


def _audited(asked: EnforceDataLineage, site: Site) -> Audited:
    site.progress(f"reading the code in {asked.path}")
    project = code.read(asked.path, asked.diff, site)
    if site.opened is None:
        return _without_workspace(asked, project)
    site.progress("finding the tables in the workspace")
    live = _live(asked, project, site)
    named = Named(code=project, names=resolved(_names(project), live))
    tables = _tables(asked, named, live, site)
    found = _trace(named, tables, last_days(asked.days, site.today), site)
    return Audited(
        result=Result(
            facts=_facts(found),
            observations=(
                # Where a source did not answer, its silence says nothing of a table.
                *(() if found.refused else checks.of_edges(found.edges, found.live, asked.days)),
                *(() if found.refused else checks.of_tables(found.tables, asked.days)),
                *checks.of_gone(found.gone),
                *checks.of_tags(found.tags),
            ),
            tables=_shown(found),
            gaps=_gaps(found),
            notes=(*_LIMITS, *_unresolved(named)),
            reviewed=project.reviewed,
        )
    )


def _without_workspace(asked: EnforceDataLineage, project: code.Code) -> Audited:
    """The edges of the code alone.

    Raises:
        UsageError: tables were named: their readers are in a workspace.
    """
    if asked.table:
        raise UsageError("--table asks for readers of live tables: name a workspace with --workspace")
    if not project.written:
        raise UsageError(
            f"{asked.path} writes no table whose name is known: name tables with --table and a --workspace"
        )
    wanted = project.changed if asked.diff else project.written
    edges = traced.traced_edges(Named(code=project, names={}), _NO_FLOWS, wanted)
    gap = Gap(source="lineage of the workspace", reason=_NOWHERE, incomplete=False)
    facts = Facts.of(checks.EDGES, "the project's code", edges)
    return Audited(
        result=Result(facts=(facts,), tables=(_edges(edges),), gaps=(gap,), notes=(), reviewed=project.reviewed)
    )


def _names(project: code.Code) -> set[str]:
    ends = {name for edge in project.edges for name in (edge.source, edge.target)}
    return ends | project.written | project.changed


def _live(asked: EnforceDataLineage, project: code.Code, site: Site) -> tuple[str, ...]:
    """The full names of live tables that the code can mean."""
    found = set(tables_named(site.workspace, map(last_part, _names(project))))
    for scope in asked.table:
        found |= {table.name for table in tables_under(site.workspace, scope, MAX_TABLES).items}
    return tuple(sorted(found))


def _tables(asked: EnforceDataLineage, named: Named, live: Sequence[str], site: Site) -> tuple[str, ...]:
    """The tables that are asked about.

    Raises:
        UsageError: there is none.
    """
    if asked.table:
        scopes = (tables_under(site.workspace, scope, MAX_TABLES).items for scope in asked.table)
        return tuple(sorted({table.name for items in scopes for table in items}))
    wanted = named.code.changed if asked.diff else named.code.written
    known = tuple(sorted({named.full(name) for name in wanted} & set(live)))
    if known or asked.diff:
        return known
    raise UsageError(
        f"{asked.path} writes no table that the workspace has: name tables with --table, as main.silver.orders, or a "
        "catalog or schema for all that are in it"
    )


def _trace(named: Named, tables: Sequence[str], window: Window, site: Site) -> _Traced:
    site.progress(f"reading the lineage of {len(tables)} tables since {window.since}")
    refused: list[Gap] = []
    found = _answer(
        "recorded lineage", lambda: flows(site.workspace, tables, window.since, window.until), _NO_FLOWS, refused
    )
    nobody: tuple[dict[str, list[str]], bool] = ({}, False)
    readers, more = _answer("audit log", lambda: _readers(tables, window, site), nobody, refused)
    untagged: dict[str, Mapping[str, str]] = {}
    tags = _answer("tags of columns", lambda: _tags(found, site), untagged, refused)
    edges = traced.traced_edges(named, found, frozenset(tables))
    written = frozenset(named.full(name) for name in named.code.written)
    return _Traced(
        edges=edges,
        tables=traced.traced_tables(tables, written, found, readers),
        gone=traced.gone_names(named, found),
        tags=traced.lost_tags(found.columns, tags),
        live=frozenset((*tables, *named.names.values())),
        more=found.more or more,
        refused=tuple(refused),
    )


def _answer(source: str, ask: Callable[[], T], nothing: T, refused: list[Gap]) -> T:
    """What the source answers; where it refuses, nothing, and why."""
    try:
        return ask()
    except WorkspaceError as error:
        refused.append(Gap(source=source, reason=str(error)))
        return nothing


def _tags(found: Flows, site: Site) -> dict[str, Mapping[str, str]]:
    """The tags of the columns of every catalog that the flows touch."""
    tags: dict[str, Mapping[str, str]] = {}
    for catalog in sorted({name.split(".")[0] for each in found.columns for name in (each.source, each.target)}):
        tags.update(tagged_columns(site.workspace, catalog))
    return tags


def _readers(tables: Sequence[str], window: Window, site: Site) -> tuple[dict[str, list[str]], bool]:
    """Who reached each table by the audit log."""
    if not tables:
        return {}, False
    question = Question(window=window, objects=tuple(tables), actions=actions().about("access"), outcome="succeeded")
    found = counts(site.workspace, question, "object", "principal")
    readers: dict[str, list[str]] = {}
    for row in found.rows:
        readers.setdefault(row.keys[0], []).append(row.keys[1])
    return readers, found.more


def _facts(found: _Traced) -> tuple[Facts, ...]:
    lineage = "the project's code and system.access.table_lineage"
    facts = [
        Facts.of(checks.EDGES, lineage, found.edges, more=found.more),
        Facts.of(checks.TABLES, f"{lineage}, system.access.audit", found.tables, more=found.more),
    ]
    if found.gone:
        facts.append(Facts.of(checks.GONE, "the change, and the recorded lineage", found.gone))
    if found.tags:
        facts.append(Facts.of(checks.TAGS, "system.access.column_lineage and column tags", found.tags))
    return tuple(facts)


def _shown(found: _Traced) -> tuple[Table, ...]:
    tables = [_edges(found.edges), _readers_of(found.tables)]
    if found.gone:
        rows = tuple(
            (each.table, each.column or "", each.how, each.code, "; ".join(each.readers) or "nobody known")
            for each in found.gone
        )
        columns = ("table", "column", "what happens", "code", "read outside of the project by")
        note = "readers by recorded lineage; those that the project's own code writes are judged by rule LIN001"
        tables.append(Table(title="Names that the change takes away", columns=columns, rows=rows, note=note))
    if found.tags:
        lost = tuple((each.source, ", ".join(each.tags), each.target, each.by) for each in found.tags)
        tables.append(
            Table(title="Tags that end at a copy", columns=("from", "tags", "to without a tag", "by"), rows=lost)
        )
    return tuple(tables)


def _edges(found: Sequence[TracedEdge]) -> Table:
    rows = tuple(
        (each.source, each.target, each.code or "", ", ".join(each.live), str(each.last or "")) for each in found
    )
    columns = ("from", "to", "code", "workspace", "last seen")
    return Table(title="Edges", columns=columns, rows=rows, note="code: file and line; workspace: what moved the data")


def _readers_of(found: Sequence[TracedTable]) -> Table:
    rows = tuple(
        (each.table, "yes" if each.in_code else "no", each.upstream, each.downstream, ", ".join(each.readers))
        for each in found
    )
    columns = ("table", "written by the project", "sources", "written from it", "reached by")
    return Table(title="Tables and who reaches them", columns=columns, rows=rows, note="reached by: the audit log")


def _gaps(found: _Traced) -> tuple[Gap, ...]:
    why = "rare flows or tables were left out: ask for fewer tables or days"
    left_out = (Gap(source="system.access.table_lineage", reason=why),) if found.more else ()
    return (*found.refused, *left_out)


def _unresolved(named: Named) -> tuple[str, ...]:
    unknown = sorted(name for name in _names(named.code) if name not in named.names)
    if not unknown:
        return ()
    listed = ", ".join(unknown[:8]) + (f" and {len(unknown) - 8} more" if len(unknown) > 8 else "")
    return (f"names of the code that stand for no live table, or for several: {listed}",)


COMMAND = Audit(parameters=EnforceDataLineage, audit=_audited, epilog=_EPILOG)
