"""A write that leaves many small files behind."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.workspace.spark.operators import is_write
from orchestrator.workspace.spark.profile import Profile
from orchestrator.workspace.spark.thresholds import Thresholds
from orchestrator.workspace.spark.tip import Hit, Kind, Measure, graded, size

KIND = Kind(
    id="many-output-files",
    advice=(
        "Write a Delta table with optimized writes (delta.autoOptimize.optimizeWrite) and without partitionBy: below "
        "100 TB, liquid clustering (CLUSTER BY) replaces partitions. With partitionBy, repartition by the partition "
        "columns before the write; drop repartition(n) with a fixed n."
    ),
    threshold=lambda limits: (
        f"at least {limits.written_files} files of less than {size(limits.written_file_bytes)} on average; optimized "
        "writes aim at 128 MB"
    ),
)


@KIND.check
def writes_of_many_files(profile: Profile, thresholds: Thresholds) -> Iterator[Hit]:
    """Every write with many small files."""
    for execution in profile.executions:
        for node in execution.plan.walk() if execution.plan else ():
            if not is_write(node):
                continue
            files, written = node.metric("number of written files") or 0, node.metric("written output") or 0
            if files < thresholds.written_files or written / files >= thresholds.written_file_bytes:
                continue
            partitions = node.metric("number of dynamic part") or 0
            yield Hit(
                message=(
                    f"execution {execution.id} writes {files} files of {size(written / files)} on average"
                    f"{f' into {partitions} partitions' if partitions else ''}"
                ),
                measures=(
                    Measure("files", files, "files"),
                    Measure("bytes", written, "bytes"),
                    Measure("average file", round(written / files), "bytes"),
                    Measure("partitions", partitions),
                ),
                severity=graded(files, medium=5_000, high=50_000),
                execution=execution,
                node=str(node),
                rules=("DEL006",) if partitions else (),
            )
