"""What a project's code says of lineage: its edges, what a change takes away, and what the rules find."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestrator.code.diff import changed_lines
from orchestrator.code.edges import Edge, edges
from orchestrator.code.facts import Facts
from orchestrator.code.limits import Limits
from orchestrator.code.project import parse_project
from orchestrator.code.reading import read_project
from orchestrator.code.sql import Statement
from orchestrator.code.tables import TableUse, Use, is_resolved, normalised
from orchestrator.rules.lineage_tracker._declared import undeclared
from orchestrator.rules.lineage_tracker._removals import added_columns, removals
from orchestrator.types import Change, Location
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.request import Request, Reviewed
from orchestrator.workflows.selection import Selection

RULES = ("LIN", "UC001", "UC002")
_DROPS = frozenset({"DROP TABLE", "DROP VIEW", "DROP MATERIALIZED VIEW", "DROP STREAMING TABLE"})


@dataclass(frozen=True, kw_only=True)
class Gone:
    """A table or column that changed lines take away; `column` is None for a whole table."""

    table: str
    column: str | None
    how: str
    location: Location


@dataclass(frozen=True, kw_only=True)
class Code:
    """The project: its edges, the tables that it writes or declares, what a change takes away, and its review."""

    edges: tuple[Edge, ...]
    uses: tuple[TableUse, ...]
    changed: frozenset[str]
    gone: tuple[Gone, ...]
    reviewed: Reviewed

    @property
    def written(self) -> frozenset[str]:
        """The tables that the code writes or declares, by name in the code."""
        return frozenset(use.name for use in self.uses if _makes(use))


def read(path: Path, base: str | None, site: Site) -> Code:
    """The project below the path, compared with a revision where one is given.

    Raises:
        UsageError: there is no such path or revision.
    """
    root = site.path(path)
    selection = Selection(select=RULES)
    files = read_project(root, limits=Limits())
    request = Request(path=root, today=site.today, selection=selection, base=base)
    reviewed = cached_review(request, use_cache=False, progress=site.progress, files=files)
    change = changed_lines(files.root, base) if base else None
    facts = Facts(parse_project(files), site.today, change)
    uses = tuple(use for use in facts.tables.uses if facts.role(use.location.path).is_serious and is_resolved(use.name))
    touched = frozenset(use.name for use in uses if change and _makes(use) and _is_in(change, use.location))
    gone = tuple(_gone(facts, change)) if change else ()
    return Code(
        edges=edges(facts), uses=uses, changed=touched | {each.table for each in gone}, gone=gone, reviewed=reviewed
    )


def _makes(use: TableUse) -> bool:
    return use.use is Use.DECLARE or use.use.writes


def _gone(facts: Facts, change: Change) -> Iterator[Gone]:
    """Every name that changed lines of serious code take away and that does not come back."""
    added = added_columns(facts)
    for removal in (*removals(facts), *undeclared(facts)):
        location = removal.statement.location()
        if (removal.table, removal.column) in added or not _is_live(facts, change, location):
            continue
        how = f"renamed to {removal.new_name}" if removal.new_name else "taken away"
        yield Gone(table=removal.table, column=removal.column, how=how, location=location)
    for unit, _file in facts.project.sql_units():
        for statement in unit.statements:
            if statement.kind in _DROPS and _is_live(facts, change, statement.location()):
                yield from _dropped(statement)


def _dropped(statement: Statement) -> Iterator[Gone]:
    target = statement.target
    if target is not None:
        name = normalised(statement.template.source_of(target.start, target.end))
        if is_resolved(name):
            yield Gone(table=name, column=None, how="dropped", location=statement.location())


def _is_live(facts: Facts, change: Change, location: Location) -> bool:
    return facts.role(location.path).is_serious and _is_in(change, location)


def _is_in(change: Change, location: Location) -> bool:
    changed = change.lines.get(location.path, frozenset())
    return not changed.isdisjoint(range(location.start_line, location.end_line + 1))
