"""What happened in the workspace: a compact description from which audit rows, usage and queries are generated."""

from __future__ import annotations

from pydantic import Field

from orchestrator.workspace.sandbox.seed.moment import Moment
from orchestrator.workspace.sandbox.seed.part import Part


class HabitSeed(Part):
    """What someone does on a usual day: `reads` of tables on working days, between two hours UTC.

    `nightly` is for jobs: the same on every day of the week, at the first hour.
    """

    who: str
    tables: list[str] = Field(min_length=1)
    reads: int = Field(default=4, ge=0, le=200, description="a day")
    hours: tuple[int, int] = (8, 17)
    ip: str = "10.20.0.10"
    agent: str = "Mozilla/5.0 Databricks-SQL"
    nightly: bool = False
    writes: list[str] = Field(default_factory=list)


class EventsSeed(Part):
    """A planted series of audit rows: `count` times, `seconds` apart, from `at` on."""

    at: Moment
    who: str
    action: str
    service: str = "unityCatalog"
    count: int = Field(default=1, ge=1, le=5_000)
    seconds: float = 10.0
    params: dict[str, str] = Field(default_factory=dict)
    tables: list[str] = Field(default_factory=list, description="each row takes the next one as full_name_arg")
    status: int = 200
    error: str | None = None
    ip: str = "10.20.0.10"
    agent: str = "Mozilla/5.0 Databricks-SQL"


class ActivitySeed(Part):
    """Sixty days of activity, more or less."""

    days: int = Field(default=60, ge=1, le=400)
    habits: list[HabitSeed] = Field(default_factory=list)
    events: list[EventsSeed] = Field(default_factory=list)


class PriceSeed(Part):
    """The list price of one unit of a SKU in US dollars, since a time."""

    sku: str
    price: float
    since: Moment
    unit: str = "DBU"


class UsageSeed(Part):
    """Daily usage of one thing: `quantity` units a day, more or less `spread`; `growth` is added each day."""

    sku: str
    product: str = "JOBS"
    quantity: float
    spread: float = Field(default=0.15, ge=0, le=1)
    growth: float = 0.0
    weekdays: bool = False
    cluster_id: str | None = None
    job_id: str | None = None
    warehouse_id: str | None = None
    pipeline_id: str | None = None
    endpoint_name: str | None = None
    node_type: str | None = None
    run_as: str | None = None
    tags: dict[str, str] = Field(default_factory=dict)
    serverless: bool = False
    photon: bool = False
    last_days: int | None = Field(default=None, description="only in the last so many days")


class BillingSeed(Part):
    """Prices and usage."""

    prices: list[PriceSeed] = Field(default_factory=list)
    usage: list[UsageSeed] = Field(default_factory=list)


class QuerySeed(Part):
    """A query in the history, or a series: `count` times, `every` hours apart, back from `at`."""

    at: Moment
    who: str
    text: str
    kind: str = "SELECT"
    warehouse_id: str | None = None
    seconds: float = 2.0
    status: str = "FINISHED"
    error: str | None = None
    read_bytes: int = 0
    read_rows: int = 0
    rows: int = 0
    spill_bytes: int = 0
    files: int = 0
    pruned_files: int = 0
    count: int = Field(default=1, ge=1, le=500)
    every: float = 24.0
    client: str = "Databricks SQL Editor"
