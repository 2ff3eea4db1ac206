"""Which files a project has: asked of git where there is git, walked otherwise; no link is ever followed."""

from __future__ import annotations

import os
import stat
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal

from orchestrator.code.git import ask_git
from orchestrator.code.ignoring import IGNORE_FILE, SKIPPED_FOLDERS, Patterns, compile_patterns
from orchestrator.code.limits import Limits
from orchestrator.code.walking import Walk, ignore_text
from orchestrator.errors import GitError
from orchestrator.types import Coverage, Status

Kind = Literal["code", "yaml", "notebook", "text", "foreign"]

_KINDS: dict[str, Kind] = {
    ".py": "code",
    ".sql": "code",
    ".ipynb": "notebook",
    ".yml": "yaml",
    ".yaml": "yaml",
    ".toml": "text",
    ".sh": "text",
    ".bash": "text",
    ".scala": "foreign",
    ".r": "foreign",
}
_LOCK_FILES = frozenset({"pnpm-lock.yaml", "pubspec.yaml"})
_NAMED_FOLDERS = 5


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Listed:
    """A regular file that is read: its path below the root, its kind, its size in bytes when it was listed."""

    path: str
    kind: Kind
    size: int


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The files to read, in order of their paths; `others` exist and are not read, `ledger` says what was left out."""

    files: tuple[Listed, ...]
    others: frozenset[str]
    ledger: tuple[Coverage, ...]


def kind_of(path: str) -> Kind | None:
    """What a path's name says that it is, or None for what is not reviewed."""
    name = path.rpartition("/")[2].lower()
    if name in _LOCK_FILES:
        return None
    if name.startswith("requirements") and name.endswith(".txt"):
        return "text"
    return _KINDS.get(PurePosixPath(name).suffix)


def list_project(root: Path, *, limits: Limits, exclude: tuple[str, ...] = ()) -> Listing:
    """The files below a resolved folder that may be reviewed; nothing inside it makes it raise.

    Raises:
        OSError: the folder itself cannot be listed.
    """
    with os.scandir(root):
        pass
    lister = _Lister(root=root, limits=limits, left_out=_left_out_patterns(root, exclude))
    paths = _git_paths(root)
    if not paths:
        # Git also lists nothing where the whole folder is ignored by a repository around it.
        walk = Walk(root=root, limits=limits)
        walk.run()
        paths = walk.paths
        lister.ledger.extend(walk.ledger)
        lister.folders.update(walk.skipped_folders)
    lister.environments = {path.removesuffix("pyvenv.cfg") for path in paths if path.endswith("/pyvenv.cfg")}
    for path in sorted(set(paths)):
        lister.take(path)
    return lister.listing()


def _git_paths(root: Path) -> list[str]:
    """The tracked files and the untracked ones that are not ignored; none where git does not answer."""
    if not any((folder / ".git").exists() for folder in (root, *root.parents)):
        return []
    try:
        answer = ask_git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    except GitError:
        return []
    return [os.fsdecode(name) for name in answer.output.split(b"\0") if name] if answer.code == 0 else []


def _left_out_patterns(root: Path, exclude: tuple[str, ...]) -> dict[str, Patterns]:
    """Our own ignore file and the caller's patterns, by the name under which the ledger counts what they match."""
    named = {
        f"the patterns of {IGNORE_FILE}": compile_patterns(ignore_text(root / IGNORE_FILE).splitlines()),
        "the patterns to exclude": compile_patterns(exclude),
    }
    return {name: patterns for name, patterns in named.items() if patterns is not None}


@dataclass(kw_only=True)
class _Lister:
    """Sorts paths into files to read, others, and what the ledger has to say."""

    root: Path
    limits: Limits
    left_out: dict[str, Patterns]
    environments: set[str] = field(default_factory=set)
    files: list[Listed] = field(default_factory=list)
    others: set[str] = field(default_factory=set)
    ledger: list[Coverage] = field(default_factory=list)
    folders: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    plain_folders: dict[str, bool] = field(default_factory=dict)

    def take(self, path: str) -> None:
        """Put one path where it belongs."""
        folder = self._skipped_folder(path)
        if folder:
            self.folders.add(folder)
        elif not path.isprintable() and not _is_text(path):
            self._take_unnamable(path)
        elif self._is_plain(path.rpartition("/")[0]):
            self._take_entry(path.rstrip("/"))

    def listing(self) -> Listing:
        """All that was taken, with what was counted told in one ledger entry a reason."""
        for reason, count in sorted(self.counts.items()):
            word = "file" if count == 1 else "files"
            self._note(".", f"{count:,} {word} {reason}", incomplete=reason.startswith("not read"))
        for name, patterns in self.left_out.items():
            for pattern in patterns.dropped:
                self._note(".", f"{name}: {pattern!r} cannot be used", incomplete=False)
        if self.folders:
            self._note(".", _folder_reason(self.folders), incomplete=False)
        return Listing(files=tuple(self.files), others=frozenset(self.others), ledger=tuple(sorted(self.ledger)))

    def _take_entry(self, path: str) -> None:
        try:
            state = os.lstat(self.root / path)
        except (OSError, ValueError):
            return  # Deleted and not yet committed, or gone since it was listed.
        kind = kind_of(path)
        if stat.S_ISREG(state.st_mode) and kind is not None and kind != "foreign":
            self._take_file(Listed(path=path, kind=kind, size=state.st_size))
        elif stat.S_ISDIR(state.st_mode):
            self._note(path, "another git repository", incomplete=False)
        else:
            self.others.add(path)
            self._take_other(path, kind, state.st_mode)

    def _take_file(self, file: Listed) -> None:
        reason = self._left_out_by(file.path)
        if reason is None and len(self.files) >= self.limits.max_files:
            reason = f"not read: the project has more than {self.limits.max_files:,}"
        if reason is None and file.path.count("/") > self.limits.max_depth:
            reason = f"not read: more than {self.limits.max_depth} folders deep"
        if reason is None:
            self.files.append(file)
        else:
            self.others.add(file.path)
            self.counts[reason] += 1

    def _take_other(self, path: str, kind: Kind | None, mode: int) -> None:
        if stat.S_ISLNK(mode):
            reason = _link_reason(self.root, path)
            if kind is not None or reason.startswith("a link to a folder"):
                self._note(path, reason, incomplete=False)
        elif kind == "foreign":
            self._note(path, "its language is not reviewed", incomplete=False)
        elif kind is not None:
            self._note(path, "neither a file nor a folder: a pipe, socket or device", incomplete=False)

    def _take_unnamable(self, path: str) -> None:
        shown = os.fsencode(path).decode("utf-8", "backslashreplace")
        if kind_of(path) is not None:
            self._note(shown, "its name is not UTF-8", incomplete=True)

    def _left_out_by(self, path: str) -> str | None:
        names = (name for name, patterns in self.left_out.items() if patterns.decision(path))
        return next((f"left out by {name}" for name in names), None)

    def _skipped_folder(self, path: str) -> str | None:
        """The outermost folder on the way to a file that is never entered, or None."""
        steps = path.split("/")[:-1]
        at = next((place for place, name in enumerate(steps) if name in SKIPPED_FOLDERS), None)
        if at is not None:
            return "/".join(steps[: at + 1])
        return next((folder[:-1] for folder in self.environments if path.startswith(folder)), None)

    def _is_plain(self, folder: str) -> bool:
        """Whether no step of a folder is a link: git remembers files below what has become a link since."""
        if folder not in self.plain_folders:
            parent = folder.rpartition("/")[0]
            here = self.root / folder
            self.plain_folders[folder] = not folder or (self._is_plain(parent) and not here.is_symlink())
        return self.plain_folders[folder]

    def _note(self, path: str, reason: str, *, incomplete: bool) -> None:
        self.ledger.append(Coverage(path=path, status=Status.SKIPPED, reason=reason, incomplete=incomplete))


def _is_text(path: str) -> bool:
    """Whether a name can be written as UTF-8: names of other bytes carry lone surrogates."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _link_reason(root: Path, path: str) -> str:
    """What a symbolic link leads to, as far as the ledger needs to know."""
    try:
        target = Path(os.path.realpath(root / path, strict=True))
    except FileNotFoundError:
        return "a link that leads nowhere"
    except (OSError, ValueError):
        return "a link that leads back to itself"
    if not target.is_relative_to(root):
        return "a link that leads out of the project"
    inside = target.relative_to(root).as_posix()
    return f"a link to a folder, {inside!r}" if target.is_dir() else f"a link to {inside!r}"


def _folder_reason(folders: set[str]) -> str:
    """One sentence about the folders that are never entered, by name."""
    names = Counter(folder.rstrip("/").rpartition("/")[2] for folder in folders)
    shown = [name if count == 1 else f"{name} ({count})" for name, count in sorted(names.items())]
    more = f" and {len(shown) - _NAMED_FOLDERS} more" if len(shown) > _NAMED_FOLDERS else ""
    return f"folders that are never reviewed: {', '.join(shown[:_NAMED_FOLDERS])}{more}"
