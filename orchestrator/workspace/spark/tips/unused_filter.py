"""A scan that reads much of which a filter above it keeps little, with nothing pushed down or pruned."""

from __future__ import annotations

import re
from collections.abc import Iterator

from orchestrator.types import Severity
from orchestrator.workspace.spark.operators import below, filters, is_filter, is_scan, rows, table
from orchestrator.workspace.spark.plan import PlanNode
from orchestrator.workspace.spark.profile import Execution, Profile
from orchestrator.workspace.spark.thresholds import GIBIBYTE, Thresholds
from orchestrator.workspace.spark.tip import Hit, Kind, Measure, graded, size

KIND = Kind(
    id="unused-filter",
    advice=(
        "Compare the column itself: no cast, function or UDF around it, and a literal of the column's own type; filter "
        "on the partition or clustering columns too. A new table is better clustered by the filtered columns "
        "(CLUSTER BY) than partitioned. In a MERGE, put the target's clustering columns into ON."
    ),
    threshold=lambda limits: (
        f"at least {size(limits.scanned_bytes)} read, at most {limits.selective:.0%} of the rows kept, and no filter "
        "but IS NOT NULL used while reading; a judgement"
    ),
)
_PUSHED = re.compile(r"(?:^|, )(?!IsNotNull\()[A-Z]\w*\(")
_MERGE = re.compile(r"MergeInto", re.IGNORECASE)


@KIND.check
def scans_without_filter(profile: Profile, thresholds: Thresholds) -> Iterator[Hit]:
    """Every scan below a selective filter that did not use it."""
    for execution in profile.executions:
        nodes = list(execution.plan.walk()) if execution.plan else []
        merges = any(_MERGE.search(node.name) for node in nodes)
        for node in nodes:
            if is_filter(node) and node.children:
                yield from _hits(profile, thresholds, execution, node, merges=merges)


def _hits(
    profile: Profile, thresholds: Thresholds, execution: Execution, node: PlanNode, *, merges: bool
) -> Iterator[Hit]:
    scan = below(node.children[0])
    if not is_scan(scan) or not _reads_everything(scan):
        return
    rules = ("DEL005",) if merges else ()
    reads = f"{scan.name}{f' of {table(scan)}' if table(scan) else ''}"
    if not profile.measured:
        message = f"{reads} uses no filter while reading, the filter comes after it"
        yield Hit(message, (), Severity.INFO, execution=execution, node=str(scan), rules=rules)
        return
    read, kept, taken = scan.metric("size of files read") or 0, rows(node), scan.metric("number of output rows")
    if read < thresholds.scanned_bytes or kept is None or not taken or kept > thresholds.selective * taken:
        return
    yield Hit(
        message=(
            f"execution {execution.id} reads {size(read)} and {taken:,} rows by {reads}, then keeps {kept:,}: no "
            "filter was used while reading"
        ),
        measures=(
            Measure("bytes", read, "bytes"),
            Measure("rows read", taken, "rows"),
            Measure("rows kept", kept, "rows"),
        ),
        severity=graded(read, medium=100 * GIBIBYTE, high=1024 * GIBIBYTE),
        execution=execution,
        node=str(scan),
        rules=rules,
    )


def _reads_everything(scan: PlanNode) -> bool:
    """Whether the scan tells its filters, and has none that leaves out a file or a row group."""
    partition, pushed = filters(scan, "PartitionFilters"), filters(scan, "PushedFilters")
    if partition is None and pushed is None:
        return False
    return not (partition or "").strip() and _PUSHED.search(pushed or "") is None
