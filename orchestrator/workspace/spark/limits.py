"""How much of an event log is read and kept: logs come from anywhere, so every quantity is bounded."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The bounds of one reading; what goes past them is left out and counted in the profile's notes."""

    line_bytes: int = 16 * MEBIBYTE
    """A longer line is skipped without being held; a judgement: the longest of our test jobs has 0.1 MiB."""
    unpacked_bytes: int = 16 * 1024 * MEBIBYTE
    """A log that unpacks to more is refused."""
    unpacked_ratio: int = 400
    """Unpacked bytes for each packed one, past `ratio_floor`; zstd packs the log of our test jobs 27 to 39 times."""
    ratio_floor: int = 256 * MEBIBYTE
    files: int = 2_000
    stages: int = 4_000
    executions: int = 2_000
    jobs: int = 10_000
    executors: int = 5_000
    caches: int = 1_000
    plan_nodes: int = 60_000
    """Plan nodes kept over all executions; the plans of the shortest executions go first."""
    open_stages: int = 2_000
    open_executions: int = 1_000
    accumulators: int = 400_000
    samples: int = 1_000
    """Task values kept for each quantity of a stage; more tasks are sampled evenly at random with a fixed seed."""
