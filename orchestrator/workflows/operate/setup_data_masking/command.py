"""`setup-data-masking (--table NAME | --catalog NAME)`: masks on columns with personal data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from orchestrator.errors import UsageError, WorkspaceError
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import Facts, Gap, Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.operate.setup_data_masking.effect import FACTS, Readers, effect
from orchestrator.workflows.operate.setup_data_masking.masks import Hidden, by_policy, by_table
from orchestrator.workflows.operate.setup_data_masking.spared import spared
from orchestrator.workflows.operate.shape import Desired, Operate
from orchestrator.workspace.governance.personal import PersonalColumn, PersonalScan, Sampling, at_least, scan
from orchestrator.workspace.governance.securables import full_name
from orchestrator.workspace.governance.tables import Table, Tables, tables_under

TABLES, ROWS, SECONDS = 200, 50, 300.0
_UNMASKABLE = frozenset({"VIEW", "MATERIALIZED_VIEW", "METRIC_VIEW", "FOREIGN"})
_EPILOG = """examples:
  orchestrate setup-data-masking --table retail_prod.gold.customer_360 --except pii-readers --workspace sandbox
  orchestrate setup-data-masking --catalog retail_prod --by policy --except pii-readers --workspace sandbox
  orchestrate setup-data-masking --table main.crm.people --columns email --function main.crm.mask_email --workspace prod
"""


class SetupDataMasking(Parameters):
    """What is asked for."""

    table: str | None = Field(default=None, max_length=800)
    catalog: str | None = Field(default=None, max_length=255)
    columns: tuple[str, ...] = Field(default=(), max_length=100)
    by: Literal["table", "policy"] | None = None
    except_: tuple[str, ...] = Field(default=(), alias="except", max_length=50)
    function: str | None = Field(default=None, max_length=800)
    functions_in: str | None = Field(default=None, max_length=520)


def _desired(asked: SetupDataMasking, site: Site) -> Desired:
    scope, by = _scope(asked)
    who = spared(asked.except_, site)
    tables = tables_under(site.workspace, scope, TABLES)
    site.progress(f"looking for personal data in {scope}")
    sampling = Sampling(rows=ROWS, seconds=SECONDS, told=lambda _number, _count, name: site.progress(name))
    found = scan(site.workspace, scope, tables, sampling)
    chosen = _chosen(asked, scope, tables, found)
    hidden = Hidden(columns=chosen, spared=who, function=asked.function, functions_in=asked.functions_in)
    if by == "policy":
        catalog = scope.split(".", maxsplit=1)[0]
        goals, notes = by_policy(hidden, catalog, site)
        title = f"masks by policy in catalog {catalog}" + (f" for {scope}" if scope != catalog else "")
    else:
        goals, notes = by_table(hidden, site)
        title = f"masks of {scope}"
    seen = effect(Readers(spared=who, tables=tuple(dict.fromkeys(_table(each) for each in chosen))), site)
    facts = Facts.of(FACTS, f"names, tags and first values of {scope}", chosen)
    return Desired(
        title=title,
        goals=tuple(goals),
        result=Result(
            facts=(facts, *seen.facts),
            observations=seen.observations,
            tables=seen.tables,
            gaps=(*_gaps(found), *seen.gaps),
            notes=(*found.limits, *notes),
        ),
    )


def _scope(asked: SetupDataMasking) -> tuple[str, Literal["table", "policy"]]:
    if (asked.table is None) == (asked.catalog is None):
        raise UsageError("say what is masked: --table CATALOG.SCHEMA.TABLE, or --catalog NAME; one of the two")
    if asked.function is not None and asked.functions_in is not None:
        raise UsageError("--function names a function that exists, --functions-in where new ones are made: give one")
    try:
        return _named_scope(asked)
    except WorkspaceError as error:
        raise UsageError(str(error)) from None


def _named_scope(asked: SetupDataMasking) -> tuple[str, Literal["table", "policy"]]:
    """The table with its way, or the catalog, which policies mask.

    Raises:
        WorkspaceError: one of the names cannot be one.
        UsageError: a catalog is to be masked table by table.
    """
    if asked.function is not None:
        full_name("function", asked.function)
    if asked.functions_in is not None:
        full_name("schema", asked.functions_in)
    if asked.table is not None:
        return full_name("table", asked.table), asked.by or "table"
    if asked.by == "table":
        raise UsageError("--by table masks one table: name it with --table; a catalog is masked by policies")
    return full_name("catalog", asked.catalog or ""), "policy"


def _chosen(asked: SetupDataMasking, scope: str, tables: Tables, found: PersonalScan) -> tuple[PersonalColumn, ...]:
    """The columns to hide: those that were named, or those of the scan that nothing hides yet."""
    if asked.columns:
        return _named(asked, scope, tables, found)
    kinds = {table.name: table.kind for table in tables.items}
    open_now = [each for each in at_least(found.found, "probable") if each.mask is None]
    return tuple(each for each in open_now if kinds[_table(each)] not in _UNMASKABLE)


def _named(asked: SetupDataMasking, scope: str, tables: Tables, found: PersonalScan) -> tuple[PersonalColumn, ...]:
    if asked.table is None:
        raise UsageError("--columns are columns of one table: name it with --table")
    table = next((each for each in tables.items if each.name == scope), None) or tables.items[0]
    if table.kind in _UNMASKABLE:
        raise UsageError(f"{scope} is a {table.kind.lower().replace('_', ' ')}, and takes no mask: mask its sources")
    known = {each.column: each for each in found.found}
    return tuple(_column(name, table, known) for name in asked.columns)


def _column(name: str, table: Table, known: dict[str, PersonalColumn]) -> PersonalColumn:
    column = next((each for each in table.columns if each.name.lower() == name.lower()), None)
    if column is None:
        raise UsageError(f"columns: the table {table.name} has no column {name[:80]!r}")
    full = f"{table.name}.{column.name}"
    if full in known:
        return known[full]
    return PersonalColumn(
        column=full, type=column.type, kind="named", sensitivity="personal", certainty="certain",
        signals=("named by --columns",), doubts=(), values_looked_at=0, shapes=(), mask=column.mask,
        row_filter=table.row_filter, tags=(),
    )  # fmt: skip


def _table(each: PersonalColumn) -> str:
    return each.column.rpartition(".")[0]


def _gaps(found: PersonalScan) -> Sequence[Gap]:
    unread = [Gap(source="values of columns", reason=each) for each in found.unread]
    if found.more:
        unread.append(Gap(source="tables", reason=f"more than {TABLES} tables: the rest was not looked at"))
    return unread


COMMAND = Operate(parameters=SetupDataMasking, desired=_desired, epilog=_EPILOG)
