"""Fingerprints: the ids of findings stay when the code around them moves, and never depend on chance."""

from __future__ import annotations

import ast
import datetime as dt
import random
import shutil
from pathlib import Path

import pytest

from orchestrator.code.limits import Limits
from orchestrator.types import Finding
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.request import Request

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "customer-360"
KEPT = 0.98
TODAY = dt.date(2026, 1, 1)


def findings(folder: Path, *, jobs: int = 1) -> tuple[Finding, ...]:
    request = Request(path=folder, today=TODAY, limits=Limits(), jobs=jobs)
    return cached_review(request, use_cache=False).review.findings


def ids(folder: Path, *, jobs: int = 1) -> set[str]:
    return {finding.id for finding in findings(folder, jobs=jobs)}


def copy(folder: Path) -> Path:
    shutil.copytree(EXAMPLE, folder)
    return folder


def free_lines(text: str) -> list[int]:
    """The places between two top-level statements of a module, as numbers of lines above them."""
    return [0, *(statement.end_lineno or 0 for statement in ast.parse(text).body)]


def moved(text: str, chance: random.Random) -> str:
    """The module with a blank or comment line put in at three places, below its first line."""
    lines = text.splitlines(keepends=True)
    for place in sorted(chance.choices([line for line in free_lines(text) if line], k=3), reverse=True):
        lines.insert(place, chance.choice(["\n", "# moved\n", "\n\n# a note\n"]))
    return "".join(lines)


@pytest.mark.parametrize("seed", range(5))
def test_ids_survive_lines_put_in_above(tmp_path: Path, seed: int) -> None:
    folder = copy(tmp_path / "customer-360")
    before = ids(folder)
    chance = random.Random(seed)
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "# MAGIC" not in text and len(free_lines(text)) > 1:
            path.write_text(moved(text, chance), encoding="utf-8")
    kept = before & ids(folder)
    assert len(kept) >= KEPT * len(before)


def test_ids_depend_neither_on_the_place_of_the_project_nor_on_unrelated_files(tmp_path: Path) -> None:
    here = copy(tmp_path / "one" / "customer-360")
    there = copy(tmp_path / "two" / "elsewhere" / "renamed")
    for name in ("aaa.py", "src/zzz.py", "notes.sql"):
        (there / name).write_text("-- nothing\n" if name.endswith(".sql") else "x = 1\n", encoding="utf-8")
    assert ids(here) == ids(there)


def test_any_number_of_processes_finds_the_same_in_the_same_order(tmp_path: Path) -> None:
    for number in range(8):
        copy(tmp_path / "many" / f"project_{number}")
    alone = findings(tmp_path / "many")
    assert len(alone) > 100
    assert alone == findings(tmp_path / "many", jobs=2) == findings(tmp_path / "many", jobs=4)


def test_every_id_is_its_own() -> None:
    found = findings(EXAMPLE)
    assert len({finding.id for finding in found}) == len(found)
