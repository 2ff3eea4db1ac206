"""A SQL warehouse: its size, its range of clusters and when it stops by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.workspace.plain import brief, safe_settings, word
from orchestrator.workspace.records import Record

if TYPE_CHECKING:
    from databricks.sdk.service.sql import EndpointInfo, GetWarehouseResponse


class Warehouse(Record):
    """A SQL warehouse."""

    warehouse_id: str
    name: str
    state: str | None
    size: str | None
    """as Small, 2X-Large"""
    kind: str | None
    """CLASSIC or PRO"""
    serverless: bool
    photon: bool
    auto_stop_minutes: int | None
    """0: it never stops by itself"""
    min_clusters: int | None
    max_clusters: int | None
    running_clusters: int | None
    active_sessions: int | None
    spot_policy: str | None
    channel: str | None
    creator: str | None
    tags: dict[str, str]
    health: str | None


def warehouse(found: EndpointInfo | GetWarehouseResponse) -> Warehouse:
    """The warehouse; how to connect to it (JDBC, ODBC) is left out."""
    tags = found.tags.custom_tags if found.tags else None
    health = found.health
    return Warehouse(
        warehouse_id=found.id or "",
        name=brief(found.name, 300) or "",
        state=word(found.state),
        size=found.cluster_size,
        kind=word(found.warehouse_type),
        serverless=bool(found.enable_serverless_compute),
        photon=bool(found.enable_photon),
        auto_stop_minutes=found.auto_stop_mins,
        min_clusters=found.min_num_clusters,
        max_clusters=found.max_num_clusters,
        running_clusters=found.num_clusters,
        active_sessions=found.num_active_sessions,
        spot_policy=word(found.spot_instance_policy),
        channel=word(found.channel.name) if found.channel else None,
        creator=found.creator_name,
        tags=safe_settings({item.key: item.value or "" for item in tags or () if item.key}),
        health=brief(health.summary or word(health.status), 300) if health else None,
    )
