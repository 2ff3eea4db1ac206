"""The facts of an account's compute: each source is asked by itself, and one that refuses costs the others nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel

from orchestrator.errors import WorkspaceError
from orchestrator.workflows.commands.result import Facts, Gap
from orchestrator.workflows.commands.site import Site
from orchestrator.workspace.compute.busy import Busy, busy_warehouses
from orchestrator.workspace.compute.cluster import ClusterSummary, cluster_summary
from orchestrator.workspace.compute.pool import Pool, pool
from orchestrator.workspace.compute.spend import ListPrice, Spend, list_prices, spending
from orchestrator.workspace.compute.warehouse import Warehouse, warehouse
from orchestrator.workspace.jobs.shared_compute import SharedComputeJob, shared_compute_jobs

T = TypeVar("T")


@dataclass(kw_only=True)
class Account:
    """What was read; a source that refused is empty and in `gaps`."""

    since: dt.date
    until: dt.date
    spend: tuple[Spend, ...] = ()
    prices: dict[str, ListPrice] = field(default_factory=dict)
    busy: tuple[Busy, ...] = ()
    clusters: tuple[ClusterSummary, ...] = ()
    warehouses: tuple[Warehouse, ...] = ()
    pools: tuple[Pool, ...] = ()
    jobs: tuple[SharedComputeJob, ...] = ()
    facts: list[Facts] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    history_read: bool = False

    @property
    def days(self) -> int:
        """How many days the window has."""
        return (self.until - self.since).days

    def spent_on(self, kind: str, name: str) -> tuple[Spend, ...]:
        """The usage of one thing, by SKU."""
        return tuple(item for item in self.spend if (item.kind, item.id) == (kind, name))


def read_account(site: Site, days: int) -> Account:
    """The compute of the workspace and its usage in the last whole days."""
    until = site.today
    found = Account(since=until - dt.timedelta(days=days), until=until)
    reader = _Reader(site=site, account=found)
    workspace, since = site.workspace, found.since

    spent = reader.asked("system.billing.usage", lambda: spending(workspace, since=since, until=until))
    if spent is not None:
        found.spend = spent.items
        found.facts.append(Facts.of("usage", "system.billing.usage", spent.items, more=spent.more))
    found.prices = reader.asked("system.billing.list_prices", lambda: list_prices(workspace)) or {}
    busy = reader.asked("system.query.history", lambda: busy_warehouses(workspace, since=since, until=until))
    found.history_read = busy is not None
    found.busy = reader.kept("queries", "system.query.history", busy)
    found.clusters = reader.kept("clusters", "clusters.list", reader.asked("clusters", lambda: _clusters(site)))
    found.warehouses = reader.kept("warehouses", "warehouses.list", reader.asked("warehouses", lambda: _houses(site)))
    found.pools = reader.kept("pools", "instance_pools.list", reader.asked("instance pools", lambda: _pools(site)))
    found.jobs = reader.kept("jobs", "jobs.list", reader.asked("jobs", lambda: shared_compute_jobs(workspace)))
    return found


R = TypeVar("R", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class _Reader:
    site: Site
    account: Account

    def asked(self, source: str, question: Callable[[], T]) -> T | None:
        """The answer; None, and a gap, where the source refuses."""
        self.site.progress(f"reading {source}")
        try:
            return question()
        except WorkspaceError as error:
            self.account.gaps.append(Gap(source=source, reason=str(error)))
            return None

    def kept(self, name: str, source: str, records: Iterable[R] | None) -> tuple[R, ...]:
        """The records, as facts."""
        if records is None:
            return ()
        every = tuple(records)
        self.account.facts.append(Facts.of(name, source, every))
        return every


def _clusters(site: Site) -> tuple[ClusterSummary, ...]:
    found = site.workspace.ask("list clusters", lambda client: tuple(client.clusters.list()))
    # Clusters of jobs come and go with their runs: their settings are in the job.
    shown = [cluster_summary(item) for item in found]
    return tuple(item for item in shown if item.source not in {"JOB", "PIPELINE", "PIPELINE_MAINTENANCE"})


def _houses(site: Site) -> tuple[Warehouse, ...]:
    found = site.workspace.ask("list SQL warehouses", lambda client: tuple(client.warehouses.list()))
    return tuple(map(warehouse, found))


def _pools(site: Site) -> tuple[Pool, ...]:
    return tuple(map(pool, site.workspace.ask("list pools", lambda client: tuple(client.instance_pools.list()))))
