"""A stage that wrote to disk what did not fit into execution memory."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.workspace.spark.profile import Profile, Stage
from orchestrator.workspace.spark.thresholds import GIBIBYTE, Thresholds
from orchestrator.workspace.spark.tip import Hit, Kind, Measure, graded, size

KIND = Kind(
    id="spill",
    advice=(
        "Give each task less: more shuffle partitions (spark.sql.shuffle.partitions=auto on Databricks, or a smaller "
        "spark.sql.adaptive.advisoryPartitionSizeInBytes), fewer columns before the shuffle, no explode before it; or "
        "take workers with more memory for each core. Where the same stage is skewed, mend the skew first."
    ),
    threshold=lambda limits: (
        f"at least {size(limits.spilled_to_disk)} spilled to disk; a judgement: less costs seconds on a local SSD"
    ),
)


@KIND.check
def spilling_stages(profile: Profile, thresholds: Thresholds) -> Iterator[Hit]:
    """Every stage that spilled much."""
    for stage in profile.stages:
        if stage.disk_spilled < thresholds.spilled_to_disk:
            continue
        yield Hit(
            message=(
                f"stage {stage.id} spilled {size(stage.memory_spilled)} of memory to {size(stage.disk_spilled)} on "
                f"disk in {stage.tasks} tasks"
            ),
            measures=(
                Measure("spilled to disk", stage.disk_spilled, "bytes"),
                Measure("spilled from memory", stage.memory_spilled, "bytes"),
                Measure("tasks", stage.tasks, "tasks"),
            ),
            severity=graded(stage.disk_spilled, medium=10 * GIBIBYTE, high=100 * GIBIBYTE),
            stage=stage,
            node=_spilling_operators(profile, stage),
        )


def _spilling_operators(profile: Profile, stage: Stage) -> str:
    execution = profile.execution(stage.execution)
    if execution is None or execution.plan is None:
        return ""
    names = {node.name: None for node in execution.plan.walk() if (node.metric("spill size") or 0) > 0}
    return ", ".join(names)
