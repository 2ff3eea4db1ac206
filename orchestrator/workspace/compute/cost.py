"""What clusters cost: DBU of `system.billing.usage`, priced with `system.billing.list_prices`.

Sources of the columns and of the join on the time of the price: https://docs.databricks.com/aws/en/admin/system-tables/billing
and https://docs.databricks.com/aws/en/admin/system-tables/pricing. Corrections of usage are rows of their own with
negative or new quantities, so sums over all rows are right.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import Template

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.records import Record
from orchestrator.workspace.statements import Value, query

MAX_USAGE_ROWS = 10_000
MAX_NAMED = 200
_USAGE = Template(
    "SELECT u.usage_metadata.cluster_id AS cluster, u.usage_date AS day, u.sku_name AS sku, "
    "u.billing_origin_product AS product, u.usage_unit AS unit, p.currency_code AS currency, "
    "sum(u.usage_quantity) AS quantity, sum(u.usage_quantity * p.pricing.effective_list.default) AS cost, "
    "sum(CASE WHEN p.sku_name IS NULL THEN u.usage_quantity ELSE 0 END) AS unpriced "
    "FROM system.billing.usage u LEFT JOIN system.billing.list_prices p "
    "ON u.sku_name = p.sku_name AND u.cloud = p.cloud AND u.usage_unit = p.usage_unit "
    "AND u.usage_end_time >= p.price_start_time "
    "AND (p.price_end_time IS NULL OR u.usage_end_time < p.price_end_time) "
    "WHERE u.usage_date >= :since AND u.usage_date < :until AND u.usage_unit = 'DBU' "
    "AND u.usage_metadata.cluster_id IS NOT NULL $one "
    "GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3"
)
_NAMES = Template(
    "SELECT cluster_id AS cluster, max_by(cluster_name, change_time) AS name, max_by(owned_by, change_time) AS owner, "
    "max_by(cluster_source, change_time) AS source, max_by(worker_node_type, change_time) AS node, "
    "max_by(auto_termination_minutes, change_time) AS minutes "
    "FROM system.compute.clusters WHERE cluster_id IN ($marks) GROUP BY 1"
)
NOT_KNOWN = (
    "list prices: discounts and commitments of the account are not known here",
    "machines, disks and network of the cloud provider are not in these tables: for classic compute they come on top",
    "usage reaches the tables some hours late: the last day or two may be incomplete",
    "usage in other units than DBU is left out, and how busy the machines were is not in these tables",
)


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What one cluster used on one day of one SKU; `cost` is None where no list price is known."""

    cluster: str
    day: dt.date
    sku: str
    product: str
    unit: str
    currency: str | None
    quantity: float
    cost: float | None
    unpriced: float


class ClusterCost(Record):
    """What one cluster used and what that costs by list price."""

    cluster_id: str
    name: str | None
    owner: str | None
    source: str | None
    node_type: str | None
    autotermination_minutes: int | None
    """0: it never ends by itself; null: it does not have that setting, or it is not known"""
    dbu: float
    list_cost: float | None
    """in `currency`; null where no usage of it has a list price"""
    share: float | None
    """of the list cost of all clusters in the window"""
    days_used: int
    dbu_per_used_day: float
    later_half_over_earlier: float | None
    """DBU of the later half of the window by those of the earlier; null where the earlier has none"""
    skus: tuple[str, ...]
    products: tuple[str, ...]
    """as ALL_PURPOSE, JOBS, DLT"""


class CostAnalysis(Record):
    """The clusters of a window, the most expensive first."""

    since: dt.date
    until: dt.date
    """the first day after the window"""
    clusters: tuple[ClusterCost, ...]
    dbu: float
    list_cost: float | None
    currency: str | None
    """null where prices stand in several currencies or in none; then no costs are summed over clusters"""
    unpriced_dbu: float
    """usage with no list price: it is in `dbu` and in no cost"""
    not_known: tuple[str, ...]
    more: bool
    """the window has more usage than was read: ask for fewer days or one cluster"""


def cluster_costs(workspace: Workspace, *, since: dt.date, until: dt.date, cluster: str | None) -> CostAnalysis:
    """The cost of clusters from `since` to the day before `until`, of all of them or of one.

    Raises:
        WorkspaceError: the billing tables cannot be read.
    """
    usage, more = read_usage(workspace, since=since, until=until, cluster=cluster)
    named, unread = _names(workspace, sorted({item.cluster for item in usage}))
    analysis = analysed(usage, since=since, until=until, named=named, more=more)
    unsaid = (f"names and settings of the clusters: {unread}",) if unread else ()
    return analysis.model_copy(update={"not_known": (*NOT_KNOWN, *unsaid)})


def read_usage(
    workspace: Workspace, *, since: dt.date, until: dt.date, cluster: str | None
) -> tuple[list[Usage], bool]:
    """The usage of clusters by day and SKU, and whether there is more of it.

    Raises:
        WorkspaceError: the billing tables cannot be read.
    """
    parameters: dict[str, Value] = {"since": since, "until": until}
    if cluster is not None:
        parameters["cluster"] = cluster
    statement = _USAGE.substitute(one="" if cluster is None else "AND u.usage_metadata.cluster_id = :cluster")
    rows = query(workspace, statement, parameters, what="read the usage of clusters", limit=MAX_USAGE_ROWS)
    return [_usage(row) for row in rows.named()], rows.more


def analysed(
    usage: Sequence[Usage], *, since: dt.date, until: dt.date, named: Mapping[str, Mapping[str, str | None]], more: bool
) -> CostAnalysis:
    """The analysis of usage; `named` gives name, owner, source, node and minutes by cluster."""
    by_cluster: dict[str, list[Usage]] = defaultdict(list)
    for item in usage:
        by_cluster[item.cluster].append(item)
    currencies = {item.currency for item in usage if item.currency}
    currency = next(iter(currencies)) if len(currencies) == 1 else None
    total = _cost(usage) if currency else None
    middle = since + (until - since) / 2
    costs = [_cluster_cost(name, found, named.get(name, {}), middle, total) for name, found in by_cluster.items()]
    return CostAnalysis(
        since=since, until=until, dbu=_sum(item.quantity for item in usage), list_cost=total, currency=currency,
        clusters=tuple(sorted(costs, key=lambda item: (-(item.list_cost or 0), -item.dbu, item.cluster_id))),
        unpriced_dbu=_sum(item.unpriced for item in usage), not_known=NOT_KNOWN, more=more,
    )  # fmt: skip


def _cluster_cost(
    cluster: str, usage: Sequence[Usage], named: Mapping[str, str | None], middle: dt.date, total: float | None
) -> ClusterCost:
    cost, days = _cost(usage), {item.day for item in usage}
    earlier = _sum(item.quantity for item in usage if item.day < middle)
    dbu = _sum(item.quantity for item in usage)
    minutes = named.get("minutes")
    return ClusterCost(
        cluster_id=cluster,
        name=named.get("name"),
        owner=named.get("owner"),
        source=named.get("source"),
        node_type=named.get("node"),
        autotermination_minutes=int(minutes) if minutes is not None else None,
        dbu=dbu,
        list_cost=cost,
        share=cost / total if total and cost is not None else None,
        days_used=len(days),
        dbu_per_used_day=round(dbu / len(days), 4),
        later_half_over_earlier=round((dbu - earlier) / earlier, 3) if earlier > 0 else None,
        skus=tuple(sorted({item.sku for item in usage})),
        products=tuple(sorted({item.product for item in usage if item.product})),
    )


def _names(workspace: Workspace, clusters: Sequence[str]) -> tuple[dict[str, Mapping[str, str | None]], str | None]:
    """Names and settings by cluster, and why there are none."""
    if not clusters:
        return {}, None
    parameters: dict[str, Value] = {f"c{number}": name for number, name in enumerate(clusters[:MAX_NAMED])}
    statement = _NAMES.substitute(marks=", ".join(f":{name}" for name in parameters))
    try:
        rows = query(workspace, statement, parameters, what="read the settings of clusters", limit=MAX_NAMED)
    except WorkspaceError as error:
        return {}, str(error)
    rest = len(clusters) - MAX_NAMED
    cut = f"only those of {MAX_NAMED} clusters were read, {rest} are left out" if rest > 0 else None
    return {row["cluster"] or "": row for row in rows.named()}, cut


def _usage(row: Mapping[str, str | None]) -> Usage:
    cost = row["cost"]
    return Usage(
        cluster=row["cluster"] or "", day=dt.date.fromisoformat((row["day"] or "")[:10]), sku=row["sku"] or "",
        product=row["product"] or "", unit=row["unit"] or "", currency=row["currency"],
        quantity=float(row["quantity"] or 0), cost=float(cost) if cost is not None else None,
        unpriced=float(row["unpriced"] or 0),
    )  # fmt: skip


def _cost(usage: Iterable[Usage]) -> float | None:
    known = [item.cost for item in usage if item.cost is not None]
    return round(sum(known), 4) if known else None


def _sum(quantities: Iterable[float]) -> float:
    return round(sum(quantities), 4)
