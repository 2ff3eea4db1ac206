"""`--fix`: what is written, what is left alone, and what never changes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from orchestrator.code.source import SourceFile
from orchestrator.types import Edit, Fix
from orchestrator.workflows.edits import apply_fixes, still_parses
from orchestrator.workflows.fix import Fixed, fix_project
from orchestrator.workflows.request import Request
from orchestrator.workflows.selection import Selection

TEXT = 'df = spark.table("a.b.c")\nif df.count() == 0:\n    raise ValueError("é")\n'
FIXED = 'df = spark.table("a.b.c")\nif df.isEmpty():\n    raise ValueError("é")\n'


def fix(folder: Path) -> Fixed:
    request = Request(path=folder, today=dt.date(2026, 11, 23), selection=Selection(select=("PYS009",)))
    return fix_project(request)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (TEXT.encode(), FIXED.encode()),
        (TEXT.replace("\n", "\r\n").encode(), FIXED.replace("\n", "\r\n").encode()),
        (b"\xef\xbb\xbf" + TEXT.encode(), b"\xef\xbb\xbf" + FIXED.encode()),
    ],
    ids=["plain", "crlf", "byte-order mark"],
)
def test_fix_changes_its_span_and_nothing_else(tmp_path: Path, before: bytes, after: bytes) -> None:
    (tmp_path / "job.py").write_bytes(before)
    (tmp_path / "job.py").chmod(0o750)
    assert fix(tmp_path).changed == {"job.py": 1}
    assert (tmp_path / "job.py").read_bytes() == after
    assert (tmp_path / "job.py").stat().st_mode & 0o777 == 0o750
    assert [path.name for path in tmp_path.iterdir()] == ["job.py"]


def test_file_with_mixed_newlines_is_left_alone_with_a_reason(tmp_path: Path) -> None:
    before = TEXT.replace("\n", "\r\n", 1).encode()
    (tmp_path / "job.py").write_bytes(before)
    fixed = fix(tmp_path)
    assert fixed.changed == {}
    assert "mixes newline styles" in fixed.lines[0]
    assert (tmp_path / "job.py").read_bytes() == before


def test_a_link_that_waits_beside_a_file_does_not_lead_the_writing_away(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine", encoding="utf-8")
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "job.py").write_text(TEXT, encoding="utf-8")
    (folder / ".job.py.orchestrate").symlink_to(victim)
    assert fix(folder).changed == {"job.py": 1}
    assert victim.read_text(encoding="utf-8") == "mine"


def test_suppressed_finding_is_not_fixed(tmp_path: Path) -> None:
    text = TEXT.replace("== 0:", "== 0:  # orchestrate: ignore[PYS009] the count is logged elsewhere")
    (tmp_path / "job.py").write_text(text, encoding="utf-8")
    assert fix(tmp_path).lines == ("no safe fix applies",)
    assert (tmp_path / "job.py").read_text(encoding="utf-8") == text


def test_all_fixes_of_a_file_are_applied_at_once(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text(TEXT + TEXT, encoding="utf-8")
    assert fix(tmp_path).changed == {"job.py": 2}
    assert (tmp_path / "job.py").read_text(encoding="utf-8") == FIXED + FIXED


def edit(start: tuple[int, int], end: tuple[int, int], replacement: str) -> Fix:
    change = Edit(
        path="a.py",
        start_line=start[0],
        start_column=start[1],
        end_line=end[0],
        end_column=end[1],
        replacement=replacement,
    )
    return Fix(description="x", edits=(change,), safe=True)


def source(text: str, path: str = "a.py") -> SourceFile:
    return SourceFile(path=path, text=text, digest="")


def test_overlapping_fixes_take_the_first() -> None:
    fixes = [edit((1, 1), (1, 4), "X"), edit((1, 3), (1, 6), "Y"), edit((2, 1), (2, 1), "Z")]
    assert apply_fixes(source("abcdef\nghi"), fixes) == ("Xdef\nZghi", (0, 2))


@pytest.mark.parametrize(
    ("path", "text", "parses"),
    [
        ("a.py", "x = 1", True),
        ("a.py", "x = (", False),
        ("a.yml", "a: 1", True),
        ("a.yml", "a: [", False),
        ("a.sql", "anything (", True),
    ],
)
def test_text_is_parsed_before_it_is_written(path: str, text: str, *, parses: bool) -> None:
    assert still_parses(source("", path), text) is parses
