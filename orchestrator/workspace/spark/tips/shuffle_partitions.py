"""A shuffle in far too many or far too few partitions."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.workspace.spark.profile import Profile, Stage
from orchestrator.workspace.spark.thresholds import MINUTE, Thresholds
from orchestrator.workspace.spark.tip import Hit, Kind, Measure, graded, size, time

KIND = Kind(
    id="shuffle-partitions",
    advice=(
        "Let adaptive execution choose: spark.sql.adaptive.enabled, and spark.sql.shuffle.partitions=auto on "
        "Databricks (elsewhere a high number that it coalesces); drop repartition(n) with a fixed n."
    ),
    threshold=lambda limits: (
        f"{limits.tiny_partition_tasks} tasks (the default of spark.sql.shuffle.partitions) whose median reads less "
        f"than {size(limits.tiny_partition)} (spark.sql.adaptive.coalescePartitions.minPartitionSize), or a median of "
        f"{size(limits.huge_partition)} and more (eight times spark.sql.adaptive.advisoryPartitionSizeInBytes)"
    ),
)


@KIND.check
def badly_cut_shuffles(profile: Profile, thresholds: Thresholds) -> Iterator[Hit]:
    """Every stage that reads a shuffle in badly sized pieces."""
    for stage in profile.stages:
        read = stage.shuffle_read
        if read.total == 0:
            continue
        if read.count >= thresholds.tiny_partition_tasks and read.p95 < thresholds.tiny_partition:
            yield _hit(stage, f"a shuffle of {size(read.total)} is cut into {read.count} partitions")
        elif read.median >= thresholds.huge_partition:
            yield _hit(stage, f"a shuffle of {size(read.total)} is cut into only {read.count} partitions")


def _hit(stage: Stage, what: str) -> Hit:
    read = stage.shuffle_read
    return Hit(
        message=f"stage {stage.id}: {what}, {size(read.median)} for the median task; its tasks took "
        f"{time(stage.run_time.total)} in all",
        measures=(
            Measure("task time", stage.run_time.total, "ms"),
            Measure("shuffle read", read.total, "bytes"),
            Measure("median partition", read.median, "bytes"),
            Measure("largest partition", read.maximum, "bytes"),
            Measure("partitions", read.count, "tasks"),
        ),
        severity=graded(stage.run_time.total, medium=10 * MINUTE, high=300 * MINUTE),
        stage=stage,
    )
