"""The columns of a table: from the workspace that was named, else from the DDL and contracts of the project."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestrator.code.project import Project, parse_project
from orchestrator.code.reading import read_project
from orchestrator.code.sql import CreateTable
from orchestrator.errors import UsageError, WorkspaceError
from orchestrator.workflows.commands.result import Gap
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.generate.learning.names import FullName
from orchestrator.workspace.features.table import read_table

_WHOLE = ("tinyint", "smallint", "int", "bigint", "long", "short", "byte")
_NUMBERS = (*_WHOLE, "float", "double", "decimal", "numeric", "number")
_ID = re.compile(r"(^|_)(id|key|uuid|number|no|code)$")
_LABELS = ("boolean", "bool", *_NUMBERS)
_MOMENTS = ("date", "timestamp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a table: its columns with their types in order, its key, and where it was read.

    `columns` is empty where nothing was found; `gap` tells what could not be asked.
    """

    columns: tuple[tuple[str, str], ...] = ()
    key: tuple[str, ...] = ()
    moments: tuple[str, ...] = ()
    place: str = ""
    gap: Gap | None = None

    def type_of(self, name: str) -> str | None:
        """The type of a column in lower case."""
        return next((kind.lower() for each, kind in self.columns if each.lower() == name.lower()), None)

    def numbers(self, *, but: Iterable[str]) -> tuple[str, ...]:
        """The columns of numbers, without some."""
        return tuple(name for name, kind in self._without(but) if kind.lower().startswith(_NUMBERS))

    def measures(self, *, but: Iterable[str]) -> tuple[str, ...]:
        """The columns of numbers that measure something, as far as their names say: an id is none."""
        return tuple(name for name in self.numbers(but=but) if not _ID.search(name.lower()))

    def _without(self, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
        left_out = {name.lower() for name in names}
        return tuple(each for each in self.columns if each[0].lower() not in left_out)


def known(table: FullName, site: Site, project: Path) -> Known:
    """What is known of a table; a workspace that was named is believed before files are."""
    if site.opened is None:
        return _declared(table, project)
    site.progress(f"reading the columns of {table}")
    try:
        found = site.workspace.ask(
            f"read {table}", lambda client: read_table(client, str(table)), privilege=f"SELECT on {table}"
        )
    except WorkspaceError as error:
        return Known(gap=Gap(source=f"table {table}", reason=str(error)))
    return Known(
        columns=tuple((each.name, each.type) for each in found.columns),
        key=tuple(each for each in found.primary_key if each not in found.timeseries_columns),
        moments=found.timeseries_columns,
        place=f"the workspace {site.label}",
    )


def needs(found: Known, table: FullName, option: str, name: str, kinds: tuple[str, ...]) -> None:
    """Refuse a column that the table does not have, or that is of another kind; silent where nothing is known.

    Raises:
        UsageError: names the columns that there are.
    """
    if not found.columns:
        return
    kind = found.type_of(name)
    if kind is None:
        there = ", ".join(each for each, _ in found.columns[:12])
        raise UsageError(f"{option} {name!r} is no column of {table} ({found.place}); it has {there}")
    if kinds and not kind.startswith(kinds):
        raise UsageError(f"{option} {name!r} of {table} is {kind}, and {' or '.join(kinds[:2])} is needed")


def needs_moment(found: Known, table: FullName, name: str, *, option: str = "--time-column") -> None:
    """Refuse a time column that is none.

    Raises:
        UsageError: the table has no such column, or one of another type.
    """
    needs(found, table, option, name, _MOMENTS)


def needs_label(found: Known, table: FullName, name: str) -> None:
    """Refuse a label that cannot be 0 or 1.

    Raises:
        UsageError: the table has no such column, or one of text or time.
    """
    needs(found, table, "--label", name, _LABELS)


def _declared(table: FullName, project: Path) -> Known:
    if not project.is_dir():
        return Known()
    found = parse_project(read_project(project))
    listed = [*_in_sql(found, table), *_in_contracts(found, table)]
    return listed[0] if listed else Known()


def _in_sql(project: Project, table: FullName) -> Iterator[Known]:
    for statement in (statement for unit in project.sql for statement in unit.statements):
        details, target = statement.details, statement.target
        if not isinstance(details, CreateTable) or not details.columns or target is None:
            continue
        if _names(statement.template.source_of(target.start, target.end), table):
            yield _of_sql(details, statement.unit.path)


def _of_sql(details: CreateTable, path: str) -> Known:
    inline = tuple(each.name for each in details.columns if each.primary_key)
    key = tuple(name.split()[0] for name in details.primary_key or inline)
    typed = tuple((each.name, each.type) for each in details.columns)
    moments = tuple(name for name, kind in typed if name in key and kind.lower().startswith(_MOMENTS))
    return Known(columns=typed, key=tuple(n for n in key if n not in moments), moments=moments, place=path)


def _in_contracts(project: Project, table: FullName) -> Iterator[Known]:
    for contract in project.contracts:
        for each in contract.objects:
            if _names(each.table_name, table):
                typed = ((one.column_name, one.physical_type or one.logical_type or "") for one in each.columns)
                yield Known(columns=tuple(typed), place=contract.path)


def _names(text: str, table: FullName) -> bool:
    """Whether a name in a file is the table's; it may leave out the catalog or have a variable for it, no more."""
    parts = [part.lower() for part in text.replace("`", "").split(".")[-2:]]
    return parts == [table.schema.lower(), table.name.lower()]
