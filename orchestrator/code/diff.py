"""What changed since a base revision, by head lines; and files as they were at that revision."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.code.diff_path import unquoted
from orchestrator.code.git import ask_git, filters_off
from orchestrator.code.limits import Limits
from orchestrator.code.opening import read_bounded
from orchestrator.errors import GitError
from orchestrator.types import Change

if TYPE_CHECKING:
    from pathlib import Path

_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_DIFF = (
    "diff",
    "--unified=0",
    "--inter-hunk-context=0",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    # An attribute of the tree that is compared must not make its files binary, and so their changes unseen.
    "--text",
    "--ignore-submodules=all",
    "--find-renames",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--relative",
)


def changed_lines(root: Path, base: str) -> Change:
    """The lines that differ from the commit where `base` and HEAD parted, in the files as they stand on disk.

    Committed, staged, unstaged and untracked changes all count; what `base` alone has gained does not. Paths are
    relative to `root`, which may be a folder inside the repository. Where lines were only taken away, the lines on
    both sides count as changed; a file that was only renamed has no changed lines; one that was deleted is absent.

    Raises:
        GitError: `root` is in no repository, or `base` is no revision of it that shares history with HEAD.
    """
    start = _merge_base(root, _commit(root, base), base)
    answer = ask_git(root, *_DIFF, start, "--", ".", settings=filters_off(root))
    if answer.code != 0:
        raise GitError(f"git cannot compare with {base!r}: {answer.complaint}")
    lines = {path: frozenset(found) for path, found in _parse(answer.output).items()}
    return Change(base=base, lines={**lines, **_untracked(root)}, start=start)


def file_at(root: Path, base: str, path: str) -> bytes | None:
    """A file's bytes as they are at the tip of `base`, or None when it has no such file of at most 16 MiB.

    Raises:
        GitError: `root` is in no repository, or `base` is no revision of it.
    """
    commit = _commit(root, base)
    if "\0" in path:
        return None
    name = f"{commit}:./{path}"
    size = ask_git(root, "cat-file", "-s", name)
    if size.code != 0 or int(size.output) > Limits().max_notebook_bytes:
        return None
    blob = ask_git(root, "cat-file", "blob", name)
    return blob.output if blob.code == 0 else None


def files_at(root: Path, base: str) -> tuple[str, ...]:
    """The paths of all files below `root` as they are at the tip of `base`.

    Raises:
        GitError: `root` is in no repository, or `base` is no revision of it.
    """
    answer = ask_git(root, "ls-tree", "-r", "-z", "--name-only", _commit(root, base))
    return tuple(name.decode("utf-8", "surrogateescape") for name in answer.output.split(b"\0") if name)


def _commit(root: Path, base: str) -> str:
    """The full name of the commit that a revision names."""
    if not base.strip() or base.startswith("-") or not base.isprintable():
        raise GitError(f"{base!r} is not a revision; name a branch, tag or commit, such as 'origin/main'")
    inside = ask_git(root, "rev-parse", "--is-inside-work-tree")
    if inside.output.strip() != b"true":
        hint = inside.complaint.partition("\n")[0] or "it is outside of any work tree"
        raise GitError(f"{str(root)!r} is not in a git repository that can be used ({hint})")
    answer = ask_git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}")
    commit = answer.output.decode("ascii", "replace").strip()
    if answer.code != 0 or not commit:
        raise GitError(f"git knows no revision {base!r} here; fetch it first, or name another")
    return commit


def _merge_base(root: Path, commit: str, base: str) -> str:
    answer = ask_git(root, "merge-base", commit, "HEAD")
    start = answer.output.decode("ascii", "replace").strip()
    if answer.code != 0 or not start:
        raise GitError(f"{base!r} and HEAD share no history here; in a shallow clone, fetch the whole history first")
    return start


def _parse(diff: bytes) -> dict[str, set[int]]:
    """The changed head lines by path of a diff without context lines."""
    lines: dict[str, set[int]] = {}
    current: set[int] = set()
    body = 0
    for line in diff.split(b"\n"):
        if body > 0 and line[:1] in {b"-", b"+"}:
            # Counted off, because a changed line may look like any header.
            body -= 1
        elif line.startswith(b"diff --git "):
            current = set()
        elif line.startswith((b"+++ ", b"rename to ")):
            path = _path(line)
            current = lines.setdefault(path, set()) if path else set()
        elif match := _HUNK.match(line):
            removed, first, added = int(match[1] or 1), int(match[2]), int(match[3] or 1)
            body = removed + added
            current.update(range(first, first + added) if added else (max(first, 1), first + 1))
    return lines


def _path(line: bytes) -> str | None:
    """The path of a `+++ b/...` or `rename to ...` line, or None for a file that is no more."""
    is_header = line.startswith(b"+++ ")
    name = line[4:].removesuffix(b"\t") if is_header else line[len(b"rename to ") :]
    if name == b"/dev/null":
        return None
    path = unquoted(name)
    return path.removeprefix("b/") if is_header else path


def _untracked(root: Path) -> dict[str, frozenset[int]]:
    """Every line of the files that git does not know and does not ignore; larger ones than are read have none."""
    answer = ask_git(root, "ls-files", "-z", "--others", "--exclude-standard")
    names = [name.decode("utf-8", "surrogateescape") for name in answer.output.split(b"\0") if name]
    return {name: frozenset(range(1, _line_count(root / name) + 1)) for name in names if not name.endswith("/")}


def _line_count(file: Path) -> int:
    limit = Limits().max_notebook_bytes
    raw = read_bounded(file, limit)
    if isinstance(raw, OSError) or len(raw) > limit:
        return 0
    return raw.count(b"\n") + 1
