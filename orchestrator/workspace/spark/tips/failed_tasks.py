"""A stage whose tasks failed and were run again."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.workspace.spark.profile import Profile
from orchestrator.workspace.spark.thresholds import Thresholds
from orchestrator.workspace.spark.tip import Hit, Kind, Measure, graded, time

KIND = Kind(
    id="failed-tasks",
    advice=(
        "Read the error: out of memory asks for smaller partitions or larger workers, a lost executor for fewer spot "
        "nodes in stateful stages (first_on_demand), an error of the code for a mend: retries hide it and pay it again."
    ),
    threshold=lambda limits: (
        f"at least {limits.failed_tasks} failed tasks and {limits.failed_share:.0%} of the stage's tasks; a judgement"
    ),
)


@KIND.check
def stages_with_failures(profile: Profile, thresholds: Thresholds) -> Iterator[Hit]:
    """Every stage with several failed tasks."""
    for stage in profile.stages:
        if stage.failed < thresholds.failed_tasks or stage.failed < thresholds.failed_share * stage.tasks:
            continue
        error = f": {stage.errors[0]}" if stage.errors else ""
        yield Hit(
            message=(
                f"{stage.failed} of {stage.tasks} tasks of stage {stage.id} failed, {time(stage.lost_time)} lost{error}"
            ),
            measures=(
                Measure("failed tasks", stage.failed, "tasks"),
                Measure("tasks", stage.tasks, "tasks"),
                Measure("lost time", stage.lost_time, "ms"),
            ),
            severity=graded(stage.failed / max(stage.tasks, 1), medium=0.1, high=0.5),
            stage=stage,
        )
