"""A frame that was cached and then read only by the query that filled it."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.workspace.spark.profile import Cache, Profile
from orchestrator.workspace.spark.thresholds import MINUTE, Thresholds
from orchestrator.workspace.spark.tip import Hit, Kind, Measure, graded, time

KIND = Kind(
    id="unread-cache",
    rules=("PYS005",),
    advice=(
        "Drop cache() or persist(): filling it costs time and memory that nothing gets back. To share a result between "
        "jobs, write a table; serverless compute has no cache() at all."
    ),
    threshold=lambda limits: (
        f"one execution used the cache once, and its stages took at least {time(limits.cached_time)} of task time; "
        "only for applications that ended, for others may still read it"
    ),
)


@KIND.check
def caches_read_once(profile: Profile, thresholds: Thresholds) -> Iterator[Hit]:
    """Every cache that nothing read after it was filled."""
    if profile.application.ended is None:
        return
    for cache in profile.caches:
        stages = [stage for stage in profile.stages if stage.job in cache.jobs]
        spent = sum(stage.run_time.total for stage in stages)
        if not _is_used_once(profile, cache) or spent < thresholds.cached_time:
            continue
        yield Hit(
            message=f"a cache (RDD {cache.rdd}: {_gist(cache.name)}) was filled and never read again",
            measures=(Measure("task time", spent, "ms"), Measure("partitions", cache.partitions)),
            severity=graded(spent, medium=30 * MINUTE, high=600 * MINUTE),
            execution=profile.execution(cache.executions[0]) if cache.executions else None,
            stage=stages[0] if stages else None,
            node="InMemoryTableScan" if cache.executions else "",
        )


def _is_used_once(profile: Profile, cache: Cache) -> bool:
    if not cache.executions:
        return len(cache.jobs) == 1
    if len(cache.executions) != 1:
        return False
    execution = profile.execution(cache.executions[0])
    nodes = execution.plan.walk() if execution and execution.plan else ()
    return sum(node.name == "InMemoryTableScan" for node in nodes) <= 1


def _gist(name: str) -> str:
    return " ".join(name.split())[:80]
