"""List prices from `prices.json`: one dated file, each figure with its sources."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from orchestrator.errors import OrchestratorError, UsageError

_FILE = Path(__file__).with_name("prices.json")

Workload = Literal["jobs", "all_purpose", "pipelines_core", "pipelines_pro", "pipelines_advanced"]
Plan = Literal["premium", "enterprise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where figures come from; `read` is False for a price list that was not read itself but confirmed by others."""

    id: str
    url: str
    read: bool
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DbuPrice:
    """USD a DBU of one workload, in one cloud, plan and region."""

    cloud: str
    plan: str
    region: str
    workload: str
    usd: float
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One instance type: DBU an hour are those without Photon, USD an hour are the cloud's own."""

    cloud: str
    region: str
    name: str
    vcpus: int
    memory_mib: int
    dbu_per_hour: float
    usd_per_hour: float
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """Every price that is known, as of one day (ISO date)."""

    as_of: str
    currency: str
    kind: str
    sources: tuple[Source, ...]
    dbu_prices: tuple[DbuPrice, ...]
    instances: tuple[Instance, ...]

    def instance(self, name: str) -> Instance:
        """The instance type of that name.

        Raises:
            UsageError: its price is not known.
        """
        found = next((item for item in self.instances if item.name.lower() == name.strip().lower()), None)
        if found is None:
            known = ", ".join(item.name for item in self.instances)
            raise UsageError(f"no price is known for the instance type {name[:60]!r}; known ones: {known}")
        return found

    def dbu_price(self, cloud: str, plan: str, workload: str) -> DbuPrice:
        """The price of a DBU of a workload.

        Raises:
            UsageError: it is not known.
        """
        for price in self.dbu_prices:
            if (price.cloud, price.plan, price.workload) == (cloud, plan, workload):
                return price
        known = ", ".join(f"{price.cloud} {price.plan} {price.workload}" for price in self.dbu_prices)
        raise UsageError(f"no DBU price is known for {cloud} {plan[:40]} {workload[:40]}; known ones: {known}")


@cache
def price_list() -> PriceList:
    """The price list of this installation.

    Raises:
        OrchestratorError: the file is damaged.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(PriceList).validate_json(_FILE.read_bytes(), strict=False)
    except (OSError, ValidationError) as error:
        raise OrchestratorError(f"the price list {_FILE.name!r} cannot be read; install the package again") from error
