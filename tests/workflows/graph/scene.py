"""A small project, a model that finds one defect in it, and a review of the one by the other."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from orchestrator.events import Event
from orchestrator.models.providers import open_model
from orchestrator.types import Review, Spending
from orchestrator.workflows.graph.running import Wanted, review_with_model
from orchestrator.workflows.graph.settings import ModelSettings
from orchestrator.workflows.request import Request, Reviewed
from tests.models.answers import Asked, Said, structured, use

MODEL = "claude-opus-5-5"
TODAY = dt.date(2026, 11, 23)
AGENTS = ("delta-lake-expert", "pyspark-optimizer", "streaming-specialist")
WRITE = 'rows.write.format("delta").mode("overwrite").saveAsTable("main.sales.clean")'
LOAD = f"""from pyspark.sql import functions as F

rows = spark.table("main.sales.orders").filter(F.col("amount") > 0)
{WRITE}
stream = spark.readStream.table("main.sales.orders")
stream.writeStream.toTable("main.sales.copy")
"""
CLAIM = {
    "path": "load.py",
    "start_line": 4,
    "end_line": 4,
    "quote": WRITE,
    "category": "overwrite-without-guard",
    "severity": "high",
    "confidence": 100,
    "message": "an empty input overwrites the whole table",
    "why": "line 4 writes whatever line 3 left",
    "fix": None,
}
KEEP = {
    "verdict": "keep",
    "reason": "line 4 overwrites without a look at the input",
    "real": "yes",
    "handled": "no",
    "new": "not-asked",
    "quotes": [{"path": "load.py", "start_line": 4, "end_line": 4, "quote": WRITE}],
}


def project(folder: Path) -> Path:
    """The project, in a folder of its own."""
    root = folder / "project"
    root.mkdir()
    (root / "load.py").write_text(LOAD, encoding="utf-8")
    return root


def who(asked: Asked) -> str:
    """Who sends this request."""
    if "You are the refuter" in asked.system:
        return "refuter"
    return next(name for name in AGENTS if f"as {name};" in asked.said)


def finds(asked: Asked) -> Said:
    """What the model says: specialists read the file and claim one defect, the refuter keeps it."""
    if who(asked) == "refuter":
        return structured(KEEP)
    if asked.turn == 0:
        return [use("read_file", "toolu_1", path="load.py")]
    return structured({"findings": [CLAIM], "not_reviewed": []})


def with_trouble(name: str, trouble: Callable[[Asked], Said]) -> Callable[[Asked], Said]:
    """The same model, but for one caller."""
    return lambda asked: trouble(asked) if who(asked) == name else finds(asked)


@dataclass
class Told:
    """What was told of a run."""

    events: list[Event] = field(default_factory=list)

    def __call__(self, event: Event) -> None:
        self.events.append(event)

    @property
    def run(self) -> str:
        """The run's id."""
        return next(event.run for event in self.events if event.kind == "run-started")

    @property
    def warnings(self) -> list[str]:
        """The sentences for a person."""
        return [event.text for event in self.events if event.kind == "warned"]

    @property
    def steps(self) -> list[str]:
        """The steps that came to their end."""
        return [event.step for event in self.events if event.kind == "step-ended"]

    @property
    def reused(self) -> set[str]:
        """The specialists whose answer was kept from an earlier run."""
        return {event.who for event in self.events if event.kind == "specialist-ended" and event.reused}


PLAIN = ModelSettings(model=MODEL, agents=AGENTS)


def wanted(root: Path, *, resume: str | None = None, use_cache: bool = True, settings: ModelSettings = PLAIN) -> Wanted:
    """A review of the project by three specialists."""
    return Wanted(request=Request(path=root, today=TODAY), settings=settings, resume=resume, use_cache=use_cache)


async def review(asked: Wanted, address: str, tell: Callable[[Event], None]) -> Reviewed:
    """The review by the model at an address."""
    model = open_model(asked.settings.model, {"ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": address})
    try:
        return await review_with_model(asked, model=model, tell=tell)
    finally:
        await model.close()


def callers(requests: list[Asked]) -> Counter[str]:
    """How often each caller asked."""
    return Counter(map(who, requests))


def content(found: Review) -> str:
    """What a review says, without what two equal ones differ in: times, costs and the run."""
    lines = tuple(replace(line, spending=None) for line in found.specialists)
    asked = None if found.asked is None else replace(found.asked, run="", spending=Spending())
    plain = replace(found, seconds=0.0, specialists=lines, asked=asked)
    return json.dumps(asdict(plain), sort_keys=True)
