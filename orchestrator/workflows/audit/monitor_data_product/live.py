"""The facts of one port, as they are now: its table, its rows, its readers, its monitor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from orchestrator.code.contract import SlaProperty
from orchestrator.errors import WorkspaceError
from orchestrator.workflows.audit.monitor_data_product.ports import Port
from orchestrator.workflows.audit.monitor_data_product.schema import Difference, differences
from orchestrator.workflows.audit.promised import Unrun, promised
from orchestrator.workflows.commands.result import Gap
from orchestrator.workflows.commands.site import Site
from orchestrator.workspace.catalog.table import Table, table
from orchestrator.workspace.governance.grants import Grant, direct
from orchestrator.workspace.governance.securables import Securable, securable
from orchestrator.workspace.quality.arriving import DailyRows, Newest, daily_rows, newest
from orchestrator.workspace.quality.asking import measures
from orchestrator.workspace.quality.measured import CheckResult, measured
from orchestrator.workspace.quality.monitoring import MonitorState
from orchestrator.workspace.quality.rows import TableRows

T = TypeVar("T")
LATENCY = frozenset({"latency", "freshness"})
HOURS = {"d": 24.0, "h": 1.0, "m": 1 / 60, "min": 1 / 60, "day": 24.0, "days": 24.0, "hour": 1.0, "hours": 1.0}
"""The units of a promise that can be measured as an age."""


@dataclass(kw_only=True)
class Live:
    """What was read of a port; `missing` is the sentence where its table cannot be seen."""

    port: Port
    table: Table | None = None
    missing: str = ""
    differences: tuple[Difference, ...] = ()
    newest: Newest | None = None
    limit_hours: float | None = None
    daily: DailyRows | None = None
    results: tuple[tuple[CheckResult, bool], ...] = ()
    """each check with whether the contract calls it an error"""
    grants: tuple[Grant, ...] = ()
    monitor: MonitorState | None = None
    monitors_read: bool = False
    gaps: list[Gap] = field(default_factory=list)


def read_port(port: Port, known: tuple[MonitorState, ...] | None, days: int, site: Site) -> Live:
    """The port as it is now; what cannot be read is a gap, and costs the rest nothing."""
    site.progress(f"measuring {port.name}")
    found, name = Live(port=port), str(port.name)
    reader = _Reader(site=site, live=found)
    raw = reader.asked(f"table {name}", lambda: _info(site, name), missing=True)
    if raw is None:
        return found
    found.table, identity = raw
    found.differences = tuple(differences(port.promised, found.table))
    rows = TableRows(workspace=site.workspace, name=port.name)
    column = _time_column(port)
    if column is not None:
        what = f"the age of {name}"
        found.newest = reader.asked(what, lambda: newest(rows, column, site.now))
        found.limit_hours = _limit(port)
        found.daily = reader.asked(f"the days of {name}", lambda: daily_rows(rows, column, days=days, today=site.today))
    checks, unrun = promised(port.promised)
    there = {each.name.lower() for each in found.table.columns}
    count = reader.asked(f"the rows of {name}", lambda: int(measures(rows, ["count(*)"])[0] or 0))
    for check in checks if count is not None else ():
        if all(each.lower() in there for each in check.columns):
            run = partial(measured, rows, check, count=count or 0, key=())
            result = reader.asked(f"{check.sentence} in {name}", run)
            if result is not None:
                found.results = (*found.results, (result, check.severe))
    found.gaps += [_not_run(each) for each in unrun]
    of = securable("table", name)
    found.grants = reader.asked(f"the grants on {name}", lambda: _grants(site, of)) or ()
    found.monitors_read = known is not None
    found.monitor = next((each for each in known or () if each.object_id == identity), None)
    return found


@dataclass(frozen=True, kw_only=True)
class _Reader:
    site: Site
    live: Live

    def asked(self, what: str, question: Callable[[], T], *, missing: bool = False) -> T | None:
        """The answer; None, and a gap, where it is refused."""
        try:
            return question()
        except WorkspaceError as error:
            if missing:
                self.live.missing = str(error)
            self.live.gaps.append(Gap(source=what, reason=str(error)))
            return None


def latency(port: Port) -> SlaProperty | None:
    """The contract's promise of freshness that names a column of the port."""
    for promise in port.contract.sla:
        element = promise.element or ""
        owner, _, column = element.rpartition(".")
        if promise.name.lower() in LATENCY and column and owner.lower() in {"", port.promised.name.lower()}:
            return promise
    return None


def _info(site: Site, name: str) -> tuple[Table, str]:
    found = site.workspace.ask(
        f"read table {name}", lambda client: client.tables.get(name), privilege="SELECT or BROWSE on it"
    )
    return table(found), found.table_id or ""


def _grants(site: Site, of: Securable) -> tuple[Grant, ...]:
    return site.workspace.ask(
        f"read the grants of {of}", lambda client: tuple(direct(client, of)), privilege="MANAGE on it or ownership"
    )


def _time_column(port: Port) -> str | None:
    promise = latency(port)
    if promise is None:
        return None
    column = (promise.element or "").rpartition(".")[2]
    known = port.promised.column(column)
    return known.column_name if known else column


def _limit(port: Port) -> float | None:
    """The promised age in hours; None where its value or unit cannot be read."""
    promise = latency(port)
    text = promise.value.text if promise is not None and promise.value is not None else ""
    unit = HOURS.get((promise.unit or "").lower()) if promise is not None else None
    try:
        return None if unit is None else float(text) * unit
    except ValueError:
        return None


def _not_run(each: Unrun) -> Gap:
    return Gap(source=f"contract rule {each.rule}", reason=each.reason, incomplete=False)
