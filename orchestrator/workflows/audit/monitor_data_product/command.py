"""`monitor-data-product [PRODUCT]`: freshness, volume, schema, rules and readers of its ports against the contract."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, Field

from orchestrator.errors import WorkspaceError
from orchestrator.types import Table
from orchestrator.workflows.audit.monitor_data_product.checks import observed
from orchestrator.workflows.audit.monitor_data_product.files import proposed
from orchestrator.workflows.audit.monitor_data_product.live import LATENCY, Live, latency, read_port
from orchestrator.workflows.audit.monitor_data_product.ports import ports
from orchestrator.workflows.audit.shape import Audit, Audited
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import Facts, Gap, Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workspace.quality.monitoring import MonitorState, monitors

_EPILOG = """examples:
  orchestrate monitor-data-product --workspace prod                         every contract below this folder
  orchestrate monitor-data-product contracts/orders.odcs.yaml --workspace sandbox
  orchestrate monitor-data-product orders --workspace prod --into .         writes monitor, alert and dashboard
"""
Row = tuple[str, str, str, str]


class MonitorDataProduct(Parameters):
    """What is asked for."""

    product: str | None = None
    server: str | None = None
    days: int = Field(default=7, ge=2, le=90)
    table: tuple[str, ...] = ()


def _audited(asked: MonitorDataProduct, site: Site) -> Audited:
    found = ports(site.root, asked.product, asked.server, asked.table)
    gaps: list[Gap] = []
    known = _monitors(site, gaps)
    every = tuple(read_port(port, known, asked.days, site) for port in found)
    rows = tuple(row for live in every for row in _promises(live))
    heads = ("port", "promise", "observed", "verdict")
    table = Table(title="The contract today", columns=heads, rows=rows, note="what was not measured is not kept")
    return Audited(
        result=Result(
            facts=tuple(each for live in every for each in _facts(live)),
            observations=tuple(each for live in every for each in observed(live)),
            tables=(table,),
            gaps=(*gaps, *(gap for live in every for gap in live.gaps)),
            notes=("when a table was last written is not told: a job that loads old rows again looks fresh by that",),
        ),
        files=tuple(proposed(every)),
    )


def _monitors(site: Site, gaps: list[Gap]) -> tuple[MonitorState, ...] | None:
    try:
        return monitors(site.workspace)
    except WorkspaceError as error:
        gaps.append(Gap(source="monitors", reason=str(error)))
        return None


def _facts(live: Live) -> Iterator[Facts]:
    slug, name = live.port.name.table, str(live.port.name)
    parts: dict[str, tuple[BaseModel, ...]] = {
        "schema": live.differences,
        "newest": (live.newest,) if live.newest else (),
        "days": (live.daily,) if live.daily else (),
        "rules": tuple(result for result, _severe in live.results),
        "grants": live.grants,
        "monitor": (live.monitor,) if live.monitor else (),
    }
    for kind, records in parts.items():
        if records:
            yield Facts.of(f"{kind}-{slug}", name, records)


def _promises(live: Live) -> Iterator[Row]:
    """Each promise of a port with what was observed: kept, broken or not measured."""
    name = str(live.port.name)
    if live.table is None:
        yield name, "the table is there", live.missing, "not measured"
        return
    grave = [each for each in live.differences if each.kind in {"missing", "type"}]
    seen = ", ".join(f"{each.column}: {each.kind}" for each in grave) or f"{len(live.port.promised.columns)} columns"
    yield name, "columns and types", seen, "broken" if grave else "kept"
    yield from _service(live, name)
    for result, _severe in live.results:
        yield name, result.check, f"{result.broken:,} of {result.rows:,} rows", "kept" if result.holds else "broken"
    watched = "not measured" if not live.monitors_read else "nobody" if live.monitor is None else "a monitor"
    yield name, "(who would notice)", watched, "" if live.monitor and live.monitor.works else "see --into"


def _service(live: Live, name: str) -> Iterator[Row]:
    """The service levels; what is no age of data is not measured here."""
    for promise in live.port.contract.sla:
        said = f"{promise.name} {promise.value.text if promise.value else ''} {promise.unit or ''}".strip()
        if promise.name.lower() not in LATENCY or promise is not latency(live.port):
            yield name, said, "", "not measured"
        elif live.newest is None or live.limit_hours is None:
            yield name, said, "its column, value or unit cannot be read", "not measured"
        else:
            age = live.newest.age_hours
            kept = age is not None and age <= live.limit_hours
            yield name, said, "no row" if age is None else f"{age:,.1f} h", "kept" if kept else "broken"


COMMAND = Audit(parameters=MonitorDataProduct, audit=_audited, files=True, epilog=_EPILOG)
