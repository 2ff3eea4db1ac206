"""A cluster: its size, its runtime, its access mode and when it ends by itself."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from orchestrator.workspace.plain import brief, moment, safe_settings, texts, word
from orchestrator.workspace.records import Record

if TYPE_CHECKING:
    from databricks.sdk.service.compute import ClusterDetails


class ClusterSummary(Record):
    """A cluster in a listing."""

    cluster_id: str
    name: str
    state: str | None
    source: str | None
    """who made it: UI, API, JOB, PIPELINE ..."""
    creator: str | None
    spark_version: str | None
    node_type: str | None
    workers: str
    """a number, or a range as `2 to 8`"""
    autotermination_minutes: int | None
    """0: it never ends by itself; null: the interface does not say"""
    data_security_mode: str | None


class Cluster(ClusterSummary):
    """A cluster with its settings."""

    driver_node_type: str | None
    policy_id: str | None
    pool_id: str | None
    runtime_engine: str | None
    single_user: str | None
    cores: float | None
    memory_mb: int | None
    started: dt.datetime | None
    terminated: dt.datetime | None
    termination: str | None
    """why it ended, as `INACTIVITY (SUCCESS)`"""
    state_message: str | None
    spark_conf: dict[str, str]
    environment: tuple[str, ...]
    """names of the environment variables; their values are never shown"""
    init_scripts: int
    tags: dict[str, str]
    disk_encryption: bool | None


def cluster_summary(found: ClusterDetails) -> ClusterSummary:
    """The cluster as a listing shows it."""
    scale = found.autoscale
    return ClusterSummary(
        cluster_id=found.cluster_id or "",
        name=brief(found.cluster_name, 300) or "",
        state=word(found.state),
        source=word(found.cluster_source),
        creator=found.creator_user_name,
        spark_version=found.spark_version,
        node_type=found.node_type_id,
        workers=f"{scale.min_workers} to {scale.max_workers}" if scale else str(found.num_workers or 0),
        autotermination_minutes=found.autotermination_minutes,
        data_security_mode=word(found.data_security_mode),
    )


def cluster(found: ClusterDetails) -> Cluster:
    """The cluster with its settings."""
    reason = found.termination_reason
    return Cluster(
        **dict(cluster_summary(found)),
        driver_node_type=found.driver_node_type_id,
        policy_id=found.policy_id,
        pool_id=found.instance_pool_id,
        runtime_engine=word(found.runtime_engine),
        single_user=found.single_user_name,
        cores=found.cluster_cores,
        memory_mb=found.cluster_memory_mb,
        started=moment(found.start_time),
        terminated=moment(found.terminated_time),
        termination=f"{word(reason.code)} ({word(reason.type)})" if reason else None,
        state_message=brief(found.state_message, 500),
        spark_conf=safe_settings(found.spark_conf),
        environment=texts(found.spark_env_vars),
        init_scripts=len(found.init_scripts or ()),
        tags=safe_settings(found.custom_tags),
        disk_encryption=found.enable_local_disk_encryption,
    )
