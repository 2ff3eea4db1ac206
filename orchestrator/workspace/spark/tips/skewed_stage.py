"""A stage whose longest task takes many times the median: few keys hold most of the rows."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.workspace.spark.profile import Profile, Stage
from orchestrator.workspace.spark.thresholds import MINUTE, Thresholds
from orchestrator.workspace.spark.tip import Hit, Kind, Measure, graded, time

KIND = Kind(
    id="skewed-stage",
    advice=(
        "Let adaptive execution split it (spark.sql.adaptive.skewJoin.enabled with spark.sql.adaptive.enabled; it "
        "splits only partitions above spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes, 256 MB), broadcast "
        "the other side, join the few heavy keys apart, or add a salt column to the keys of an aggregation."
    ),
    threshold=lambda limits: (
        f"the longest task takes at least {limits.skew_ratio:g} times the median (the default of "
        f"spark.sql.adaptive.skewJoin.skewedPartitionFactor), at least {time(limits.skew_time)} more, and reads at "
        f"least {limits.skewed_rows:g} times its rows or bytes"
    ),
)


@KIND.check
def skewed_stages(profile: Profile, thresholds: Thresholds) -> Iterator[Hit]:
    """Every stage with a task far beyond the median."""
    for stage in profile.stages:
        spread = stage.run_time
        lost = spread.maximum - spread.median
        if spread.count < 2 or lost < thresholds.skew_time:
            continue
        if spread.maximum < thresholds.skew_ratio * max(spread.median, 1) or not _is_uneven(stage, thresholds):
            continue
        yield Hit(
            message=(
                f"stage {stage.id} waits for one task: it takes {time(spread.maximum)}, the median of {spread.count} "
                f"tasks {time(spread.median)}; the largest reads {stage.records_read.skew:.1f} times the median's rows"
            ),
            measures=(
                Measure("lost", lost, "ms"),
                Measure("longest task", spread.maximum, "ms"),
                Measure("median task", spread.median, "ms"),
                Measure("skew of time", round(spread.maximum / max(spread.median, 1), 2)),
                Measure("skew of rows", round(stage.records_read.skew, 2)),
                Measure("skew of shuffle bytes", round(stage.shuffle_read.skew, 2)),
            ),
            severity=graded(lost, medium=MINUTE, high=10 * MINUTE),
            stage=stage,
        )


def _is_uneven(stage: Stage, thresholds: Thresholds) -> bool:
    """Whether some task reads far more than the median one; otherwise it is slow for another reason."""
    read = (stage.records_read, stage.shuffle_read, stage.input_bytes)
    return any(spread.skew >= thresholds.skewed_rows for spread in read)
