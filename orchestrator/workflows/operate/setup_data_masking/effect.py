"""Whom masks hit: who reads the tables, and who writes others from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from orchestrator.errors import WorkspaceError
from orchestrator.types import Severity, Table
from orchestrator.workflows.commands.result import Check, Facts, Gap, Observation, Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.operate.setup_data_masking.spared import Spared
from orchestrator.workspace.audit.lineage import Downstream, downstream
from orchestrator.workspace.audit.log import last_days
from orchestrator.workspace.governance.grants import effective
from orchestrator.workspace.governance.securables import Securable

FACTS, COPIES = "columns-to-hide", "tables-written-from-them"
DAYS = 30
TABLES = 50
_READS = frozenset({"SELECT", "ALL_PRIVILEGES"})
STORES = Check(
    id="writer-stores-masked",
    specialist="data-privacy-guardian",
    severity=Severity.MEDIUM,
    title="a writer would store masked values for good",
    why="A mask holds for jobs: what they write is what they see. Spare the writer with --except, or end the copy.",
    references=("https://docs.databricks.com/aws/en/data-governance/unity-catalog/filters-and-masks/",),
)
CLEAR = replace(
    STORES,
    id="clear-copy",
    severity=Severity.LOW,
    title="a copy keeps the clear values",
    why="The copy is as personal as its source and has no mask of it. Mask it too, or leave the column out of it.",
)


@dataclass(frozen=True, kw_only=True)
class Readers:
    """The tables that are masked, and who is spared."""

    spared: Spared
    tables: tuple[str, ...]


def effect(of: Readers, site: Site) -> Result:
    """Who sees less, and what is written from the tables; what cannot be read is a gap."""
    if not of.tables:
        return Result(notes=("no column without a mask was found: nothing is to be hidden",))
    gaps: list[Gap] = []
    rows: list[tuple[str, str, str]] = []
    if len(of.tables) > TABLES:
        gaps.append(Gap(source="grants", reason=f"the readers of {TABLES} tables were read, and there are more"))
    for table in of.tables[:TABLES]:
        rows += _readers(table, of.spared, site)
    try:
        copies = downstream(site.workspace, of.tables[:TABLES], last_days(DAYS, site.today))
    except WorkspaceError as error:
        copies = Downstream(hops=(), more=False)
        gaps.append(Gap(source="copies", reason=str(error)))
    note = "groups and principals that hold SELECT on it, directly or from above; owners and admins are not listed"
    shown = Table(title="Who reads these tables", columns=("table", "principal", "sees"), rows=tuple(rows), note=note)
    facts = (Facts.of(COPIES, f"system.access.table_lineage of {DAYS} days", copies.hops, more=copies.more),)
    return Result(
        facts=facts if copies.hops else (),
        observations=tuple(_of_copies(copies, of.spared)),
        tables=(shown,),
        gaps=tuple(gaps),
    )


def _readers(table: str, who: Spared, site: Site) -> list[tuple[str, str, str]]:
    of = Securable(kind="table", name=table)
    found = site.workspace.ask(
        f"read the effective grants of {of}",
        lambda client: sorted({each.principal for each in effective(client, of) if each.privilege in _READS}),
        privilege="MANAGE on it or ownership",
    )
    return [(table, name, "clear values" if who.sees(name) else "masked values") for name in found]


def _of_copies(copies: Downstream, who: Spared) -> Iterator[Observation]:
    for row, hop in enumerate(copies.hops, start=1):
        if hop.depth > 1:
            continue
        stores = [writer for writer in hop.writers if not who.sees(writer)]
        check = STORES if stores else CLEAR
        writers = ", ".join(stores or hop.writers)
        said = "would write masked values from" if stores else "writes clear values from"
        message = f"{writers} {said} {hop.source} into {hop.target} (last on {hop.last})"
        yield Observation(check=check, facts=COPIES, row=row, about=f"{hop.source}>{hop.target}", message=message)
