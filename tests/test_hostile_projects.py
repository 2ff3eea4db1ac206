"""Hostile and broken projects, the whole path: a sentence or a ledger entry, the right exit code, no traceback."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.cli import main

EXAMPLE = Path(__file__).parent.parent / "examples" / "customer-360"


def review(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, dict[str, object]]]:
    """The exit code, and the ledger by path."""
    code = main(["review-pipeline", str(folder), "--output", "json", "--no-cache", "--quiet", "--fail-on", "never"])
    coverage = json.loads(capsys.readouterr().out)["coverage"]
    return code, {entry["path"]: entry for entry in coverage}


def big_file(folder: Path) -> None:
    with (folder / "bad.py").open("wb") as file:
        file.truncate(200 * 1024 * 1024)


def deep_nesting(folder: Path) -> None:
    (folder / "bad.py").write_text("x = " + "(" * 5_000 + ")" * 5_000 + "\n", encoding="utf-8")


def invalid_utf8(folder: Path) -> None:
    (folder / "bad.py").write_bytes(b"x = '\xff\xfe'\n")


def link_out(folder: Path) -> None:
    (folder / "bad.py").symlink_to("/etc/passwd")


def link_loop(folder: Path) -> None:
    (folder / "bad").mkdir()
    (folder / "bad" / "again").symlink_to(folder / "bad", target_is_directory=True)


def named_pipe(folder: Path) -> None:
    os.mkfifo(folder / "bad.py")


def yaml_bomb(folder: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 10)}]" for at in range(1, 12)]
    (folder / "databricks.yml").write_text("bundle:\n  name: b\n" + "\n".join(lines), encoding="utf-8")


def include_cycle(folder: Path) -> None:
    (folder / "databricks.yml").write_text(
        "bundle: {name: b}\ninclude: [a.yml, ../../etc/*.yml]\ntargets: {dev: }\n", encoding="utf-8"
    )
    (folder / "a.yml").write_text(
        "include: [databricks.yml, a.yml]\nresources: {jobs: {j: {name: j}}}\n", encoding="utf-8"
    )


def deep_yaml(folder: Path) -> None:
    (folder / "databricks.yml").write_text("a: " + "[" * 3_000 + "]" * 3_000, encoding="utf-8")


def broken_notebook(folder: Path) -> None:
    (folder / "bad.ipynb").write_text('{"cells": [{"cell_type": "code", "source": 7}, ', encoding="utf-8")


def odd_notebook(folder: Path) -> None:
    cells = [{"cell_type": "code", "source": 7}, {"cell_type": 3}, "x", {"cell_type": "code", "source": ["df.count()"]}]
    (folder / "bad.ipynb").write_text(json.dumps({"nbformat": 4, "cells": cells}), encoding="utf-8")


def unclosed_sql(folder: Path) -> None:
    (folder / "bad.sql").write_text("SELECT 'never closed FROM `x WHERE (((\n" * 200, encoding="utf-8")


def long_line(folder: Path) -> None:
    (folder / "bad.sql").write_text("SELECT " + ", ".join(f"c{at}" for at in range(150_000)), encoding="utf-8")


def odd_names(folder: Path) -> None:
    (folder / "a\nb.py").write_text("df.collect()\n", encoding="utf-8")
    (folder / "\u202exyp.py").write_text("df.collect()\n", encoding="utf-8")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.py")).write_text("df.collect()\n", encoding="utf-8")


BUILDERS: list[tuple[Callable[[Path], None], int, str | None]] = [
    (big_file, 3, "bad.py"),
    (deep_nesting, 3, "bad.py"),
    (invalid_utf8, 3, "bad.py"),
    (link_out, 0, "bad.py"),
    (link_loop, 0, None),
    (named_pipe, 0, None),
    (yaml_bomb, 3, "databricks.yml"),
    (include_cycle, 0, None),
    (deep_yaml, 3, "databricks.yml"),
    (broken_notebook, 3, "bad.ipynb"),
    (odd_notebook, 0, None),
    (odd_names, 3, "\\xff.py"),
]


@pytest.mark.parametrize(("build", "code", "path"), [pytest.param(*case, id=case[0].__name__) for case in BUILDERS])
def test_hostile_project_is_reviewed_around(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    build: Callable[[Path], None],
    code: int,
    path: str | None,
) -> None:
    (tmp_path / "good.py").write_text("x = 1\n", encoding="utf-8")
    build(tmp_path)
    exit_code, ledger = review(tmp_path, capsys)
    assert exit_code == code, ledger
    assert ledger["good.py"]["status"] == "full"
    if path is not None:
        assert ledger[path]["status"] != "full"
        assert ledger[path]["reason"]


@pytest.mark.parametrize("build", [unclosed_sql, long_line])
def test_odd_sql_ends_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], build: Callable[[Path], None]
) -> None:
    build(tmp_path)
    exit_code, ledger = review(tmp_path, capsys)
    assert exit_code in {0, 3}
    assert "bad.sql" in ledger


FILES = sorted(
    path for path in EXAMPLE.rglob("*") if path.suffix in {".py", ".sql", ".yml", ".yaml", ".ipynb"} and path.is_file()
)


def mutated(text: str, seed: int) -> str:
    """The text with a few cuts, doublings and strange characters, the same for one seed."""
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.randint(0, 200))
        text = chance.choice(
            [
                text[:start] + text[end:],
                text[:end] + text[start:],
                text[:start]
                + chance.choice(['"""', "'", "{", "(", "\t", "\x00", "\u202e", "\r", "${var.", "{{", "&a *a", "- "])
                + text[start:],
                text[:start] + text[start:end][::-1] + text[end:],
            ]
        )
    return text


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seeds=st.lists(st.integers(0, 2**32), min_size=len(FILES), max_size=len(FILES)), only=st.integers(0, 10_000))
def test_no_mutation_of_a_real_project_breaks_the_review(
    tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str], seeds: list[int], only: int
) -> None:
    folder = tmp_path_factory.mktemp("mutated")
    for at, (path, seed) in enumerate(zip(FILES, seeds, strict=True)):
        target = folder / path.relative_to(EXAMPLE)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        target.write_text(mutated(text, seed) if at % 4 == only % 4 else text, encoding="utf-8", newline="")
    exit_code, ledger = review(folder, capsys)
    assert exit_code in {0, 3}
    failed = [entry for entry in ledger.values() if "failed on this file" in str(entry["reason"])]
    assert failed == []
    shutil.rmtree(folder)
