"""Governed tags, attribute-based policies, monitors, and the mistakes that a seed plants on purpose."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from orchestrator.workspace.sandbox.seed.moment import Moment
from orchestrator.workspace.sandbox.seed.part import Part


class TagPolicySeed(Part):
    """A governed tag: its allowed values, or any where there are none."""

    values: list[str] = Field(default_factory=list)
    description: str | None = None


class MatchSeed(Part):
    """Which columns a policy matches, by a condition over tags."""

    alias: str
    condition: str


class AbacSeed(Part):
    """An attribute-based policy on a catalog, schema or table."""

    name: str
    of: str = Field(description="the full name of the securable; its number of parts tells its type")
    kind: Literal["row_filter", "column_mask"]
    function: str
    to: list[str]
    apart_from: list[str] = Field(default_factory=list)
    match: list[MatchSeed] = Field(default_factory=list)
    on_column: str | None = None
    using: list[str] = Field(default_factory=list)
    comment: str | None = None


class RefreshSeed(Part):
    """One refresh of a monitor."""

    at: Moment
    seconds: int = 60
    state: Literal["SUCCESS", "FAILED", "RUNNING", "PENDING", "CANCELED"] = "SUCCESS"
    message: str | None = None


class MonitorSeed(Part):
    """A data profiling monitor on a table, or anomaly detection on a schema."""

    of: str
    timestamp_column: str | None = None
    problem_type: Literal["INFERENCE_PROBLEM_TYPE_CLASSIFICATION", "INFERENCE_PROBLEM_TYPE_REGRESSION"] | None = None
    prediction_column: str | None = None
    model_id_column: str | None = None
    label_column: str | None = None
    output_schema: str | None = None
    status: Literal["ACTIVE", "ERROR", "FAILED", "PENDING"] = "ACTIVE"
    failure: str | None = None
    cron: str | None = None
    refreshes: list[RefreshSeed] = Field(default_factory=list)


class GovernanceSeed(Part):
    """Tags, policies and monitors."""

    tag_policies: dict[str, TagPolicySeed] = Field(default_factory=dict)
    policies: list[AbacSeed] = Field(default_factory=list)
    monitors: list[MonitorSeed] = Field(default_factory=list)


class PlantedSeed(Part):
    """A mistake that the seed holds on purpose: `places` are names that a finding about it has to give."""

    id: str
    kind: str
    places: list[str] = Field(min_length=1)
    what: str
