"""An instance pool: what it keeps ready, and how much of that is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.workspace.plain import brief, word
from orchestrator.workspace.records import Record

if TYPE_CHECKING:
    from databricks.sdk.service.compute import InstancePoolAndStats


class Pool(Record):
    """An instance pool, as it is at this moment."""

    pool_id: str
    name: str
    node_type: str | None
    state: str | None
    min_idle: int
    """instances that it keeps although nobody uses them"""
    idle: int
    used: int
    idle_minutes: int | None
    """after how many minutes an instance that is not used goes"""


def pool(found: InstancePoolAndStats) -> Pool:
    """The pool."""
    stats = found.stats
    return Pool(
        pool_id=found.instance_pool_id or "",
        name=brief(found.instance_pool_name, 300) or "",
        node_type=found.node_type_id,
        state=word(found.state),
        min_idle=found.min_idle_instances or 0,
        idle=(stats.idle_count if stats else None) or 0,
        used=(stats.used_count if stats else None) or 0,
        idle_minutes=found.idle_instance_autotermination_minutes,
    )
