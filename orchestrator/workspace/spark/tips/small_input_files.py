"""A scan that opens many files with little in each."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.workspace.spark.operators import is_scan, table
from orchestrator.workspace.spark.profile import Profile
from orchestrator.workspace.spark.thresholds import Thresholds
from orchestrator.workspace.spark.tip import Hit, Kind, Measure, graded, size

KIND = Kind(
    id="small-input-files",
    advice=(
        "Compact the table: OPTIMIZE it, or leave that to predictive optimization on a Unity Catalog managed table; "
        "write it with optimized writes and auto compaction. Landed files belong into a Delta table first, by "
        "Auto Loader."
    ),
    threshold=lambda limits: (
        f"at least {limits.small_files} files of less than {size(limits.small_file)} on average "
        "(spark.sql.files.openCostInBytes: below it, opening a file costs more than reading it)"
    ),
)


@KIND.check
def scans_of_small_files(profile: Profile, thresholds: Thresholds) -> Iterator[Hit]:
    """Every scan whose files are small."""
    for execution in profile.executions:
        for node in execution.plan.walk() if execution.plan else ():
            files, read = node.metric("number of files read"), node.metric("size of files read")
            if not is_scan(node) or not files or read is None:
                continue
            if files < thresholds.small_files or read / files >= thresholds.small_file:
                continue
            yield Hit(
                message=(
                    f"execution {execution.id} reads {files} files of {size(read / files)} on average{_of(table(node))}"
                ),
                measures=(
                    Measure("files", files, "files"),
                    Measure("bytes", read, "bytes"),
                    Measure("average file", round(read / files), "bytes"),
                ),
                severity=graded(files, medium=10_000, high=100_000),
                execution=execution,
                node=str(node),
            )


def _of(name: str) -> str:
    return f" from {name}" if name else ""
