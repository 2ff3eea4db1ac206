"""Data about a run, such as logs and metrics: losing or repeating it harms no table."""

from __future__ import annotations

import re

_WORDS = re.compile(
    r"(^|[^a-z])(logs?|loggers?|logging|audits?|metrics?|stats|statistics|telemetry|usage|lineage|monitor\w*|errors?|"
    r"heartbeat|noop|tracking)([^a-z]|$)"
)
_RUNS = re.compile(
    r"((job|task|pipeline|workflow|etl|load|ingest|ingestion|batch|process)_?)?(runs|run_(history|status|state|record)s?)"
)
"""Not every `..._runs`: production runs and test runs may be the data itself."""


def is_sideline(*names: str) -> bool:
    """Whether a name of a table, function or class says that it is about runs and not about the data itself."""
    words = re.sub(r"([a-z])(?=[A-Z])|_", r"\1 ", " ".join(names))
    return _WORDS.search(words.lower()) is not None


def is_run_log(table: str) -> bool:
    """Whether the last part of a table's name says that it has a row for each run."""
    last = table.rpartition(".")[2].strip("`").lower()
    return _RUNS.fullmatch(last) is not None
