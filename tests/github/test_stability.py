"""A finding keeps its id, and with it its thread, when lines are shifted around it and branches are rebased."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter
from pathlib import Path
from random import Random

from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.request import Request
from orchestrator.workflows.selection import Selection
from tests.github.loopback.planting import git

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "customer-360"
MARKS = {".py": "#", ".yml": "#", ".yaml": "#", ".sql": "--"}
ROUNDS = 50
STABLE = 0.98


def ids(root: Path) -> dict[str, str]:
    """The rule of each finding by its id."""
    request = Request(path=root, today=dt.date(2026, 11, 23), selection=Selection(select=("ALL",)))
    return {finding.id: finding.rule for finding in cached_review(request, use_cache=False).review.findings}


def files(root: Path) -> list[Path]:
    """The files that may get more lines."""
    return sorted(file for file in root.rglob("*") if file.suffix in MARKS and ".git" not in file.parts)


def shift(root: Path, chance: Random) -> None:
    """Comments of one to five lines at a random place of every file, whatever stands there."""
    for file in files(root):
        lines = file.read_text(encoding="utf-8").split("\n")
        place = chance.randint(1, len(lines))
        indent = lines[place - 1][: len(lines[place - 1]) - len(lines[place - 1].lstrip())]
        mark = f"{indent}{MARKS[file.suffix]} "
        lines[place:place] = [f"{mark}note {chance.getrandbits(32)}" for _ in range(chance.randint(1, 5))]
        file.write_text("\n".join(lines), encoding="utf-8")


def rebase(root: Path, chance: Random) -> None:
    """The base gains lines in every file, and the branch, which changes them too, is laid upon it."""
    git(root, "checkout", "--quiet", "-B", "moved", "main")
    shift(root, chance)
    git(root, "commit", "--quiet", "--all", "-m", "Base moves")
    git(root, "checkout", "--quiet", "-B", "work", "feature")
    git(root, "rebase", "--quiet", "--strategy-option=theirs", "moved")


def kept(before: dict[str, str], after: dict[str, str]) -> Counter[str]:
    """How many ids there are before, and how many of them after."""
    return Counter(ids=len(before), kept=len(before.keys() & after.keys()))


def test_fifty_line_shifts_and_rebases_keep_the_ids(tmp_path: Path) -> None:
    root = tmp_path / "project"
    shutil.copytree(EXAMPLE, root)
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "Base")
    git(root, "checkout", "--quiet", "-b", "feature")
    shift(root, Random("feature"))
    git(root, "commit", "--quiet", "--all", "-m", "Change")
    before = ids(root)
    assert len(before) >= 30
    tally: Counter[str] = Counter()
    for number in range(ROUNDS):
        chance = Random(number)
        (rebase if number % 2 else shift)(root, chance)
        tally += kept(before, ids(root))
        git(root, "checkout", "--quiet", "--force", "feature")
    share = tally["kept"] / tally["ids"]
    assert share >= STABLE, f"{tally['kept']} of {tally['ids']} ids stayed: {share:.2%}"
