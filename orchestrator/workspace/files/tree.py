"""The tree of workspace objects: notebooks, files, folders and repositories; and the files of DBFS."""

from __future__ import annotations

import base64
import datetime as dt
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.plain import moment, word
from orchestrator.workspace.records import Record

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.files import FileInfo
    from databricks.sdk.service.workspace import ObjectInfo

MAX_FOLDERS = 500
"""Folders that a walk enters; more are counted as left out."""


class WorkspaceItem(Record):
    """An object of the workspace tree."""

    path: str
    kind: str
    """notebook, file, directory, repo, library, dashboard"""
    language: str | None
    size: int | None
    """bytes, where the interface tells"""
    modified: dt.datetime | None


class NotebookSource(Record):
    """The source of a notebook or file, or a part of it."""

    path: str
    text: str
    offset: int
    """the characters before `text`"""
    total_characters: int
    next_offset: int | None
    """ask again with it for the rest; null at the end"""


class DbfsItem(Record):
    """A file or folder of DBFS."""

    path: str
    directory: bool
    size: int | None
    modified: dt.datetime | None


@dataclass(kw_only=True)
class Walk:
    """A walk through the tree, breadth first: `items` gives what it meets, and the rest tells how far it came."""

    client: WorkspaceClient
    start: str
    folders: int = 0
    unread: int = 0
    """folders that may not be read"""
    left_out: int = 0
    """folders that the limit of 500 left out"""

    def items(self) -> Iterator[WorkspaceItem]:
        """Every object below the start, folder by folder."""
        waiting = deque([self.start])
        while waiting and self.folders < MAX_FOLDERS:
            self.folders += 1
            for item in self._inside(waiting.popleft()):
                if item.kind in {"directory", "repo"}:
                    waiting.append(item.path)
                yield item
        self.left_out = len(waiting)

    def _inside(self, path: str) -> Iterator[WorkspaceItem]:
        from databricks.sdk.errors import NotFound, PermissionDenied

        try:
            yield from (workspace_item(found) for found in self.client.workspace.list(path))
        except (PermissionDenied, NotFound):
            # The start has to be there; a folder below it may be closed, or be deleted while we walk.
            if path == self.start:
                raise
            self.unread += 1


def workspace_item(found: ObjectInfo) -> WorkspaceItem:
    """The object as a result."""
    return WorkspaceItem(
        path=found.path or "",
        kind=(word(found.object_type) or "unknown").lower(),
        language=word(found.language),
        size=found.size,
        modified=moment(found.modified_at),
    )


def dbfs_item(found: FileInfo) -> DbfsItem:
    """The file as a result."""
    return DbfsItem(
        path=found.path or "",
        directory=bool(found.is_dir),
        size=found.file_size,
        modified=moment(found.modification_time),
    )


def source_of(client: WorkspaceClient, path: str) -> str:
    """The text of a notebook or file, as the workspace exports its source.

    Raises:
        ValueError: the export is no text.
    """
    from databricks.sdk.service.workspace import ExportFormat

    content = client.workspace.export(path, format=ExportFormat.SOURCE).content or ""
    return base64.b64decode(content, validate=True).decode("utf-8", errors="replace")


def part_of(path: str, text: str, offset: int, most: int) -> NotebookSource:
    """A part of a source.

    Raises:
        WorkspaceError: the offset is behind its end.
    """
    if offset > len(text):
        raise WorkspaceError(f"{path[:200]!r} has {len(text)} characters: the offset {offset} is behind its end")
    end = min(offset + most, len(text))
    return NotebookSource(
        path=path,
        text=text[offset:end],
        offset=offset,
        total_characters=len(text),
        next_offset=end if end < len(text) else None,
    )
