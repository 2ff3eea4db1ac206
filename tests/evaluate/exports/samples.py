"""Scored runs written by hand: one with everything in it, a synthetic one, and one full of traps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from orchestrator.evaluate.case import Case, CaseSpec, Golden, HardNegative, Ignored, Origin
from orchestrator.evaluate.exports.report import Report
from orchestrator.evaluate.metrics.of_run import run_metrics
from orchestrator.evaluate.prediction import Prediction
from orchestrator.evaluate.runlog import AgentRun, CassetteState, Entry, How, RunLog, Spec
from orchestrator.evaluate.score import score
from orchestrator.evaluate.suite import Suite
from orchestrator.types import Severity

LOAD = """from pyspark.sql import functions as F


def load(spark, path):
    rows = spark.table("shop.raw.orders").collect()
    stream = spark.readStream.table("shop.raw.orders")
    first = stream.writeStream.option("checkpointLocation", path).toTable("shop.clean.orders")
    second = stream.writeStream.option("checkpointLocation", path).toTable("shop.clean.returns")
    days = spark.sql("SHOW PARTITIONS shop.raw.orders").collect()
    return first, second, rows, days
"""
MENDED = LOAD.replace('path).toTable("shop.clean.returns")', 'f"{path}/returns").toTable("shop.clean.returns")')
REPORT = 'def total(spark):\n    return spark.table("shop.clean.orders").count()\n'
CHECKPOINT = Golden(
    id="g1",
    kind="shared-checkpoint",
    rules=("STR002",),
    also_accept=("state-folder-of-two-queries",),
    category="streaming",
    severity="critical",
    file="src/load.py",
    lines=(8, 8),
    quote='.option("checkpointLocation", path)',
    scope="line",
    tier="T2",
    must_find=True,
    rationale="Two queries share `path`: each loses what the other has read.",
)
LATE = CHECKPOINT.model_copy(
    update={
        "id": "g2",
        "kind": "missing-watermark",
        "rules": (),
        "also_accept": (),
        "category": "correctness",
        "severity": "high",
        "lines": (6, 6),
        "quote": "spark.readStream",
        "tier": "T4",
        "rationale": "State grows for ever.",
    }
)
TRAP = HardNegative(
    file="src/load.py",
    lines=(9, 9),
    quote="SHOW PARTITIONS",
    looks_like="collect-unbounded",
    why="A list of partitions is short.",
)
NEUTRAL = Ignored(file="src/load.py", lines=(1, 1), why="An import that nobody uses is nobody's business here.")


def spec(name: str, kind: str, title: str) -> CaseSpec:
    return CaseSpec(
        id=name,
        title=title,
        kind="defect" if kind == "defect" else "clean",
        domain="streaming",
        tier="T4",
        origin=Origin(kind="hand", sources=("https://docs.databricks.com/structured-streaming",)),
        closed_world=("streaming", "cost"),
    )


DEFECT = Case(
    split="dev",
    family="checkpoints",
    folder=Path("dev/checkpoints/two-queries"),
    spec=spec("two-queries", "defect", "Two queries write through one checkpoint"),
    goldens=(CHECKPOINT, LATE),
    ignored=(NEUTRAL,),
    hard_negatives=(TRAP,),
    texts={"src/load.py": LOAD, "src/report.py": REPORT},
    twin_texts={"src/load.py": MENDED},
)
CLEAN = Case(
    split="test",
    family="counting",
    folder=Path("test/counting/daily-total"),
    spec=spec("daily-total", "clean", "A total that is right"),
    goldens=(),
    ignored=(),
    hard_negatives=(),
    texts={"src/report.py": REPORT},
)
SUITE = Suite(name="sample", folder=Path("sample"), cases=(DEFECT, CLEAN), refusals=())


def said(rule: str, line: int, evidence: str) -> Prediction:
    return Prediction(
        id=f"{rule}-{line}",
        agents=("streaming-specialist",),
        rule=rule,
        category="streaming",
        severity=Severity.HIGH,
        confidence=100,
        path="src/load.py",
        lines=(line, line),
        message=f"`{rule}` at line {line}",
        evidence=evidence,
    )


OPTION = '.option("checkpointLocation", path)'
OPTIMIZER = ("pyspark-optimizer",)
SAID = (
    replace(said("STR002", 8, OPTION), severity=Severity.CRITICAL),
    replace(said("STR002", 7, OPTION), id="again", agents=("pipeline-architect",)),
    replace(said("PYS001", 9, "SHOW PARTITIONS"), category="performance", agents=OPTIMIZER),
    replace(said("PYS001", 5, ".collect()"), category="performance", agents=OPTIMIZER),
    replace(said("STR006", 10, "return first, second"), severity=Severity.LOW),
    said("STR001", 3, "this stands nowhere"),
    replace(said("PYS011", 1, "from pyspark.sql import functions"), category="correctness"),
)
STILL = (replace(said("STR002", 8, '.option("checkpointLocation"'), severity=Severity.CRITICAL),)


def log(how: How = "rules", *, input_: tuple[Prediction, ...] = SAID, state: str = "FRESH") -> RunLog:
    cassettes = () if how == "rules" else (CassetteState(agent="streaming-specialist", state=state, how=how),)
    asked = (AgentRun(agent="streaming-specialist", status="full"),)
    entries = (
        Entry(case="daily-total", variant="input", epoch=1, predictions=(), lines=2, agents=asked, cassettes=cassettes),
        Entry(case="two-queries", variant="input", epoch=1, predictions=input_, lines=11, agents=asked),
        Entry(case="two-queries", variant="twin", epoch=1, predictions=STILL, lines=11, agents=asked),
    )
    made = Spec(
        suite="sample",
        dataset_version="0.1.0",
        dataset_sha256="0" * 64,
        case_sha256={"daily-total": "1" * 64, "two-queries": "2" * 64},
        system="rules",
        how=how,
        versions={"orchestrate": "0.1.0"},
    )
    return RunLog(spec=made, entries=entries)


def report(run: RunLog, suite: Suite = SUITE) -> Report:
    scored = score(run, suite.cases)
    return Report(log=run, suite=suite, scored=scored, metrics=run_metrics(run, suite.cases, scored))


def full() -> Report:
    return report(log())


def synthetic() -> Report:
    return report(log("synthetic"))


def stale() -> Report:
    return report(log("live", state="STALE-PROMPT"))


def hostile(trap: str) -> Report:
    """A run and a suite that carry the trap wherever a case's writer or a model may write."""
    path = f"src/{trap}.py"
    golden = CHECKPOINT.model_copy(update={"id": "g1", "file": path, "lines": (1, 1), "quote": trap, "rationale": trap})
    words = DEFECT.spec.model_copy(update={"title": trap})
    trapped = HardNegative.model_construct(file=path, lines=(3, 3), quote=trap, looks_like="x", why=trap)
    case = replace(
        DEFECT,
        spec=words,
        goldens=(golden, golden.model_copy(update={"id": "g2", "kind": "missing-watermark", "lines": (9, 9)})),
        ignored=(),
        hard_negatives=(trapped,),
        texts={path: f"{trap}\n{trap}\n{trap}\n"},
        twin_texts={},
    )
    told = replace(said("STR002", 1, trap), path=path, message=trap, agents=(trap,))
    false = replace(told, id="false", rule=trap, lines=(3, 3), category="cost")
    run = log(input_=(told, false))
    made = replace(run.spec, system=trap, versions={trap: trap})
    changed = replace(run, spec=made, entries=tuple(each for each in run.entries if each.variant == "input"))
    return report(changed, replace(SUITE, cases=(case, CLEAN)))
