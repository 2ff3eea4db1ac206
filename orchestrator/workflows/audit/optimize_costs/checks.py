"""What of an account's compute is paid for without need, with the arithmetic of each saving."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.types import Severity
from orchestrator.workflows.audit.optimize_costs.reading import Account
from orchestrator.workflows.commands.result import Check, Observation
from orchestrator.workspace.compute.cluster import ClusterSummary
from orchestrator.workspace.compute.pool import Pool
from orchestrator.workspace.compute.spend import Spend
from orchestrator.workspace.compute.warehouse import Warehouse
from orchestrator.workspace.jobs.shared_compute import SharedComputeJob

COST = "cost-analyzer"
LONG_MINUTES = 120
"""An interactive cluster that waits longer than two hours for work outlives a lunch and a meeting."""
LARGE = ("X-Large", "2X-Large", "3X-Large", "4X-Large", "5X-Large")
SMALL_READ = 1024**3
"""Bytes: a statement that reads less than 1 GiB gains little from a warehouse of 16 or more workers."""
_BEST = "https://docs.databricks.com/aws/en/lakehouse-architecture/cost-optimization/best-practices"

CLUSTER = Check(
    id="cluster-never-stops", specialist=COST, severity=Severity.HIGH,
    title="an interactive cluster does not end by itself",
    why="It is paid for every hour until somebody remembers it. Set autotermination_minutes to 30 or 60; whoever comes "
    "back waits some minutes for a start.",
    references=("https://docs.databricks.com/aws/en/compute/configure",),
)  # fmt: skip
WAREHOUSE = Check(
    id="warehouse-never-stops", specialist=COST, severity=Severity.HIGH,
    title="a SQL warehouse does not stop by itself",
    why="It is paid for whether or not a statement runs. Set auto_stop_mins to 10: a serverless warehouse starts in "
    "seconds, a classic one in minutes.",
    references=("https://docs.databricks.com/aws/en/compute/sql-warehouse/create",),
)  # fmt: skip
OVERSIZED = Check(
    id="warehouse-oversized", specialist=COST, severity=Severity.MEDIUM,
    title="a SQL warehouse is larger than any statement of the window needed",
    why="Half the size costs half as much an hour. Go down one size, and look at the queue and the longest statement.",
    references=("https://docs.databricks.com/aws/en/compute/sql-warehouse/warehouse-behavior",),
)  # fmt: skip
JOB = Check(
    id="job-on-all-purpose", specialist="workflow-orchestrator", severity=Severity.MEDIUM,
    title="a scheduled job runs on an all-purpose cluster",
    why="A DBU of all-purpose compute costs more than one of jobs compute, and the job shares memory and libraries "
    "with people. Give the job a job cluster or serverless compute.",
    references=(_BEST,),
)  # fmt: skip
POOL = Check(
    id="pool-idle", specialist=COST, severity=Severity.MEDIUM,
    title="a pool keeps instances that nobody uses",
    why="The cloud provider is paid for instances in a pool although Databricks is not. Set min_idle_instances to 0, "
    "or to what starts of the next hour need.",
    references=("https://docs.databricks.com/aws/en/compute/pool-best-practices",),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Saving:
    """One line of what can be saved; `money` is None where it cannot be computed, and `arithmetic` says why."""

    what: str
    where: str
    dbu: float | None
    cost: float | None
    money: float | None
    arithmetic: str
    currency: str = ""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """An observation with its saving."""

    observation: Observation
    saving: Saving


def judged(account: Account) -> Iterator[Judged]:
    """Everything that is paid for without need, as far as the facts show it."""
    for row, cluster in enumerate(account.clusters, start=1):
        yield from _cluster(account, row, cluster)
    for row, warehouse in enumerate(account.warehouses, start=1):
        yield from _never_stops(account, row, warehouse)
        yield from _oversized(account, row, warehouse)
    for row, job in enumerate(account.jobs, start=1):
        yield from _job(account, row, job)
    for row, pool in enumerate(account.pools, start=1):
        yield from _pool(account, row, pool)


def _cluster(account: Account, row: int, cluster: ClusterSummary) -> Iterator[Judged]:
    minutes = cluster.autotermination_minutes
    if minutes is None or 0 < minutes <= LONG_MINUTES:
        return
    spent = account.spent_on("cluster", cluster.cluster_id)
    waits = f"waits {minutes} minutes for work" if minutes else "never ends by itself"
    message = f"cluster {cluster.cluster_id} ({cluster.name}) {waits}{_spent(account, spent)}"
    severity = Severity.MEDIUM if minutes or cluster.state != "RUNNING" else None
    yield Judged(
        observation=_seen(CLUSTER, "clusters", row, f"cluster {cluster.cluster_id}", message, severity),
        saving=_saving("let it end by itself", f"cluster {cluster.cluster_id} ({cluster.name})", spent, None,
                       "the hours in which nobody used it are in no system table that is read"),
    )  # fmt: skip


def _never_stops(account: Account, row: int, warehouse: Warehouse) -> Iterator[Judged]:
    if warehouse.auto_stop_minutes != 0:
        return
    spent = account.spent_on("warehouse", warehouse.warehouse_id)
    busy = next((item for item in account.busy if item.warehouse_id == warehouse.warehouse_id), None)
    hours = account.days * 24
    began = busy.hours_with_statements if busy else 0
    cost = _cost(spent)
    known = account.history_read and cost is not None
    idle = (hours - began) / hours
    money = round(cost * idle, 2) if known and cost is not None else None
    arithmetic = (
        f"{cost:,.2f} x ({hours} - {began}) / {hours} hours in which no statement began"
        if known
        else "its hours with statements or its price are not known"
    )
    where = f"SQL warehouse {warehouse.warehouse_id} ({warehouse.name})"
    message = f"{where} never stops by itself{_spent(account, spent)}; statements began in {began} of {hours} hours"
    yield Judged(
        observation=_seen(WAREHOUSE, "warehouses", row, f"warehouse {warehouse.warehouse_id}", message),
        saving=_saving("stop it after 10 minutes", where, spent, money, arithmetic),
    )


def _oversized(account: Account, row: int, warehouse: Warehouse) -> Iterator[Judged]:
    busy = next((item for item in account.busy if item.warehouse_id == warehouse.warehouse_id), None)
    if busy is None or warehouse.size not in LARGE or busy.spilled_bytes or busy.most_read_bytes >= SMALL_READ:
        return
    where = f"SQL warehouse {warehouse.warehouse_id} ({warehouse.name})"
    message = (
        f"{where} is {warehouse.size}, and the largest of its {busy.statements} statements in {account.days} days read "
        f"{busy.most_read_bytes / 1024**2:,.0f} MiB and took {busy.longest_seconds:g} s"
    )
    spent = account.spent_on("warehouse", warehouse.warehouse_id)
    cost = _cost(spent)
    yield Judged(
        observation=_seen(OVERSIZED, "warehouses", row, f"size of warehouse {warehouse.warehouse_id}", message),
        saving=_saving(
            "one size smaller", where, spent, None if cost is None else round(cost / 2, 2),
            "half of its cost; overlaps with stopping it" if cost is not None else "its price is not known",
        ),
    )  # fmt: skip


def _job(account: Account, row: int, job: SharedComputeJob) -> Iterator[Judged]:
    clusters = {item.cluster_id: item for item in account.clusters}
    on = [name for name in job.cluster_ids if name in clusters]
    if not on or job.paused or not job.starts.startswith(("cron", "every", "on ", "continuous")):
        return
    spent = tuple(item for name in on for item in account.spent_on("cluster", name))
    dear = next((item for item in spent if item.price is not None and "ALL_PURPOSE" in item.sku), None)
    cheap = account.prices.get(dear.sku.replace("ALL_PURPOSE", "JOBS")) if dear else None
    arithmetic = "the DBU of this job on the shared cluster are not told apart from those of people"
    if dear is not None and dear.price and cheap is not None:
        share = 1 - cheap.price / dear.price
        arithmetic = (
            f"{share:.0%} of what the job uses there: a DBU costs {cheap.price:g} in place of {dear.price:g} "
            f"(list prices since {cheap.since}); {arithmetic}"
        )
    where = f"job {job.job_id} ({job.name}) on cluster {', '.join(on)}"
    yield Judged(
        observation=_seen(JOB, "jobs", row, f"job {job.job_id}", f"{where} starts by itself ({job.starts})"),
        saving=_saving("run it on jobs compute", where, (), None, arithmetic),
    )


def _pool(account: Account, row: int, pool: Pool) -> Iterator[Judged]:
    del account
    if not pool.min_idle or pool.used:
        return
    where = f"pool {pool.pool_id} ({pool.name})"
    message = f"{where} keeps {pool.min_idle} {pool.node_type} idle, and none of its instances is in use now"
    yield Judged(
        observation=_seen(POOL, "pools", row, f"pool {pool.pool_id}", message),
        saving=_saving(
            "keep none idle", where, (), None,
            f"{pool.min_idle} x the provider's price of {pool.node_type}, which no system table holds",
        ),
    )  # fmt: skip


def _seen(
    check: Check, facts: str, row: int, about: str, message: str, severity: Severity | None = None
) -> Observation:
    return Observation(check=check, facts=facts, row=row, about=about, message=message, severity=severity)


def _saving(what: str, where: str, spent: tuple[Spend, ...], money: float | None, arithmetic: str) -> Saving:
    dbu = round(sum(item.dbu for item in spent), 2) if spent else None
    currency = next((item.currency for item in spent if item.currency), None) or ""
    return Saving(
        what=what, where=where, dbu=dbu, cost=_cost(spent), money=money, arithmetic=arithmetic, currency=currency
    )


def _cost(spent: tuple[Spend, ...]) -> float | None:
    """The list cost, where all of it has a price in one currency."""
    costs = [item.list_cost for item in spent]
    if not costs or None in costs or len({item.currency for item in spent}) > 1:
        return None
    return round(sum(cost for cost in costs if cost is not None), 2)


def _spent(account: Account, spent: tuple[Spend, ...]) -> str:
    if not spent:
        return ""
    cost, dbu = _cost(spent), sum(item.dbu for item in spent)
    money = f", {cost:,.2f} {spent[0].currency} by list price" if cost is not None else ""
    return f"; {dbu:,.1f} DBU in {account.days} days{money}"
