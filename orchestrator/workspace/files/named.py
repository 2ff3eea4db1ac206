"""Things of the workspace found by a part of their name: notebooks and files of the tree, jobs and compute."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Literal

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.files.tree import Walk
from orchestrator.workspace.records import Record

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

Kind = Literal["notebook", "file", "directory", "repo", "job", "pipeline", "cluster", "warehouse"]
_TREE = frozenset({"notebook", "file", "directory", "repo"})
MAX_LOOKED_AT = 10_000
"""Jobs, pipelines, clusters or warehouses that are compared at most, of each kind."""


class Named(Record):
    """Something that was found."""

    kind: str
    name: str
    """the path of an object of the tree"""
    id: str | None
    """with which get_job, get_pipeline, get_cluster or get_warehouse tells more"""


Names = Callable[["WorkspaceClient"], Iterator[Named]]


@dataclass(kw_only=True)
class Search:
    """One search: what it finds, and what it could not look at."""

    workspace: Workspace
    text: str
    path: str = "/"
    folders: int = 0
    left_out: int = 0
    unread: list[str] = field(default_factory=list)

    def found(self, kinds: Sequence[str], most: int, told: Callable[[str], None]) -> tuple[Named, ...]:
        """The things whose name or path holds the text, whatever its case; at most so many.

        Raises:
            WorkspaceError: none of the kinds could be read.
        """
        sources = list(self._sources(kinds))
        items: list[Named] = []
        for what, names in sources:
            told(what)
            items += self._of_one(what, names, most - len(items))
        if len(self.unread) >= len(sources) and not items:
            raise WorkspaceError(self.unread[0])
        return tuple(items)

    def _sources(self, kinds: Sequence[str]) -> Iterator[tuple[str, Names]]:
        if _TREE & set(kinds):
            yield f"search {self.path!r}", lambda client: self._in_tree(client, frozenset(kinds))
        for kind in ("job", "pipeline", "cluster", "warehouse"):
            if kind in kinds:
                yield f"search the {kind}s", _LISTINGS[kind]

    def _of_one(self, what: str, names: Names, most: int) -> list[Named]:
        wanted = self.text.lower()

        def question(client: WorkspaceClient) -> list[Named]:
            matching = (item for item in islice(names(client), MAX_LOOKED_AT) if wanted in item.name.lower())
            return list(islice(matching, most))

        try:
            return self.workspace.ask(what, question)
        except WorkspaceError as error:
            self.unread.append(str(error))
            return []

    def _in_tree(self, client: WorkspaceClient, kinds: frozenset[str]) -> Iterator[Named]:
        walk = Walk(client=client, start=self.path)
        for item in walk.items():
            self.folders = walk.folders
            if item.kind in kinds:
                yield Named(kind=item.kind, name=item.path, id=None)
        self.left_out = walk.left_out
        if walk.unread:
            self.unread.append(f"{walk.unread} folders below {self.path!r} may not be read")


def _jobs(client: WorkspaceClient) -> Iterator[Named]:
    for item in client.jobs.list():
        yield Named(kind="job", name=(item.settings.name if item.settings else None) or "", id=str(item.job_id))


def _pipelines(client: WorkspaceClient) -> Iterator[Named]:
    for item in client.pipelines.list_pipelines():
        yield Named(kind="pipeline", name=item.name or "", id=item.pipeline_id)


def _clusters(client: WorkspaceClient) -> Iterator[Named]:
    for item in client.clusters.list():
        yield Named(kind="cluster", name=item.cluster_name or "", id=item.cluster_id)


def _warehouses(client: WorkspaceClient) -> Iterator[Named]:
    for item in client.warehouses.list():
        yield Named(kind="warehouse", name=item.name or "", id=item.id)


_LISTINGS: dict[str, Names] = {
    "job": _jobs, "pipeline": _pipelines, "cluster": _clusters, "warehouse": _warehouses,
}  # fmt: skip
