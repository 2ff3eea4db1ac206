"""`scan-pii-data --catalog NAME`: personal data by names, tags and sampled values, and changes that protect it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from orchestrator.errors import UsageError, WorkspaceError
from orchestrator.types import Table
from orchestrator.workflows.audit.scan_pii_data.checks import FACTS, Shared, Standing, observed, standings, who
from orchestrator.workflows.audit.shape import Audit, Audited
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import Facts, Gap, Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.operate.shape import Desired
from orchestrator.workflows.request import Request, Reviewed
from orchestrator.workflows.selection import Selection
from orchestrator.workspace.governance.personal import Certainty, PersonalColumn, PersonalScan, Sampling, at_least, scan
from orchestrator.workspace.governance.protecting import Proposed, protecting, usage_of
from orchestrator.workspace.governance.readers import readers
from orchestrator.workspace.governance.securables import full_name
from orchestrator.workspace.governance.shared import shared_tables
from orchestrator.workspace.governance.tables import Tables, tables_under
from orchestrator.workspace.governance.tags import governed_tag
from orchestrator.workspace.names import table_name

SECONDS = 300.0
MOST_KNOWN = 500
RULES = ("PRV", "CLS")
_EPILOG = """examples:
  orchestrate scan-pii-data --catalog retail_prod --workspace sandbox
  orchestrate scan-pii-data --catalog main --schema gold --rows 0 --workspace prod --output csv=columns.csv
  orchestrate scan-pii-data --table main.gold.customers --workspace prod --apply --approve 3f9a0c1d2e4b
"""
_FREE_TEXT = "free text, JSON, images and files have no name that gives them away; of longer texts only forms are seen"


class ScanPiiData(Parameters):
    """What is asked for."""

    catalog: str | None = Field(default=None, min_length=1, max_length=255)
    schema_name: str | None = Field(default=None, alias="schema", min_length=1, max_length=255)
    table: str | None = Field(default=None, min_length=5, max_length=800)
    tables: int = Field(default=200, ge=1, le=2_000)
    rows: int = Field(default=50, ge=0, le=500)
    least: Certainty = "possible"
    path: Path | None = None


def _audited(asked: ScanPiiData, site: Site) -> Audited:
    scope = _scope(asked)
    code = _code(asked.path, site) if asked.path is not None else None
    if scope is None:
        nowhere = Gap(source="live columns", reason="no catalog or table was named", incomplete=False)
        return Audited(result=Result(reviewed=code, gaps=(nowhere,)))
    site.progress(f"listing the tables of {scope}")
    tables = tables_under(site.workspace, scope, asked.tables)
    site.progress(f"looking at {sum(len(each.columns) for each in tables.items)} columns of {len(tables.items)} tables")
    found = scan(site.workspace, scope, tables, Sampling(rows=asked.rows, seconds=SECONDS))
    kept = sorted(at_least(found.found, asked.least), key=lambda each: each.column)
    wanted = {each.column.rpartition(".")[0] for each in kept}
    site.progress(f"reading who may read {len(wanted)} tables")
    who_reads = readers(site.workspace, (each for each in tables.items if each.name in wanted))
    shared, unshared = _shared(site)
    standing = standings(kept, who_reads, shared)
    proposed = _proposed(standing, found, tables, shared, site)
    title = f"tags and masks for personal data in {scope}"
    result = Result(
        facts=(Facts.of(FACTS, f"scan of {scope}: {'; '.join(found.methods)}", kept, more=found.more),),
        observations=tuple(observed(standing)),
        tables=(_columns(standing), _kinds(standing, found)),
        gaps=(*_gaps(found), *unshared),
        notes=(*found.limits, _FREE_TEXT, *proposed.notes),
        reviewed=code,
    )
    return Audited(result=result, proposal=Desired(title=title, goals=proposed.goals))


def _scope(asked: ScanPiiData) -> str | None:
    """The catalog, schema or table to scan; None where only code is looked at.

    Raises:
        UsageError: nothing is named, or a schema without its catalog.
    """
    if asked.table is not None:
        return str(table_name(asked.table))
    if asked.catalog is None:
        if asked.schema_name is not None:
            raise UsageError(f"--schema {asked.schema_name[:80]} needs --catalog NAME: a schema has a name only in one")
        if asked.path is None:
            raise UsageError("nothing to scan is named: give --catalog NAME, --table FULL.NAME, or --path DIR for code")
        return None
    if asked.schema_name is None:
        return full_name("catalog", asked.catalog)
    return full_name("schema", f"{asked.catalog}.{asked.schema_name}")


def _code(path: Path, site: Site) -> Reviewed:
    request = Request(path=site.path(path), today=site.today, selection=Selection(select=RULES))
    return cached_review(request, use_cache=False, progress=site.progress)


def _proposed(
    standing: Sequence[Standing], found: PersonalScan, tables: Tables, shared: Shared, site: Site
) -> Proposed:
    """Tags and masks for what was found without, where the finding is certain or probable."""
    bare = [each.column for each in standing if each.check is not None and each.column.certainty != "possible"]
    now = usage_of(_known(found, site) if bare else ())
    governed = governed_tag(site.workspace, now.key) if bare else None
    by_name = {each.name: each for each in tables.items}
    closed = {name for name in {_table_of(each) for each in bare} if not _is_readable(name, site)}
    open_to_us = [each for each in bare if _table_of(each) not in closed]
    proposed = protecting(open_to_us, now, by_name, allowed=governed.values if governed else (), shared=shared)
    why = "no change is proposed for tables that the asking identity may not read"
    told = (f"{why}: {', '.join(sorted(closed)[:5])}",) if closed else ()
    return Proposed(goals=proposed.goals, notes=(*proposed.notes, *told))


def _table_of(column: PersonalColumn) -> str:
    return column.column.rpartition(".")[0]


def _is_readable(table: str, site: Site) -> bool:
    """Whether the state that a change begins from can be read."""
    try:
        site.workspace.ask(f"read the table {table}", lambda client: client.tables.get(table))
    except WorkspaceError:
        return False
    return True


def _shared(site: Site) -> tuple[Shared, tuple[Gap, ...]]:
    try:
        return shared_tables(site.workspace), ()
    except WorkspaceError as error:
        return {}, (Gap(source="shares", reason=str(error)),)


def _known(found: PersonalScan, site: Site) -> tuple[PersonalColumn, ...]:
    """The personal columns of the whole catalog: a smaller scope does not show how it tags and masks."""
    catalog, _, rest = found.scope.partition(".")
    if not rest:
        return found.found
    site.progress(f"reading how {catalog} tags and masks")
    return scan(site.workspace, catalog, tables_under(site.workspace, catalog, MOST_KNOWN), Sampling(rows=0)).found


def _columns(standing: Sequence[Standing]) -> Table:
    rows = tuple(
        (
            each.column.column,
            each.column.kind,
            each.column.certainty,
            "; ".join((*each.column.signals, *(f"but {doubt}" for doubt in each.column.doubts))),
            ", ".join(each.column.tags),
            each.column.mask or "",
            each.column.row_filter or "",
            who(each.readers),
        )
        for each in standing
    )
    return Table(
        title="Columns with personal data",
        columns=("column", "kind", "certainty", "signals", "tags", "mask", "row filter", "readers"),
        rows=rows,
        note="certain: two signals that agree; no value is shown; readers are those besides owner, administrators and "
        "service principals",
    )


def _kinds(standing: Sequence[Standing], found: PersonalScan) -> Table:
    counted = Counter(each.column.kind for each in standing)
    bare = Counter(each.column.kind for each in standing if each.check is not None)
    rows = tuple((kind, count, bare[kind]) for kind, count in sorted(counted.items(), key=lambda item: -item[1]))
    note = f"{found.columns} columns of {found.tables} tables were looked at; {'; '.join(found.methods)}"
    return Table(title="Kinds of personal data", columns=("kind", "columns", "with a finding"), rows=rows, note=note)


def _gaps(found: PersonalScan) -> list[Gap]:
    gaps = [Gap(source=each.partition(": ")[0], reason=each.partition(": ")[2] or each) for each in found.unread]
    if found.more:
        gaps.append(Gap(source=found.scope, reason="tables were left out: ask with more --tables, or by schema"))
    return gaps


COMMAND = Audit(parameters=ScanPiiData, audit=_audited, changes=True, epilog=_EPILOG)
