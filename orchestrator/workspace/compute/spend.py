"""What every kind of compute used and what that costs by list price: `system.billing.usage` and `list_prices`.

One row a thing and SKU. Sources of the columns: https://docs.databricks.com/aws/en/admin/system-tables/billing and
https://docs.databricks.com/aws/en/admin/system-tables/pricing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.records import Record
from orchestrator.workspace.statements import query

MAX_ROWS = 5_000
KINDS = ("warehouse", "cluster", "pipeline", "endpoint", "job")
"""What a row of usage may be of, in the order in which its columns are asked: a run of a job on a cluster is of the
cluster."""
_SPEND = (
    "SELECT u.usage_metadata.warehouse_id AS warehouse, u.usage_metadata.cluster_id AS cluster, "
    "u.usage_metadata.dlt_pipeline_id AS pipeline, u.usage_metadata.endpoint_name AS endpoint, "
    "u.usage_metadata.job_id AS job, u.sku_name AS sku, u.billing_origin_product AS product, "
    "p.currency_code AS currency, max(p.pricing.effective_list.default) AS price, "
    "max(p.price_start_time) AS priced_since, count(DISTINCT u.usage_date) AS days, sum(u.usage_quantity) AS quantity, "
    "sum(u.usage_quantity * p.pricing.effective_list.default) AS cost "
    "FROM system.billing.usage u LEFT JOIN system.billing.list_prices p "
    "ON u.sku_name = p.sku_name AND u.cloud = p.cloud AND u.usage_unit = p.usage_unit "
    "AND u.usage_end_time >= p.price_start_time "
    "AND (p.price_end_time IS NULL OR u.usage_end_time < p.price_end_time) "
    "WHERE u.usage_date >= :since AND u.usage_date < :until AND u.usage_unit = 'DBU' "
    "GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6"
)
_PRICES = (
    "SELECT sku_name AS sku, max_by(pricing.effective_list.default, price_start_time) AS price, "
    "max(price_start_time) AS since FROM system.billing.list_prices "
    "WHERE usage_unit = 'DBU' AND price_end_time IS NULL GROUP BY 1"
)


class Spend(Record):
    """What one thing used of one SKU in the window."""

    kind: str
    """warehouse, cluster, pipeline, endpoint or job"""
    id: str
    sku: str
    product: str | None
    days_used: int
    dbu: float
    price: float | None
    """the highest list price of a DBU that held in the window"""
    priced_since: str | None
    """the day from which that price holds"""
    currency: str | None
    list_cost: float | None


@dataclass(frozen=True, kw_only=True)
class Spending:
    """The usage of a window, the dearest first."""

    items: tuple[Spend, ...]
    more: bool


@dataclass(frozen=True, kw_only=True)
class ListPrice:
    """The list price of a DBU of a SKU, and the day from which it holds."""

    price: float
    since: str


def spending(workspace: Workspace, *, since: dt.date, until: dt.date) -> Spending:
    """What was used from `since` to the day before `until`; usage that is of none of these things is left out.

    Raises:
        WorkspaceError: the billing tables cannot be read.
    """
    parameters = {"since": since, "until": until}
    rows = query(workspace, _SPEND, parameters, what="read the usage of the account", limit=MAX_ROWS)
    items = [found for row in rows.named() if (found := _spend(row)) is not None]
    return Spending(
        items=tuple(sorted(items, key=lambda item: (-(item.list_cost or 0), -item.dbu, item.id, item.sku))),
        more=rows.more,
    )


def list_prices(workspace: Workspace) -> dict[str, ListPrice]:
    """The list price of a DBU by SKU, as it holds now.

    Raises:
        WorkspaceError: the prices cannot be read.
    """
    rows = query(workspace, _PRICES, what="read the list prices", limit=MAX_ROWS)
    return {
        row["sku"] or "": ListPrice(price=float(row["price"] or 0), since=(row["since"] or "")[:10])
        for row in rows.named()
        if row["price"] is not None
    }


def _spend(row: Mapping[str, str | None]) -> Spend | None:
    kind = next((each for each in KINDS if row[each]), None)
    if kind is None:
        return None
    cost, price = row["cost"], row["price"]
    return Spend(
        kind=kind,
        id=row[kind] or "",
        sku=row["sku"] or "",
        product=row["product"],
        days_used=int(row["days"] or 0),
        dbu=round(float(row["quantity"] or 0), 2),
        price=None if price is None else float(price),
        priced_since=(row["priced_since"] or "")[:10] or None,
        currency=row["currency"],
        list_cost=None if cost is None else round(float(cost), 2),
    )
