"""What linters print, read as they print it; and what becomes of it in the shape that is scored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.errors import IncompleteError, UsageError
from orchestrator.evaluate.peers import environment, reviewing
from orchestrator.evaluate.peers import linter as linter_module
from orchestrator.evaluate.peers.known import linter, linters
from orchestrator.evaluate.peers.linter import Linter, Remark, remarks
from orchestrator.evaluate.system import system
from orchestrator.types import Severity

ANTIPATTERN = """\x1b[1;31merror[D001][HIGH]\x1b[0m: Avoid using collect()
  --> src/load.py:4:9
   |
4  |     rows = frame.collect()

warning[F005][LOW]: Avoid stacking multiple withColumn() calls
  --> src/load.py:9:1
"""
SQLFLUFF = [
    {
        "filepath": "sql/a.sql",
        "violations": [
            {"start_line_no": 3, "end_line_no": 4, "code": "AM02", "description": "Ambiguous union."},
            {"start_line_no": 7, "code": "PRS", "description": "Unparsable."},
        ],
    }
]


def test_every_file_that_declares_a_linter_is_found() -> None:
    assert tuple(linters()) == (
        "cylint", "databricks-labs-pylint", "pipeline-lint", "pyspark-antipattern", "ruff", "sqlfluff",
    )  # fmt: skip


def test_each_linter_is_a_system_with_its_version() -> None:
    found = system("cylint")
    assert found.how == "peer"
    assert found.versions()["cylint"] == "0.1.5"


def test_an_unknown_linter_is_told_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="no linter is called 'lint'; there are cylint"):
        linter("lint")


def test_coloured_text_is_read_with_rule_severity_and_place() -> None:
    assert list(linter("pyspark-antipattern").read(ANTIPATTERN)) == [
        Remark(path="src/load.py", line=4, end_line=4, rule="D001", message="Avoid using collect()", severity="high"),
        Remark(
            path="src/load.py",
            line=9,
            end_line=9,
            rule="F005",
            message="Avoid stacking multiple withColumn() calls",
            severity="low",
        ),
    ]


def test_violations_of_several_files_are_read() -> None:
    found = list(linter("sqlfluff").read(json.dumps(SQLFLUFF)))
    assert [(one.rule, one.line, one.end_line) for one in found] == [("AM02", 3, 4), ("PRS", 7, 7)]


def scripted(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Linter:
    """A linter whose program is this shell script."""
    program = folder / "program"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(linter_module, "program", lambda _: program)

    def read(printed: str) -> Iterator[Remark]:
        for path, line, rule in json.loads(printed):
            yield Remark(path=path, line=line, end_line=line, rule=rule, message=f"{path} says")

    return Linter(name="ruff", distribution="ruff", settings="", command=("program",), read=read)


def test_remarks_are_ordered_once_each_and_below_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "project"
    root.mkdir()
    said = json.dumps([[f"{root}/b.py", 2, "S1"], ["a.py", 1, "S2"], ["a.py", 1, "S2"]])
    found = remarks(scripted(tmp_path, monkeypatch, f"echo '{said}'"), root)
    assert [(one.path, one.line, one.message) for one in found] == [("a.py", 1, "a.py says"), ("b.py", 2, "b.py says")]


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("echo broken >&2; exit 9", "ended with 9 on 'project': broken"),
        ("echo '{'", "printed what cannot be read"),
        ("echo '[1]'", "printed what cannot be read"),
        ("sleep 5", "took more than 1 s"),
    ],
)
def test_a_linter_that_breaks_says_so_and_is_not_taken_for_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, told: str
) -> None:
    root = tmp_path / "project"
    root.mkdir()
    with pytest.raises(IncompleteError, match=told):
        remarks(scripted(tmp_path, monkeypatch, script), root, seconds=1)


def test_a_finding_has_our_names_a_quote_and_the_severity_of_the_map(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = scripted(tmp_path, monkeypatch, """echo '[["src/a.py", 2, "S608"], ["src/a.py", 1, "S999"]]'""")
    unknown, injection = reviewing.predictions(one, {"src/a.py": "import os\nquery = f'DELETE FROM {table}'\n"})
    assert injection.rule == "ruff:S608"
    assert {"SEC002", "sql-injection"} <= set(injection.also)
    assert (injection.category, injection.severity, injection.source) == ("security", Severity.MEDIUM, "peer")
    assert injection.evidence == "query = f'DELETE FROM {table}'"
    assert (unknown.category, unknown.also) == (None, ())


def test_a_remark_on_a_notebook_is_at_the_line_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Title"]},
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": ["import os\n", "os.system(line)"]},
    ]
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)
    entry = Remark(path="a.ipynb", line=2, end_line=2, rule="S605", message="shell", cell=2)
    monkeypatch.setattr(reviewing, "remarks", lambda *_: (entry,))
    (found,) = reviewing.predictions(linter("ruff"), {"a.ipynb": text})
    assert text.split("\n")[found.lines[0] - 1].strip() == '"os.system(line)"'
    assert found.evidence == "os.system(line)"


def test_a_project_without_a_file_that_it_reads_is_not_given_to_a_linter() -> None:
    assert reviewing.predictions(linter("sqlfluff"), {"a.py": "x = 1\n"}) == ()


def test_a_linter_that_is_not_installed_is_told_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "folder", lambda: tmp_path)
    with pytest.raises(UsageError, match="'cy' is not installed; `python evals"):
        reviewing.predictions(linter("cylint"), {"a.py": "x = 1\n"})
