"""Online copies of feature tables: stores, and the tables that are kept in step with their source."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from orchestrator.workspace.plain import brief, texts, word
from orchestrator.workspace.records import Record

if TYPE_CHECKING:
    from databricks.sdk.service.catalog import OnlineTable as SdkOnlineTable
    from databricks.sdk.service.database import SyncedDatabaseTable
    from databricks.sdk.service.ml import OnlineStore as SdkOnlineStore


class OnlineStore(Record):
    """A store for online reads."""

    name: str
    state: str | None
    """as AVAILABLE, STOPPED"""
    capacity: str
    read_replicas: int
    creator: str | None
    created: str | None


class OnlineTable(Record):
    """A table that is kept for online reads."""

    name: str
    source: str | None
    state: str | None
    """as ONLINE_NO_PENDING_UPDATE, OFFLINE_FAILED"""
    message: str | None
    primary_key: tuple[str, ...]
    timeseries: str | None
    mode: str | None
    """snapshot, triggered or continuous"""
    last_synced: str | None
    version: int | None
    """the version of the source table that was copied last"""
    pipeline_id: str | None
    interface: str
    """`online table` (legacy) or `synced table` (Lakebase)"""


class OnlineStatus(Record):
    """Stores, and one online table where it was asked about."""

    stores: tuple[OnlineStore, ...]
    table: OnlineTable | None
    more: bool
    """there are more stores"""
    asked_at: dt.datetime


def online_store(found: SdkOnlineStore) -> OnlineStore:
    """The store as a result."""
    return OnlineStore(
        name=found.name, state=word(found.state), capacity=found.capacity, read_replicas=found.read_replica_count or 0,
        creator=found.creator, created=found.creation_time,
    )  # fmt: skip


def online_table(found: SdkOnlineTable) -> OnlineTable:
    """A legacy online table as a result."""
    spec, status = found.spec, found.status
    continuous = status.continuous_update_status if status else None
    triggered = status.triggered_update_status if status else None
    version = (continuous and continuous.last_processed_commit_version) or (
        triggered and triggered.last_processed_commit_version
    )
    modes = {"continuous": spec and spec.run_continuously, "triggered": spec and spec.run_triggered}
    return OnlineTable(
        name=found.name or "",
        source=spec.source_table_full_name if spec else None,
        state=word(status.detailed_state) if status else None,
        message=brief(status.message, 500) if status else None,
        primary_key=texts(spec.primary_key_columns if spec else None),
        timeseries=spec.timeseries_key if spec else None,
        mode=next((name for name, given in modes.items() if given), "snapshot" if spec else None),
        last_synced=(continuous and continuous.timestamp) or (triggered and triggered.timestamp) or None,
        version=version or None,
        pipeline_id=spec.pipeline_id if spec else None,
        interface="online table",
    )


def synced_table(found: SyncedDatabaseTable) -> OnlineTable:
    """A synced table of Lakebase as a result."""
    spec, status = found.spec, found.data_synchronization_status
    last = status.last_sync if status else None
    source = last.delta_table_sync_info if last else None
    return OnlineTable(
        name=found.name,
        source=spec.source_table_full_name if spec else None,
        state=word(status.detailed_state) if status else None,
        message=brief(status.message, 500) if status else None,
        primary_key=texts(spec.primary_key_columns if spec else None),
        timeseries=spec.timeseries_key if spec else None,
        mode=(word(spec.scheduling_policy) or "").lower() or None if spec else None,
        last_synced=last.sync_end_timestamp if last else None,
        version=source.delta_commit_version if source else None,
        pipeline_id=status.pipeline_id if status else None,
        interface="synced table",
    )
