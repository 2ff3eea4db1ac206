"""Defects that are planted into clean code are found at their line, and the clean twin is silent."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent.parent
SCRIPT = ROOT / "evals" / "rules" / "seeded.py"


class Mutant(NamedTuple):
    """What the script wrote of one mutant."""

    rule: str
    form: str
    found: bool
    twin: bool


def _run(out: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), "--out", str(out), "--jobs", "1", *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", cwd=ROOT, check=False)


@pytest.fixture(scope="module")
def mutants(tmp_path_factory: pytest.TempPathFactory) -> list[Mutant]:
    out = tmp_path_factory.mktemp("seeded") / "seeded.jsonl"
    done = _run(out, "--quick")
    assert done.returncode == 0, done.stderr
    entries = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    return [Mutant(entry["rule"], entry["form"], entry["found"], entry["twin"]) for entry in entries]


def test_no_rule_speaks_on_the_clean_twin(mutants: list[Mutant]) -> None:
    assert [(each.rule, each.form) for each in mutants if each.twin] == []


def test_every_rule_with_mutators_finds_some_of_what_they_plant(mutants: list[Mutant]) -> None:
    assert {each.rule for each in mutants} - {each.rule for each in mutants if each.found} == set()


def test_nine_in_ten_forms_are_found(mutants: list[Mutant]) -> None:
    missed = [f"{each.rule} {each.form}" for each in mutants if not each.found]
    assert len(missed) <= len(mutants) / 10, missed


def test_a_floor_that_a_rule_does_not_reach_fails_the_command(tmp_path: Path) -> None:
    done = _run(tmp_path / "seeded.jsonl", "--quick", "--rules", "PYS009", "--at-least", "1.1")
    assert done.returncode == 1


def test_a_rule_that_no_mutator_knows_is_refused_by_name(tmp_path: Path) -> None:
    done = _run(tmp_path / "seeded.jsonl", "--rules", "PYS999")
    assert (done.returncode, done.stderr) == (2, "no mutator plants PYS999\n")
