"""What a diff touches, asked of real repositories."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from orchestrator.code.diff import changed_lines, file_at
from orchestrator.errors import GitError


def git(folder: Path, *arguments: str) -> None:
    author = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")
    command = ["git", *author, "-c", "commit.gpgsign=false", *arguments]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def write(file: Path, *lines: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def commit(root: Path) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "change")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with one commit on main, checked out on a branch."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q")
    write(folder / "a.py", *(f"line {number}" for number in range(1, 11)))
    write(folder / "jobs" / "b.py", "one", "two", "three")
    commit(folder)
    git(folder, "checkout", "-q", "-b", "work")
    return folder


def numbered(changed: frozenset[int]) -> list[int]:
    return sorted(changed)


def test_committed_staged_unstaged_and_untracked_lines_are_all_changed(root: Path) -> None:
    lines = [f"line {number}" for number in range(1, 11)]
    write(root / "a.py", "new", *lines)
    commit(root)
    write(root / "a.py", "new", *lines[:4], "staged", *lines[5:])
    git(root, "add", "-A")
    write(root / "a.py", "new", *lines[:4], "staged", *lines[5:], "last")
    write(root / "new.py", "x", "y")
    change = changed_lines(root, "main")
    assert change.base == "main"
    assert numbered(change.lines["a.py"]) == [1, 6, 12]
    assert {1, 2} <= change.lines["new.py"]
    assert "jobs/b.py" not in change.lines


def test_what_the_base_alone_has_gained_is_no_change(root: Path) -> None:
    git(root, "checkout", "-q", "main")
    write(root / "jobs" / "b.py", "one")
    commit(root)
    git(root, "checkout", "-q", "work")
    assert changed_lines(root, "main").lines == {}


def test_lines_taken_away_mark_the_lines_on_both_sides(root: Path) -> None:
    write(root / "jobs" / "b.py", "one", "three")
    assert numbered(changed_lines(root, "main").lines["jobs/b.py"]) == [1, 2]


def test_renamed_file_has_only_its_changed_lines_and_a_deleted_one_is_absent(root: Path) -> None:
    lines = [f"line {number}" for number in range(1, 11)]
    (root / "a.py").unlink()
    (root / "jobs" / "b.py").unlink()
    write(root / "moved" / "a.py", *lines[:9], "changed")
    commit(root)
    assert {path: numbered(lines) for path, lines in changed_lines(root, "main").lines.items()} == {"moved/a.py": [10]}


def test_file_that_only_moved_has_no_changed_lines(root: Path) -> None:
    git(root, "mv", "a.py", "c.py")
    assert changed_lines(root, "main").lines == {"c.py": frozenset()}


def test_paths_are_relative_to_a_root_inside_the_repository(root: Path) -> None:
    write(root / "a.py", "changed")
    write(root / "jobs" / "b.py", "one", "2", "three")
    write(root / "jobs" / "c.py", "x")
    assert set(changed_lines(root / "jobs", "main").lines) == {"b.py", "c.py"}
    assert file_at(root / "jobs", "main", "b.py") == b"one\ntwo\nthree\n"


@pytest.mark.parametrize(
    "name", ["with space.py", 'quo"te.py', "tab\t.py", "größe.py", "new\nline.py", "b/b.py", "back\\s.py"]
)
def test_unusual_names_come_back_as_they_are(root: Path, name: str) -> None:
    write(root / name, "x", "y")
    commit(root)
    write(root / name, "x", "z")
    assert numbered(changed_lines(root, "main").lines[name]) == [1, 2]
    assert changed_lines(root, "HEAD").lines == {name: frozenset({2})}


def test_lines_that_look_like_headers_of_a_diff_are_counted_as_lines(root: Path) -> None:
    write(root / "a.py", "++ b/evil.py", "@@ -1 +1,99 @@", "diff --git a/x b/x", "-- old")
    commit(root)
    write(root / "a.py", "++ b/evil.py", "++ b/other.py", "rename to z.py", "-- new")
    assert changed_lines(root, "HEAD").lines == {"a.py": frozenset({2, 3, 4})}


def test_file_at_the_base_is_the_file_of_the_base(root: Path) -> None:
    write(root / "jobs" / "b.py", "head")
    commit(root)
    assert file_at(root, "main", "jobs/b.py") == b"one\ntwo\nthree\n"
    assert file_at(root, "main", "jobs/none.py") is None
    assert file_at(root, "main", "jobs") is None
    assert file_at(root, "main", "../../etc/passwd") is None
    assert file_at(root, "main", "a\0b") is None


@pytest.mark.parametrize("base", ["-p", "--output=x", "", " ", "a\nb", "a\0b"])
def test_base_that_is_no_name_is_refused(root: Path, base: str) -> None:
    with pytest.raises(GitError, match="is not a revision"):
        changed_lines(root, base)
    assert not (root / "x").exists()


@pytest.mark.parametrize("base", ["nowhere", "main..work", "main:a.py", "HEAD~99"])
def test_unknown_revision_is_said_in_one_sentence(root: Path, base: str) -> None:
    with pytest.raises(GitError, match="git knows no revision"):
        changed_lines(root, base)


def test_folder_outside_of_a_repository_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="not in a git repository"):
        changed_lines(tmp_path, "main")


def test_missing_git_is_said_in_one_sentence(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(root))
    with pytest.raises(GitError, match="git cannot be run"):
        changed_lines(root, "main")


def test_base_without_common_history_is_said_in_one_sentence(root: Path) -> None:
    git(root, "checkout", "-q", "--orphan", "other")
    write(root / "a.py", "another history")
    commit(root)
    with pytest.raises(GitError, match="share no history"):
        changed_lines(root, "main")


def test_nothing_that_the_repository_configures_is_run(root: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\ncat\n", encoding="utf-8")
    trap.chmod(0o755)
    write(root / ".gitattributes", "*.py filter=bad diff=bad")
    commit(root)
    for key in ("filter.bad.clean", "filter.bad.smudge", "diff.bad.textconv", "diff.bad.command", "diff.external"):
        git(root, "config", key, str(trap))
    git(root, "config", "filter.bad.required", "true")
    git(root, "config", "core.fsmonitor", str(trap))
    write(root / "a.py", "changed")
    os.utime(root / "jobs" / "b.py", (1, 1))
    assert set(changed_lines(root, "HEAD").lines) == {"a.py"}
    assert not (tmp_path / "sprung").exists()


def test_settings_of_the_environment_and_of_the_user_do_not_change_the_answer(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(root, "config", "diff.noprefix", "true")
    git(root, "config", "diff.interHunkContext", "9")
    git(root, "config", "color.ui", "always")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    write(root / "a.py", "changed", *(f"line {number}" for number in range(2, 10)), "changed")
    assert numbered(changed_lines(root, "main").lines["a.py"]) == [1, 10]
