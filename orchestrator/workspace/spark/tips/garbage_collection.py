"""A stage that spends much of its time in garbage collection."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.workspace.spark.profile import Profile
from orchestrator.workspace.spark.thresholds import MINUTE, Thresholds
from orchestrator.workspace.spark.tip import Hit, Kind, Measure, graded, time

KIND = Kind(
    id="garbage-collection",
    advice=(
        "Keep fewer objects on the heap: no collect_list or wide arrays in aggregations, built-in functions in place "
        "of JVM and Python UDFs, Photon where the operators allow it, fewer cached frames; then workers with more "
        "memory for each core."
    ),
    threshold=lambda limits: (
        f"garbage collection takes at least {limits.gc_share:.0%} of the task time (from there on the Spark UI shows "
        f"it in red) and at least {time(limits.gc_time)}"
    ),
)


@KIND.check
def collecting_stages(profile: Profile, thresholds: Thresholds) -> Iterator[Hit]:
    """Every stage with much garbage collection."""
    for stage in profile.stages:
        if stage.gc_time < thresholds.gc_time or stage.gc_share < thresholds.gc_share:
            continue
        yield Hit(
            message=(
                f"stage {stage.id} spent {time(stage.gc_time)} of {time(stage.run_time.total)} task time "
                f"({stage.gc_share:.0%}) in garbage collection"
            ),
            measures=(
                Measure("garbage collection", stage.gc_time, "ms"),
                Measure("task time", stage.run_time.total, "ms"),
                Measure("share", round(stage.gc_share, 3)),
            ),
            severity=graded(stage.gc_time, medium=10 * MINUTE, high=120 * MINUTE),
            stage=stage,
        )
