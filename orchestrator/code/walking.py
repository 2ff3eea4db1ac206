"""The paths of a tree that is no git repository, honouring its .gitignore files; no link is followed."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.code.ignoring import SKIPPED_FOLDERS, FolderIgnores
from orchestrator.code.limits import Limits
from orchestrator.code.opening import read_bounded
from orchestrator.types import Coverage, Status

MAX_IGNORE_BYTES = 256 * 1024
ENTRIES_PER_FILE = 10
"""How many entries are looked at for each file that may be read, so that the walk of a tree of data files ends."""


@dataclass(kw_only=True)
class Walk:
    """What a walk has found so far: files and links as paths below the root, and the folders it did not enter."""

    root: Path
    limits: Limits
    paths: list[str] = field(default_factory=list)
    skipped_folders: list[str] = field(default_factory=list)
    ledger: list[Coverage] = field(default_factory=list)

    def run(self) -> None:
        """Visit every folder once."""
        allowed = self.limits.max_files * ENTRIES_PER_FILE
        pending = [("", FolderIgnores())]
        while pending:
            folder, ignores = pending.pop()
            entries = self._entries(folder)
            allowed -= len(entries)
            if allowed < 0:
                self._leave_out(folder, "the project has more entries than are looked at")
                return
            pending.extend(self._visit(folder, entries, ignores))

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self.root / folder) as entries:
                return list(entries)
        except OSError as error:
            self._leave_out(folder, f"the folder cannot be read: {error.strerror}")
            return []

    def _visit(
        self, folder: str, entries: list[os.DirEntry[str]], ignores: FolderIgnores
    ) -> list[tuple[str, FolderIgnores]]:
        """Take the files of a folder and hand back the folders to enter."""
        names = {entry.name for entry in entries}
        if folder and "pyvenv.cfg" in names:
            self.skipped_folders.append(folder)
            return []
        if ".gitignore" in names:
            ignores = ignores.with_file(folder, ignore_text(self.root / folder / ".gitignore"))
        below: list[tuple[str, FolderIgnores]] = []
        for entry in entries:
            path = f"{folder}{entry.name}"
            if not _is_folder(entry):
                if not ignores.ignores(path):
                    self.paths.append(path)
            elif self._enters(f"{path}/", ignores):
                below.append((f"{path}/", ignores))
        return below

    def _enters(self, folder: str, ignores: FolderIgnores) -> bool:
        if folder[:-1].rpartition("/")[2] in SKIPPED_FOLDERS:
            self.skipped_folders.append(folder)
            return False
        if ignores.ignores(folder):
            return False
        if folder.count("/") > self.limits.max_depth:
            self._leave_out(folder, f"more than {self.limits.max_depth} folders deep")
            return False
        return True

    def _leave_out(self, folder: str, reason: str) -> None:
        path = folder.rstrip("/") or "."
        self.ledger.append(Coverage(path=path, status=Status.SKIPPED, reason=reason, incomplete=True))


def ignore_text(file: Path) -> str:
    """The text of an ignore file, cut after `MAX_IGNORE_BYTES`; empty when there is none that can be read."""
    raw = read_bounded(file, MAX_IGNORE_BYTES)
    return raw[:MAX_IGNORE_BYTES].decode("utf-8", "replace") if isinstance(raw, bytes) else ""


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False
