"""A stage that waits for a task which reads no more than the others."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.workspace.spark.profile import Profile
from orchestrator.workspace.spark.thresholds import MINUTE, Thresholds
from orchestrator.workspace.spark.tip import Hit, Kind, Measure, graded, time

KIND = Kind(
    id="slow-task",
    advice=(
        "Look at that task in the Spark UI: its host (a slow or busy node: spark.speculation runs a second copy), its "
        "garbage collection, and whether a join multiplies the rows of one key, which shows in what it writes."
    ),
    threshold=lambda limits: (
        f"the longest task takes at least {limits.skew_ratio:g} times the median and at least "
        f"{time(limits.slow_task_time)} more, and reads less than {limits.skewed_rows:g} times its rows and bytes"
    ),
)


@KIND.check
def stages_with_a_slow_task(profile: Profile, thresholds: Thresholds) -> Iterator[Hit]:
    """Every stage with a task far beyond the median that the data does not explain."""
    for stage in profile.stages:
        spread = stage.run_time
        lost = spread.maximum - spread.median
        if spread.count < 2 or lost < thresholds.slow_task_time:
            continue
        if spread.maximum < thresholds.skew_ratio * max(spread.median, 1):
            continue
        read = max(stage.records_read.skew, stage.shuffle_read.skew, stage.input_bytes.skew)
        if read >= thresholds.skewed_rows:
            continue
        yield Hit(
            message=(
                f"stage {stage.id} waits for one task of {time(spread.maximum)}, the median takes "
                f"{time(spread.median)}; it reads {read:.1f} times the median's rows or bytes, which explains nothing"
            ),
            measures=(
                Measure("lost", lost, "ms"),
                Measure("longest task", spread.maximum, "ms"),
                Measure("median task", spread.median, "ms"),
                Measure("skew of what is read", round(read, 2)),
            ),
            severity=graded(lost, medium=10 * MINUTE, high=60 * MINUTE),
            stage=stage,
        )
