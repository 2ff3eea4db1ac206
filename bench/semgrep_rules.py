"""Writes local semgrep rules of the kind that ours are, so that both tools do like work with as many.

By itself: `python bench/semgrep_rules.py FILE COUNT`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

METHODS = (
    "collect", "toPandas", "count", "cache", "persist", "show", "withColumn", "join", "crossJoin", "union",
    "repartition", "coalesce", "groupBy", "orderBy", "distinct", "dropDuplicates", "merge", "saveAsTable",
    "insertInto", "option", "trigger", "start", "toTable", "table", "load", "json", "csv", "parquet", "sql",
    "read", "foreachBatch", "withWatermark", "limit", "select", "where", "filter", "agg", "display",
    "log_model", "register_model",
)  # fmt: skip
KEYS = (
    "spark_version", "node_type_id", "num_workers", "max_retries", "timeout_seconds", "mode", "run_as",
    "schedule", "tags", "permissions", "existing_cluster_id", "job_cluster_key", "libraries", "environment_key",
    "default", "catalog", "custom_tags", "depends_on", "task_key", "parameters",
)  # fmt: skip
STATEMENTS = (
    "SELECT \\*", "VACUUM", "OPTIMIZE", "ZORDER", "MERGE INTO", "GRANT ALL", "INSERT OVERWRITE", "CREATE TABLE",
    "DROP TABLE", "DELETE FROM", "CROSS JOIN", "ORDER BY", "LOCATION '", "RETAIN [0-9]+ HOURS",
    "PARTITIONED BY", "CLUSTER BY", "COPY INTO", "TBLPROPERTIES", "USING delta", "EXPECT \\(",
)  # fmt: skip

Rule = dict[str, object]


def called(method: str) -> Rule:
    """A method that is called at all."""
    return {"languages": ["python"], "pattern": f"$FRAME.{method}(...)"}


def in_a_loop(method: str) -> Rule:
    """A method that is called for each item of something."""
    patterns = [{"pattern": f"$FRAME.{method}(...)"}, {"pattern-inside": "for $ITEM in $ITEMS:\n  ...\n"}]
    return {"languages": ["python"], "patterns": patterns}


def after_a_read(method: str) -> Rule:
    """A method on a name that was read from a table, with no limit between."""
    read = "$ROWS = spark.table(...)\n...\n"
    patterns: list[dict[str, str]] = [
        {"pattern-inside": read},
        {"pattern": f"$ROWS.{method}(...)"},
        {"pattern-not": f"$ROWS.limit(...).{method}(...)"},
    ]
    return {"languages": ["python"], "patterns": patterns}


def fed_by_a_widget(method: str) -> Rule:
    """A method that an outsider's text reaches."""
    return {
        "languages": ["python"],
        "mode": "taint",
        "pattern-sources": [{"pattern": "dbutils.widgets.get(...)"}],
        "pattern-sinks": [{"pattern": f"$ANY.{method}(...)"}],
    }


def configured(key: str) -> Rule:
    """A key of a bundle."""
    return {"languages": ["yaml"], "pattern": f"{key}: $VALUE"}


def stated(words: str) -> Rule:
    """A statement of a SQL file."""
    return {"languages": ["regex"], "pattern-regex": f"(?i){words}", "paths": {"include": ["*.sql", "*.py"]}}


FAMILIES: tuple[tuple[Callable[[str], Rule], tuple[str, ...]], ...] = (
    (called, METHODS),
    (stated, STATEMENTS),
    (after_a_read, METHODS),
    (configured, KEYS),
    (in_a_loop, METHODS),
    (fed_by_a_widget, METHODS),
)


def rules(count: int) -> list[Rule]:
    """That many rules, no two alike, the families taking turns.

    Raises:
        ValueError: there are not that many.
    """
    longest = max(len(words) for _, words in FAMILIES)
    turns = [(make, words[turn]) for turn in range(longest) for make, words in FAMILIES if turn < len(words)]
    if count > len(turns):
        raise ValueError(f"{count} semgrep rules were asked for and there are {len(turns)}: add words to METHODS")
    return [
        {"id": f"bench-{number:03}", "severity": "WARNING", "message": f"{make.__name__} {word}", **make(word)}
        for number, (make, word) in enumerate(turns[:count])
    ]


def write_rules(path: Path, count: int) -> None:
    """Write the rules as JSON, which semgrep reads as the YAML that it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"rules": rules(count)}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_rules(Path(sys.argv[1]), int(sys.argv[2]))
