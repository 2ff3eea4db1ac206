"""A small suite on disk: one case with two defects and one clean case, each part replaceable."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict, Unpack

import yaml

from orchestrator.evaluate.case import Case
from orchestrator.evaluate.prediction import Prediction, category_of
from orchestrator.evaluate.suite import load_suite
from orchestrator.types import Severity

LOAD = '''"""Loads orders."""

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()


def load(day: str) -> None:
    orders = spark.read.table("main.sales.orders")
    rows = orders.collect()
    print(len(rows), day)


def follow() -> None:
    events = spark.readStream.table("main.sales.events")
    events.writeStream.toTable("main.sales.copied")
'''
MENDED = LOAD.replace(
    "    rows = orders.collect()\n    print(len(rows), day)", "    print(orders.count(), day)"
).replace("events.writeStream.", 'events.writeStream.option("checkpointLocation", "/Volumes/main/sales/state/copied").')
CLEAN = '''"""Reads the few regions."""

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
regions = spark.read.table("main.sales.orders").select("region").distinct().limit(20).collect()
names = [row["region"] for row in regions]
'''
Tree = dict[str, object]


def golden(name: str = "g1", **changes: object) -> Tree:
    """An entry of golden.yaml: the unbounded collect in line 10."""
    return {
        "id": name,
        "kind": "unbounded-collect",
        "rules": ["PYS001"],
        "also_accept": ["whole-table-on-driver", "driver-out-of-memory"],
        "category": "performance",
        "severity": "high",
        "file": "src/load.py",
        "lines": [10, 10],
        "quote": "orders.collect()",
        "scope": "line",
        "tier": "T1",
        "must_find": True,
        "rationale": "The driver runs out of memory once the table has grown.",
        **changes,
    }


def stream(name: str = "g2", **changes: object) -> Tree:
    """An entry of golden.yaml: the stream without a checkpoint in line 16."""
    return golden(
        name,
        **{
            "kind": "missing-checkpoint",
            "rules": ["STR001"],
            "also_accept": ["checkpoint-not-set", "stream-restarts-from-nothing"],
            "category": "streaming",
            "severity": "critical",
            "lines": [16, 16],
            "quote": "events.writeStream.toTable",
            "must_find": False,
            **changes,
        },
    )


def _defect() -> Tree:
    return {
        "id": "loads-everything",
        "title": "A job that collects a table and forgets a checkpoint",
        "kind": "defect",
        "domain": "pyspark",
        "tier": "T1",
        "origin": {"kind": "hand", "sources": ["https://spark.apache.org/docs/latest/"]},
        "closed_world": ["performance"],
    }


def _clean() -> Tree:
    return {**_defect(), "id": "few-regions", "kind": "clean", "domain": "delta-sql", "title": "A bounded collect"}


def negative(line: int, quote: str, **changes: object) -> Tree:
    """An entry of hard_negatives.yaml."""
    place: Tree = {"file": "src/load.py", "lines": [line, line], "quote": quote}
    return {**place, "looks_like": "full-scan", "why": "It is bounded further down.", **changes}


@dataclass
class Draft:
    """A case about to be written, as the parts of its files."""

    place: str
    spec: Tree
    findings: list[Tree]
    negatives: list[Tree]
    texts: dict[str, str]
    twin: dict[str, str] = field(default_factory=dict)
    ignored: list[Tree] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    """Further files below the case, which replace those that the parts make."""

    def write(self, suite: Path) -> None:
        """Put the files into the suite."""
        folder = suite / self.place
        golden_file: Tree = {"findings": self.findings, **({"ignored": self.ignored} if self.ignored else {})}
        contents = {
            "case.yaml": yaml.safe_dump(self.spec, sort_keys=False),
            "golden.yaml": yaml.safe_dump(golden_file, sort_keys=False),
            "hard_negatives.yaml": yaml.safe_dump({"places": self.negatives}, sort_keys=False),
            **{f"input/{path}": text for path, text in self.texts.items()},
            **{f"twin/{path}": text for path, text in self.twin.items()},
            **self.files,
        }
        for path, text in contents.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")


def defect() -> Draft:
    """The case with two defects."""
    return Draft(
        place="dev/loading/loads-everything",
        spec=_defect(),
        findings=[golden(), stream()],
        negatives=[negative(9, 'spark.read.table("main.sales.orders")')],
        texts={"src/load.py": LOAD},
        twin={"src/load.py": MENDED},
    )


def clean() -> Draft:
    """The case without any."""
    return Draft(
        place="test/bounded/few-regions",
        spec=_clean(),
        findings=[],
        negatives=[
            negative(6, ".limit(20).collect()", file="src/regions.py", looks_like="unbounded-collect"),
            negative(7, "for row in regions", file="src/regions.py"),
        ],
        texts={"src/regions.py": CLEAN},
    )


class _Other(TypedDict, total=False):
    id: str
    path: str
    evidence: str
    source: str
    confidence: int
    lines: tuple[int, int]


def write_suite(folder: Path, *drafts: Draft) -> Path:
    """The suite `small` in the folder, of these cases or of both."""
    suite = folder / "small"
    for draft in drafts or (defect(), clean()):
        copy.deepcopy(draft).write(suite)
    return suite


def loaded(folder: Path, change: Callable[[Draft], None] | None = None) -> Case:
    """The case with two defects, changed and loaded again."""
    draft = defect()
    if change is not None:
        change(draft)
    suite = load_suite(write_suite(folder, draft))
    assert suite.refusals == ()
    return suite.cases[0]


def said(
    rule: str = "PYS001",
    line: int = 10,
    *,
    agents: tuple[str, ...] = ("pyspark-optimizer",),
    category: str | None = "",
    severity: Severity = Severity.HIGH,
    **others: Unpack[_Other],
) -> Prediction:
    """A finding of one agent about a line of the case with two defects."""
    return Prediction(
        id=others.get("id", f"{rule}-{line}"),
        agents=agents,
        rule=rule,
        category=category_of(rule) if category == "" else category,
        severity=severity,
        confidence=others.get("confidence", 75),
        path=others.get("path", "src/load.py"),
        lines=others.get("lines", (line, line)),
        evidence=others.get("evidence", LOAD.split("\n")[line - 1]),
        source=others.get("source", "rule"),
    )
