"""The files of a bundle in a folder of the workspace that is named after their digest: never changed, only made."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.changes import State
from orchestrator.workspace.connection import Workspace

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

MOST_BYTES = 10_485_760
"""The largest file that an import takes: https://docs.databricks.com/api/workspace/workspace/import"""
MOST_FILES = 1_000
_NEEDED = "CAN MANAGE on the folder above it"
_HEADERS = {".py": b"# Databricks notebook source", ".sql": b"-- Databricks notebook source",
            ".r": b"# Databricks notebook source", ".scala": b"// Databricks notebook source"}  # fmt: skip


@dataclass(frozen=True, kw_only=True, order=True)
class Uploaded:
    """One file as it stands in the workspace: a notebook loses its ending, and its text is the platform's."""

    path: str
    kind: str
    digest: str

    @classmethod
    def of(cls, path: str, content: bytes) -> Uploaded:
        """What an import makes of the file."""
        stem, dot, ending = path.rpartition(".")
        header = _HEADERS.get(f"{dot}{ending}".lower())
        if ending.lower() == "ipynb" or (header is not None and content.startswith(header)):
            return cls(path=stem, kind="NOTEBOOK", digest="")
        return cls(path=path, kind="FILE", digest=sha256(content).hexdigest())


def folder_state(every: Iterable[Uploaded]) -> tuple[str, str]:
    """The state of a folder that holds these."""
    found = sorted(every)
    text = "\n".join(f"{each.kind} {each.path} {each.digest}" for each in found)
    return f"{len(found)} files", f"sha256 {sha256(text.encode()).hexdigest()}"


def content_digest(root: Path, paths: Iterable[str]) -> str:
    """A digest of the local files, notebooks too.

    Raises:
        WorkspaceError: a file cannot be read.
    """
    digest = sha256()
    for path in sorted(paths):
        digest.update(f"{path}\0{sha256(_content(root, path)).hexdigest()}\n".encode())
    return digest.hexdigest()


@dataclass(frozen=True, kw_only=True)
class FolderSetting:
    """A folder of the workspace with the files of a local one; None where it is not there.

    `digest` is of the local files as they were when the change set was made: others are not uploaded under its name.
    """

    folder: str
    root: str
    paths: tuple[str, ...]
    digest: str

    @property
    def subject(self) -> str:
        """What is set."""
        return f"files in {self.folder}"

    def wanted(self) -> tuple[str, str]:
        """The state that the local files make."""
        return folder_state(Uploaded.of(path, _content(Path(self.root), path)) for path in self.paths)

    def read(self, workspace: Workspace) -> State:
        """How many files there are, and a digest of what they hold."""

        def question(client: WorkspaceClient) -> tuple[Uploaded, ...] | None:
            from databricks.sdk.errors import NotFound

            try:
                client.workspace.get_status(self.folder)
            except NotFound:
                return None
            return tuple(self._inside(client, self.folder))

        found = workspace.ask(f"read the {self.subject}", question, privilege="CAN READ on it")
        return None if found is None else folder_state(found)

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Upload every file, or delete the folder.

        Raises:
            WorkspaceError: the local files are not those of the change set any more.
        """
        del before
        if after is None:
            what = f"delete the {self.subject}"
            workspace.ask(what, lambda client: client.workspace.delete(self.folder, recursive=True), privilege=_NEEDED)
            return
        if content_digest(Path(self.root), self.paths) != self.digest:
            raise WorkspaceError("the local files have changed since the change set was made; make it again")
        workspace.ask(f"upload the {self.subject}", self._upload, privilege=_NEEDED)

    def call(self, before: State, after: State) -> str:
        """The REST calls."""
        del before
        if after is None:
            return f"POST /api/2.0/workspace/delete {self.folder} (recursive)"
        return (
            f"POST /api/2.0/workspace/mkdirs {self.folder}, then POST /api/2.0/workspace/import for each of {after[0]}"
        )

    def _upload(self, client: WorkspaceClient) -> None:
        from databricks.sdk.service.workspace import ImportFormat

        folders = {f"{self.folder}/{path}".rpartition("/")[0] for path in self.paths}
        for folder in sorted({self.folder, *folders}):
            client.workspace.mkdirs(folder)
        for path in self.paths:
            content = base64.b64encode(_content(Path(self.root), path)).decode()
            client.workspace.import_(f"{self.folder}/{path}", content=content, format=ImportFormat.AUTO)

    def _inside(self, client: WorkspaceClient, folder: str) -> Iterator[Uploaded]:
        from databricks.sdk.service.workspace import ExportFormat

        for item in client.workspace.list(folder):
            kind, path = (item.object_type.value if item.object_type else ""), item.path or ""
            if kind == "DIRECTORY":
                yield from self._inside(client, path)
                continue
            below = f"/Workspace{path}".removeprefix("/Workspace/Workspace").removeprefix("/Workspace")
            below = below.removeprefix(self.folder.removeprefix("/Workspace")).lstrip("/")
            digest = ""
            if kind == "FILE":
                text = client.workspace.export(path, format=ExportFormat.AUTO).content or ""
                digest = sha256(base64.b64decode(text)).hexdigest()
            yield Uploaded(path=below, kind=kind, digest=digest)


def _content(root: Path, path: str) -> bytes:
    try:
        return (root / path).read_bytes()
    except OSError as error:
        raise WorkspaceError(f"the file {path!r} of the bundle cannot be read ({error.strerror})") from error
