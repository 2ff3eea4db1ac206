"""From which number on something is worth a tip; each with its source, or its reason where it is a judgement."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.workspace.spark.limits import MEBIBYTE

SECOND = 1_000
MINUTE = 60 * SECOND
GIBIBYTE = 1024 * MEBIBYTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Times are ms, sizes are bytes."""

    skew_ratio: float = 5.0
    """Longest task to median: `spark.sql.adaptive.skewJoin.skewedPartitionFactor` is 5."""
    skew_time: int = 30 * SECOND
    """What the longest task takes beyond the median: less is not worth a change."""
    slow_task_time: int = 30 * SECOND
    """The same for a task that the data does not explain."""
    skewed_rows: float = 2.0
    """Rows or bytes of the largest task to the median's, from which on the data is skewed and not the machine slow."""
    spilled_to_disk: int = GIBIBYTE
    """Less is written and read again within seconds on a local SSD."""
    tiny_partition: int = MEBIBYTE
    """`spark.sql.adaptive.coalescePartitions.minPartitionSize` is 1 MB."""
    tiny_partition_tasks: int = 200
    """The default of `spark.sql.shuffle.partitions`."""
    huge_partition: int = 512 * MEBIBYTE
    """Eight times `spark.sql.adaptive.advisoryPartitionSizeInBytes` (64 MB)."""
    small_file: int = 4 * MEBIBYTE
    """`spark.sql.files.openCostInBytes`: to open a file is estimated as dear as to read 4 MB."""
    small_files: int = 100
    gc_share: float = 0.10
    """The Spark UI shows an executor's GC time in red from a tenth of its task time on."""
    gc_time: int = 30 * SECOND
    python_share: float = 0.25
    python_time: int = MINUTE
    broadcast_bytes: int = 10 * MEBIBYTE
    """`spark.sql.autoBroadcastJoinThreshold` is 10 MB."""
    broadcast_other_side: int = 256 * MEBIBYTE
    """The shuffle of the larger side that a broadcast saves: less is not worth a change."""
    compared_pairs: int = 1_000_000_000
    """Rows of one side times rows of the other: about a minute of one core (12 million took 0.9 s in our test job)."""
    single_partition_rows: int = 1_000_000
    selective: float = 0.1
    """A filter that keeps at most this part of what was read could have been applied while reading."""
    scanned_bytes: int = GIBIBYTE
    written_files: int = 200
    written_file_bytes: int = 16 * MEBIBYTE
    """Databricks' auto compaction and optimized writes aim at 128 MB a file; an eighth of it is clearly small."""
    static_plan_time: int = MINUTE
    """Task time of the stages that ran without adaptive execution."""
    cached_time: int = 10 * SECOND
    """Task time of the stages that filled a cache."""
    failed_tasks: int = 3
    failed_share: float = 0.01
