"""`optimize-costs [PATH]`: what is paid for without need, in the workspace, in code, and in a measured run."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from orchestrator.errors import WorkspaceError
from orchestrator.types import Table
from orchestrator.workflows.audit.optimize_costs.checks import Judged, judged
from orchestrator.workflows.audit.optimize_costs.reading import Account, read_account
from orchestrator.workflows.audit.optimize_costs.storage import FACTS, observed, stored
from orchestrator.workflows.audit.shape import Audit, Audited
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import Facts, Gap, Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.measured.request import Measuring
from orchestrator.workflows.measured.review import measured_review
from orchestrator.workflows.operate.shape import Desired
from orchestrator.workflows.request import Request, Reviewed
from orchestrator.workflows.selection import Selection
from orchestrator.workspace.audit.log import last_days
from orchestrator.workspace.catalog.storage import catalog_storage
from orchestrator.workspace.changes import Goal
from orchestrator.workspace.compute.stopping import PoolIdle, WarehouseStop
from orchestrator.workspace.governance.securables import full_name

RULES = ("CST", "PYS", "DEL", "WFL")
STOP_AFTER = "10"
"""Minutes: the least that a warehouse takes, and what Databricks proposes for serverless ones."""
_EPILOG = """examples:
  orchestrate optimize-costs --workspace sandbox --catalog retail_prod
  orchestrate optimize-costs pipelines/orders --days 90 --workspace prod --output html=costs.html
  orchestrate optimize-costs . --event-log logs/app-20261123-0001
"""


class OptimizeCosts(Parameters):
    """What is asked for."""

    path: Path = Path()
    days: int = Field(default=30, ge=1, le=365)
    event_log: Path | None = None
    catalog: str | None = Field(default=None, min_length=1, max_length=255)


def _audited(asked: OptimizeCosts, site: Site) -> Audited:
    reviewed = _reviewed(asked, site)
    if site.opened is None:
        gap = Gap(source="workspace", reason="none was named: clusters, warehouses, jobs and bills were not looked at")
        return Audited(result=Result(gaps=(gap,), reviewed=reviewed))
    account = read_account(site, asked.days)
    found = tuple(judged(account))
    kept = _storage(asked, site)
    result = Result(
        facts=(*account.facts, *kept.facts),
        observations=(*(each.observation for each in found), *kept.observations),
        tables=(_savings(account, found), _dearest(account), *kept.tables),
        gaps=(*account.gaps, *kept.gaps),
        notes=(
            "list prices: discounts and commitments of the account are not known here",
            "machines, disks and network of the cloud provider are in no system table and come on top",
            "savings that overlap are not added up, so there is no total",
        ),
        reviewed=reviewed,
    )
    return Audited(result=result, proposal=_proposal(account, asked))


def _storage(asked: OptimizeCosts, site: Site) -> Result:
    """The storage of the catalog that was named."""
    if asked.catalog is None:
        return Result(gaps=(Gap(source="storage", reason="give --catalog NAME to look at it", incomplete=False),))
    catalog = full_name("catalog", asked.catalog)
    site.progress(f"reading the sizes of the tables of {catalog}")
    try:
        found = catalog_storage(site.workspace, catalog, last_days(asked.days, site.today))
    except WorkspaceError as error:
        return Result(gaps=(Gap(source=f"storage of {catalog}", reason=str(error)),))
    unknown = [each for each in found.tables if each.problem]
    gaps = tuple(Gap(source=f"size of {each.table}", reason=each.problem or "") for each in unknown)
    facts = Facts.of(FACTS, f"DESCRIBE DETAIL of the tables of {catalog}", found.tables, more=found.more)
    return Result(facts=(facts,), observations=tuple(observed(found)), tables=(stored(found, catalog),), gaps=gaps)


def _reviewed(asked: OptimizeCosts, site: Site) -> Reviewed:
    site.progress("reviewing the code by the rules of cost")
    request = Request(path=site.path(asked.path), today=site.today, selection=Selection(select=RULES))
    reviewed = cached_review(request, use_cache=False, progress=site.progress)
    if asked.event_log is None:
        return reviewed
    from orchestrator.workspace.spark.event_log import read_event_log

    site.progress("reading the event log")
    measuring = Measuring(profile=read_event_log(site.path(asked.event_log)))
    return measured_review(request, reviewed, measuring, site.progress)


def _savings(account: Account, found: tuple[Judged, ...]) -> Table:
    """What can be saved, the most first; what cannot be computed stands last."""
    savings = sorted((each.saving for each in found), key=lambda each: (each.money is None, -(each.money or 0)))
    rows = tuple(
        (each.what, each.where, each.dbu, each.cost, each.money, each.currency, each.arithmetic) for each in savings
    )
    since = max((item.priced_since for item in account.spend if item.priced_since), default="unknown")
    return Table(
        title="What can be saved",
        columns=("what to do", "where", "DBU", "list cost", "saving", "currency", "how the saving is computed"),
        rows=rows,
        note=f"{account.since} to the day before {account.until}; list prices, the newest since {since}",
    )


def _dearest(account: Account) -> Table:
    rows = tuple(
        (item.kind, item.id, item.sku, item.dbu, item.list_cost, item.currency, item.days_used)
        for item in account.spend[:10]
    )
    heads = ("kind", "id", "SKU", "DBU", "list cost", "currency", "days used")
    return Table(title="The dearest compute", columns=heads, rows=rows)


def _proposal(account: Account, asked: OptimizeCosts) -> Desired:
    """The changes that interrupt nobody: editing a running cluster restarts it, so clusters are left to people."""
    goals = [
        Goal(setting=WarehouseStop(warehouse_id=each.warehouse_id), wanted=lambda _now: (STOP_AFTER,))
        for each in account.warehouses
        if each.auto_stop_minutes == 0
    ]
    goals += [
        Goal(setting=PoolIdle(pool_id=each.pool_id), wanted=lambda _now: ("0",))
        for each in account.pools
        if each.min_idle and not each.used
    ]
    return Desired(title=f"savings that interrupt nobody, by {asked.days} days of usage", goals=tuple(goals))


COMMAND = Audit(parameters=OptimizeCosts, audit=_audited, changes=True, epilog=_EPILOG)
