"""What a run costs at list prices: the DBUs that Databricks bills, and the instances that the cloud bills."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.errors import UsageError
from orchestrator.workspace.spark.operators import uses_photon
from orchestrator.workspace.spark.prices import Plan, PriceList, Source, Workload, price_list
from orchestrator.workspace.spark.profile import Profile

_HOUR = 3_600_000
_MOST_HOURS = 1_000_000.0
_DRIVER = "driver"
_WORKER_TYPE = "spark.databricks.clusterUsageTags.clusterNodeType"
_DRIVER_TYPE = "spark.databricks.clusterUsageTags.driverNodeType"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What is bought at which price: instance types, plan and workload.

    `dbu_per_hour` replaces the DBUs an hour of one worker, as it must where Photon runs; `driver` defaults to `worker`.
    """

    worker: str
    driver: str = ""
    plan: Plan = "premium"
    workload: Workload = "jobs"
    dbu_per_hour: float | None = None
    driver_dbu_per_hour: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """The part of one role: `driver` or `workers`."""

    role: str
    instance: str
    hours: float
    dbus: float
    dbu_usd: float
    instance_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """An estimate at list prices in USD; `notes` say what it leaves out."""

    lines: tuple[CostLine, ...]
    dbus: float
    dbu_usd: float
    instance_usd: float
    usd: float
    usd_per_dbu: float
    cloud: str
    region: str
    plan: str
    workload: str
    as_of: str
    sources: tuple[Source, ...]
    notes: tuple[str, ...]


def cluster_cost(rate: Rate, *, workers: float, hours: float) -> Estimate:
    """What a cluster of one driver and some workers costs for so many hours; autoscaling is given by the mean workers.

    Raises:
        UsageError: an instance type or a DBU price is not known, or a number is out of bounds.
    """
    if not (0 < hours <= _MOST_HOURS and 0 <= workers <= 100_000):
        raise UsageError(f"{workers:g} workers for {hours:g} hours cannot be priced; give more than 0 hours")
    return _estimate(rate, worker_hours=workers * hours, driver_hours=hours, notes=())


def run_cost(profile: Profile, rate: Rate | None = None) -> Estimate:
    """What the run of a profile costs: its executors' hours as workers, the application's hours as driver.

    Without a rate, the instance types are those that Databricks wrote into the log.

    Raises:
        UsageError: the log has no end or names no instance types, or a price is not known.
    """
    application = profile.application
    if application.started is None or application.ended is None:
        raise UsageError("the log does not hold the application's start and end; give workers and hours in place of it")
    rate = rate or _logged_rate(profile)
    ended = application.ended
    spans = [
        max((executor.removed or ended) - executor.added, 0) for executor in profile.executors if executor.id != _DRIVER
    ]
    notes = ["each executor counts as one worker, as on Databricks by default"]
    if not spans:
        notes = ["the log has no executor but the driver: a single node"]
    if (
        any(execution.plan and uses_photon(execution.plan) for execution in profile.executions)
        and not rate.dbu_per_hour
    ):
        notes.append("the run used Photon, which takes more DBUs an hour than counted here: give dbu_per_hour")
    hours = (ended - application.started) / _HOUR
    return _estimate(rate, worker_hours=sum(spans) / _HOUR, driver_hours=hours, notes=tuple(notes))


def _logged_rate(profile: Profile) -> Rate:
    worker = profile.application.setting(_WORKER_TYPE)
    if worker is None:
        raise UsageError("the log names no instance types, for no Databricks cluster wrote it; give the worker's type")
    return Rate(worker=worker, driver=profile.application.setting(_DRIVER_TYPE) or worker)


def _estimate(rate: Rate, *, worker_hours: float, driver_hours: float, notes: tuple[str, ...]) -> Estimate:
    prices = price_list()
    worker = prices.instance(rate.worker)
    driver = prices.instance(rate.driver or rate.worker)
    if worker.cloud != driver.cloud:
        raise UsageError(f"{worker.name!r} is of {worker.cloud} and {driver.name!r} of {driver.cloud}; take one cloud")
    price = prices.dbu_price(worker.cloud, rate.plan, rate.workload)
    worker_dbu = rate.dbu_per_hour if rate.dbu_per_hour is not None else worker.dbu_per_hour
    driver_dbu = rate.driver_dbu_per_hour if rate.driver_dbu_per_hour is not None else driver.dbu_per_hour
    lines = (
        _line("driver", driver.name, driver_hours, driver_dbu, price.usd, driver.usd_per_hour),
        _line("workers", worker.name, worker_hours, worker_dbu, price.usd, worker.usd_per_hour),
    )
    dbu_usd, instance_usd = sum(line.dbu_usd for line in lines), sum(line.instance_usd for line in lines)
    return Estimate(
        lines=lines,
        dbus=round(sum(line.dbus for line in lines), 4),
        dbu_usd=round(dbu_usd, 4),
        instance_usd=round(instance_usd, 4),
        usd=round(dbu_usd + instance_usd, 4),
        usd_per_dbu=price.usd,
        cloud=worker.cloud,
        region=worker.region,
        plan=rate.plan,
        workload=rate.workload,
        as_of=prices.as_of,
        sources=_sources(prices, {*price.sources, *worker.sources, *driver.sources}),
        notes=(*notes, prices.kind, "storage, network, start-up time and what serverless compute costs are left out"),
    )


def _line(role: str, instance: str, hours: float, dbu: float, usd_per_dbu: float, usd_per_hour: float) -> CostLine:
    return CostLine(
        role=role,
        instance=instance,
        hours=round(hours, 4),
        dbus=round(hours * dbu, 4),
        dbu_usd=round(hours * dbu * usd_per_dbu, 4),
        instance_usd=round(hours * usd_per_hour, 4),
    )


def _sources(prices: PriceList, ids: set[str]) -> tuple[Source, ...]:
    return tuple(source for source in prices.sources if source.id in ids)
