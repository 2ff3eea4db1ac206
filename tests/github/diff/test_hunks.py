"""Patches that are not whole, and headers that say less or more than they should."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.github.diff.files import DiffedFile, Place, PullDiff, Unplaced
from orchestrator.github.diff.hunks import hunks_of
from orchestrator.github.diff.unified import BINARY, TORN, diffed_files
from orchestrator.github.placing import Tree, placed
from tests.github.diff.test_corpus import finding

WHOLE = "@@ -1,2 +1,3 @@ def f():\n a\n+b\n c\n"


def test_a_hunk_shows_its_lines_with_their_text() -> None:
    (hunk,) = hunks_of(WHOLE)
    assert (hunk.first, hunk.last, hunk.texts, hunk.changed) == (1, 3, ("a", "b", "c"), frozenset({2}))


@pytest.mark.parametrize(
    "patch",
    [
        "@@ -1,2 +1,3 @@\n a\n+b",
        "@@ -1,2 +1,3 @@\n a\n+b\n...",
        "@@ -1,2 +1,3 @@\n+a\n+b\n+c\n+d",
        "@@ -1 +1,2 @@\n a\n a\n",
        "@@ -0,0 +1 @@",
        "@@ nonsense @@\n+a",
        "",
    ],
)
def test_a_torn_hunk_shows_nothing(patch: str) -> None:
    assert hunks_of(patch) == ()


def test_what_follows_a_torn_hunk_is_not_believed() -> None:
    assert len(hunks_of(WHOLE + "@@ -9,2 +10,9 @@\n x\n" + "@@ -20 +30 @@\n-a\n+b\n")) == 1


def test_a_diff_that_ends_in_the_middle_of_a_file_says_so() -> None:
    files = diffed_files(b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n a\n")
    assert (files["x"].unseen, files["x"].hunks) == (TORN, ())


def test_deleted_files_are_absent_and_binary_ones_say_so() -> None:
    deleted = b"diff --git a/x b/x\ndeleted file mode 100644\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"
    binary = b"diff --git a/y b/y\nindex 1..2 100644\nBinary files a/y and b/y differ\n"
    assert {path: file.unseen for path, file in diffed_files(deleted + binary).items()} == {"y": BINARY}


def test_a_line_whose_text_is_another_takes_no_comment() -> None:
    diff = PullDiff(files={"x": DiffedFile(path="x", hunks=hunks_of(WHOLE))})
    assert diff.place("x", 2, 2, ("a", "b", "c")) == Place(line=2)
    other = diff.place("x", 2, 2, ("a", "B", "c"))
    assert isinstance(other, Unplaced)
    assert "other text" in other.reason
    assert isinstance(diff.place("x", 3, 3, ("a", "b")), Unplaced)


def test_a_finding_that_the_diff_shows_in_part_names_its_lines() -> None:
    diff = PullDiff(files={"x": DiffedFile(path="x", hunks=hunks_of("@@ -4,2 +4,3 @@\n a\n+b\n c\n"))})
    lines = tuple("...abc...")
    after = diff.place("x", 6, 9, lines)
    before = diff.place("x", 2, 5, lines)
    assert isinstance(after, Place)
    assert (after.line, after.start_line, "lines 6 to 9" in after.said) == (6, None, True)
    assert isinstance(before, Place)
    assert (before.line, "line 5 is the first" in before.said) == (5, True)
    assert isinstance(diff.place("x", 1, 4, lines), Unplaced)


def test_lines_that_end_with_carriage_returns_alone_are_no_lines_of_a_diff(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_bytes(b"a = 1\rb = 2\n\n\nc = 3\n")
    patch = "@@ -0,0 +1,4 @@\n+a = 1\rb = 2\n+\n+\n+c = 3\n"
    diff = PullDiff(files={"x.py": DiffedFile(path="x.py", hunks=hunks_of(patch))})
    # Line 3 is empty by either count, and not the same line.
    (aside,) = placed([finding("x.py", 3, 3)], diff, Tree(root=tmp_path)).aside
    assert "carriage returns" in aside.reason
