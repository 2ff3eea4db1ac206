"""What is known of the sources of a plan: from the catalog, or from nothing; where each fact comes from is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.errors import WorkspaceError
from orchestrator.workflows.commands.result import Gap
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.generate.pipelines.model import Source
from orchestrator.workflows.generate.pipelines.sources import live_table, table_source
from orchestrator.workspace.catalog.lineage import Neighbour, TableLineage, table_lineage
from orchestrator.workspace.governance.personal import PersonalColumn, Sampling, scan
from orchestrator.workspace.governance.tables import tables_under
from orchestrator.workspace.names import table_name
from orchestrator.workspace.statements import query

UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Known:
    """A source and what the catalog says of it; what it does not say is None or empty, and `gaps` tell why."""

    source: Source
    key: tuple[str, ...] = ()
    comment: str | None = None
    owner: str | None = None
    updated: str | None = None
    bytes: int | None = None
    files: int | None = None
    written_by: tuple[str, ...] = ()
    read_by: tuple[str, ...] = ()
    protected: bool = False
    """a row filter or masks change what the pipeline reads"""
    personal: tuple[PersonalColumn, ...] = ()
    live: bool = False
    gaps: tuple[Gap, ...] = ()


def known_table(site: Site, name: str) -> Known:
    """A table of the catalog with its size, lineage and columns of personal data.

    Raises:
        WorkspaceError: there is no such table, or it may not be read.
        UsageError: no workspace was named.
    """
    site.progress(f"reading the table {name}")
    found = live_table(site, name)
    gaps: list[Gap] = []
    detail = _detail(site, found.name, gaps)
    lineage = _lineage(site, found.name, gaps)
    return Known(
        source=table_source(found, grows_only=False),
        key=found.primary_key,
        comment=found.comment,
        owner=found.owner,
        updated=None if found.updated is None else found.updated.date().isoformat(),
        bytes=_number(detail.get("sizeInBytes")),
        files=_number(detail.get("numFiles")),
        written_by=_by(lineage.upstream) if lineage else (),
        read_by=_readers(lineage) if lineage else (),
        protected=bool(found.row_filter) or any(column.mask for column in found.columns),
        personal=_personal(site, found.name, gaps),
        live=True,
        gaps=tuple(gaps),
    )


def _detail(site: Site, name: str, gaps: list[Gap]) -> Mapping[str, str | None]:
    """What DESCRIBE DETAIL says; a view has no size."""
    try:
        rows = query(site.workspace, f"DESCRIBE DETAIL {table_name(name).quoted}", what=f"read the size of {name}")
    except WorkspaceError as error:
        gaps.append(Gap(source=f"size of {name}", reason=str(error)))
        return {}
    return next(rows.named(), {})


def _lineage(site: Site, name: str, gaps: list[Gap]) -> TableLineage | None:
    try:
        return site.workspace.ask(f"read the lineage of {name}", lambda client: table_lineage(client, name))
    except WorkspaceError as error:
        gaps.append(Gap(source=f"lineage of {name}", reason=str(error)))
        return None


def _personal(site: Site, name: str, gaps: list[Gap]) -> tuple[PersonalColumn, ...]:
    """The columns that names and tags speak of; no value is read."""
    try:
        tables = tables_under(site.workspace, name, 1)
        return scan(site.workspace, name, tables, Sampling(rows=0)).found
    except WorkspaceError as error:
        gaps.append(Gap(source=f"personal data of {name}", reason=str(error)))
        return ()


def _by(neighbours: tuple[Neighbour, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(by for each in neighbours for by in each.by))


def _readers(lineage: TableLineage) -> tuple[str, ...]:
    """The tables that are made of it, and the jobs, notebooks and dashboards that read it."""
    named = [each.name for each in lineage.downstream if each.name]
    return tuple(dict.fromkeys([*named, *(by for each in lineage.downstream if not each.name for by in each.by)]))


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None
