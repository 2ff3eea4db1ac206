"""Measures the replay of recorded specialists over the whole suite: the command of `eval run`, offline.

The recordings are made here by a script, in a folder that goes with the bench, and are marked synthetic: they measure
nobody, so that no number of quality is printed. Each specialist lists the files, reads one and claims one defect; the
refuter keeps it.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from measure import BenchError, Command, median
from peers import ROOT
from rows import QUICK, Bench, Row

if TYPE_CHECKING:
    from pydantic import JsonValue

    from orchestrator.evaluate.recorded.settings import CassetteSettings
    from orchestrator.evaluate.recorded.subject import Subject
    from orchestrator.models.conversation import Ask
    from orchestrator.models.scripted import Said

SUITE = ROOT / "evals" / "databricks-review"
SPLITS = ("dev", "test")
MODEL = "claude-opus-5-5"
CORES = 2
GOAL = 60
QUICK_FAMILIES = 3


def replay(bench: Bench) -> Iterator[Row]:
    """The whole process: reading the suite, every review through the real graph, and the score."""
    suite = _copied(bench)
    _recorded(suite)
    before = os.times()
    seconds = median(_command(bench, suite), runs=bench.sizes.runs)
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    told = _stored(bench)
    yield Row(
        what=f"replay of {told.cases} cases and their twins by `eval run --system recorded --jobs {CORES}`, "
        f"whole process, synthetic recordings of {told.conversations / told.reviews:.0f} conversations a review",
        goal=f"under {GOAL} s",
        measured=f"**{seconds:.1f} s** ({told.reviews} reviews, {told.conversations:,} conversations, "
        f"{spent / told.runs:.1f} s of processors)",
        met=None if bench.sizes == QUICK else seconds < GOAL,
    )


REPLAYS = (replay,)


@dataclass(frozen=True, kw_only=True)
class _Stored:
    """What the runs kept: how many there are, and what each of them holds."""

    runs: int
    cases: int
    reviews: int
    conversations: int


def _copied(bench: Bench) -> Path:
    """The cases in a folder of the bench, without the recordings that are there; a few of them for a smoke test."""
    copy = bench.folder / "replayed"
    for split in SPLITS:
        families = sorted(path for path in (SUITE / split).iterdir() if path.is_dir())
        for family in families[: QUICK_FAMILIES if bench.sizes == QUICK else None]:
            shutil.copytree(family, copy / split / family.name)
    return copy


def _recorded(suite: Path) -> None:
    """Record every variant of every case by the script; each recording is replayed once before it is kept."""
    from orchestrator.evaluate.recorded.plan import keep_settings, subjects_of
    from orchestrator.evaluate.recorded.settings import CassetteSettings
    from orchestrator.evaluate.running import usable_suite

    settings = CassetteSettings(model=MODEL)
    keep_settings(suite, settings)
    subjects = subjects_of(usable_suite(str(suite)).cases, epochs=1)
    # Started anew, for other measurements may have left threads here.
    with ProcessPoolExecutor(CORES, mp_context=multiprocessing.get_context("spawn")) as processes:
        many = len(subjects)
        hows = set[str]().union(*processes.map(_record, subjects, [suite] * many, [settings] * many))
    if hows != {"synthetic"}:
        raise BenchError(f"recordings of a script must be synthetic, and these are {', '.join(sorted(hows))}")


def _record(subject: Subject, suite: Path, settings: CassetteSettings) -> set[str]:
    """Record one of them; returns how it is marked."""
    from orchestrator.evaluate.recorded.recording import record
    from orchestrator.evaluate.recorded.settings import cassettes_folder
    from orchestrator.models.scripted import ScriptedModel

    model = ScriptedModel(_Script(subject))
    return set(record(subject, cassettes_folder(suite), settings, model=model, credentials=frozenset()).hows)


class _Script:
    """What the specialists of one project and their refuter say."""

    def __init__(self, subject: Subject) -> None:
        code = sorted(path for path in subject.texts if path.endswith((".py", ".sql"))) or sorted(subject.texts)
        lines = subject.texts[code[0]].split("\n")
        longest = max(lines, key=len)
        line = lines.index(longest) + 1
        self._path = code[0]
        self._place = {"path": code[0], "start_line": line, "end_line": line, "quote": longest.strip()}

    def __call__(self, ask: Ask) -> Said | str:
        """The answer to one request."""
        turn = sum(message.role == "assistant" for message in ask.messages)
        if any("You are the refuter" in block.text for block in ask.system):
            return json.dumps(self._kept())
        if turn < 2:
            return self._look(turn)
        return json.dumps({"findings": [self._claim()], "not_reviewed": []})

    def _look(self, turn: int) -> Said:
        from orchestrator.models.conversation import ToolUse
        from orchestrator.models.scripted import Said

        name = ("list_files", "read_file")[turn]
        arguments: dict[str, JsonValue] = {"path": self._path} if turn else {}
        return Said(blocks=(ToolUse(id=f"toolu_{turn}", name=name, arguments=arguments),))

    def _claim(self) -> dict[str, object]:
        said = {"category": "scripted-claim", "severity": "medium", "confidence": 90, "fix": None}
        return {**self._place, **said, "message": "a script claims this line", "why": "so that somebody must refute it"}

    def _kept(self) -> dict[str, object]:
        answers = {"real": "yes", "handled": "no", "new": "not-asked", "verdict": "keep"}
        return {**answers, "reason": "the script says so", "quotes": [self._place]}


def _command(bench: Bench, suite: Path) -> Command:
    words = ("eval", "run", suite, "--system", "recorded", "--jobs", str(CORES), "--quiet")
    command = bench.orchestrate(*words, output="replay")
    state = {"ORCHESTRATE_STATE_DIR": str(_state(bench))}
    return replace(command, environment={**command.environment, **state}, is_success=lambda code: code == 0)


def _state(bench: Bench) -> Path:
    return bench.folder / "replay-state"


def _stored(bench: Bench) -> _Stored:
    """What the runs hold.

    Raises:
        BenchError: something was not replayed, or the runs differ.
    """
    runs = sorted((_state(bench) / "evals").iterdir())
    logs = {(run / "log.jsonl").read_text("utf-8") for run in runs}
    if len(logs) != 1:
        raise BenchError("two replays of the same recordings differ")
    entries = [json.loads(line) for line in logs.pop().splitlines()]
    played = [each for entry in entries for each in entry["cassettes"]]
    stale = [each for each in played if each["state"] != "FRESH" or each["how"] != "synthetic"]
    if stale or not played:
        raise BenchError(f"the recordings were not replayed whole: {stale[:1]}")
    cases = len({entry["case"] for entry in entries})
    return _Stored(runs=len(runs), cases=cases, reviews=len(entries), conversations=len(played))
