"""Usage and list prices, generated from the daily quantities of the seed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.workspace.sandbox.people import stable_id
from orchestrator.workspace.sandbox.seed.moment import moment_of
from orchestrator.workspace.sandbox.warehouse.dice import Dice

if TYPE_CHECKING:
    from orchestrator.workspace.sandbox.seed.activity import UsageSeed
    from orchestrator.workspace.sandbox.seed.part import Json
    from orchestrator.workspace.sandbox.state import State

_SATURDAY = 5


def usage_rows(state: State) -> Iterator[Json]:
    """The rows of `system.billing.usage`: one a day for each thing that was used."""
    for number, usage in enumerate(state.seed.billing.usage):
        days = min(state.seed.activity.days, usage.last_days or state.seed.activity.days)
        for day in range(days, 0, -1):
            date = (state.seed.now - dt.timedelta(days=day)).date()
            if date.weekday() < _SATURDAY or not usage.weekdays:
                yield _row(state, usage, date, f"{number}/{day}", days - day)


def _row(state: State, usage: UsageSeed, date: dt.date, key: str, passed: int) -> Json:
    place = state.seed.place
    start = dt.datetime.combine(date, dt.time(), tzinfo=dt.UTC)
    factor = 1 + usage.spread * (2 * Dice(f"usage/{key}").share() - 1)
    metadata = {
        "cluster_id": usage.cluster_id,
        "job_id": usage.job_id,
        "warehouse_id": usage.warehouse_id,
        "node_type": usage.node_type,
        "dlt_pipeline_id": usage.pipeline_id,
        "endpoint_name": usage.endpoint_name,
    }
    return {
        "account_id": place.account_id,
        "workspace_id": str(place.workspace_id),
        "record_id": stable_id("usage", key),
        "sku_name": usage.sku,
        "cloud": place.cloud.upper(),
        "usage_start_time": start,
        "usage_end_time": start + dt.timedelta(days=1),
        "usage_date": date,
        "custom_tags": usage.tags,
        "usage_unit": "DBU",
        "usage_quantity": round((usage.quantity + usage.growth * passed) * factor, 4),
        "usage_metadata": metadata,
        "identity_metadata": {"run_as": usage.run_as, "owned_by": usage.run_as, "created_by": usage.run_as},
        "record_type": "ORIGINAL",
        "ingestion_date": date,
        "billing_origin_product": usage.product,
        "product_features": {"is_serverless": usage.serverless, "is_photon": usage.photon},
        "usage_type": "COMPUTE_TIME",
    }


def price_rows(state: State) -> Iterator[Json]:
    """The rows of `system.billing.list_prices`."""
    for price in state.seed.billing.prices:
        yield {
            "price_start_time": moment_of(price.since),
            "price_end_time": None,
            "account_id": state.seed.place.account_id,
            "sku_name": price.sku,
            "cloud": state.seed.place.cloud.upper(),
            "currency_code": "USD",
            "usage_unit": price.unit,
            "pricing": {"default": price.price, "effective_list": {"default": price.price}},
        }
