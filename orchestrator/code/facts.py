"""What rules ask about a project: each fact computed once, when first asked for, and shared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from orchestrator.code.bound import Bound, Bounds
from orchestrator.code.datasets import Dataset, find_datasets
from orchestrator.code.frames import Frame, Frames
from orchestrator.code.project import KEPT_LINES, Project
from orchestrator.code.python import PythonFile
from orchestrator.code.roles import Role, role_of
from orchestrator.code.taint import Taint, Taints
from orchestrator.code.writes import DeltaMerge, Write, find_merges, find_writes

if TYPE_CHECKING:
    import ast

    from orchestrator.code.before import Before
    from orchestrator.code.bundle import Binding, ComputeContext
    from orchestrator.code.platform import Platform
    from orchestrator.code.tables import Tables
    from orchestrator.types import Change


KEPT_FILES = 8
"""Files of a large project whose facts are kept while another file is looked at."""


@dataclass(frozen=True, eq=False)
class FileFacts:
    """The facts about one Python file."""

    file: PythonFile

    def release(self) -> None:
        """Drop everything that holds nodes of the file's tree, and the tree."""
        for name in ("frames", "bounds", "taints", "writes", "merges", "datasets"):
            self.__dict__.pop(name, None)
        self.file.release()

    @cached_property
    def frames(self) -> Frames:
        """Where each DataFrame comes from."""
        return Frames.over(self.file)

    @cached_property
    def bounds(self) -> Bounds:
        """Which DataFrames are small."""
        return Bounds(self.frames)

    @cached_property
    def taints(self) -> Taints:
        """Which values come from outside."""
        return Taints(self.file)

    @cached_property
    def writes(self) -> tuple[Write, ...]:
        """Every batch and streaming write."""
        return find_writes(self.file, self.frames)

    @cached_property
    def merges(self) -> tuple[DeltaMerge, ...]:
        """Every merge through the `DeltaTable` API."""
        return find_merges(self.file)

    @cached_property
    def datasets(self) -> tuple[Dataset, ...]:
        """The datasets of declarative pipelines."""
        return find_datasets(self.file)


@dataclass(frozen=True, eq=False)
class Facts:
    """The facts about a project; `today` decides what has reached its end of support."""

    project: Project
    today: dt.date
    change: Change | None = None
    _files: dict[str, FileFacts] = field(default_factory=dict)
    _held: set[str] = field(default_factory=set)

    def of(self, file: PythonFile) -> FileFacts:
        """The facts about one file."""
        known = self._files.get(file.path)
        if known is None:
            if self._is_large:
                self._make_room()
            known = self._files[file.path] = FileFacts(file)
        return known

    @contextmanager
    def looking_at(self, file: PythonFile) -> Iterator[None]:
        """The time in which a file's own nodes are in use: it is not dropped meanwhile, and dropped after."""
        self._held.add(file.path)
        try:
            yield
        finally:
            self._held.discard(file.path)
            if self._is_large:
                self._files.pop(file.path, None)
                FileFacts(file).release()

    @cached_property
    def _is_large(self) -> bool:
        """Whether the trees of all files at once would take more memory than a review should."""
        return sum(len(file.source.lines) for file in self.project.python) > KEPT_LINES

    def _make_room(self) -> None:
        """Drop the facts of files that were looked into from elsewhere, but for the last few."""
        idle = [path for path in self._files if path not in self._held]
        for path in idle[:-KEPT_FILES]:
            self._files.pop(path).release()

    def frame(self, file: PythonFile, node: ast.expr | None) -> Frame:
        """The frame that an expression stands for."""
        return self.of(file).frames.of(node)

    def bound(self, file: PythonFile, node: ast.expr | None) -> Bound:
        """Whether the frame that an expression stands for is small."""
        return self.of(file).bounds.of(node)

    def taint(self, file: PythonFile, node: ast.expr | None) -> Taint | None:
        """The outside source of an expression's value, if any."""
        return self.of(file).taints.of(node)

    def writes(self, file: PythonFile) -> tuple[Write, ...]:
        """Every write of the file."""
        return self.of(file).writes

    def merges(self, file: PythonFile) -> tuple[DeltaMerge, ...]:
        """Every `DeltaTable` merge of the file."""
        return self.of(file).merges

    def datasets(self, file: PythonFile) -> tuple[Dataset, ...]:
        """The pipeline datasets of the file."""
        return self.of(file).datasets

    def is_pipeline_source(self, path: str) -> bool:
        """Whether a declarative pipeline runs the file: it declares datasets, or a bundle's pipeline names it."""
        file = self.project.python_by_path.get(path)
        if file is not None and self.datasets(file):
            return True
        return any(binding.pipeline is not None for binding in self.bindings(path))

    @cached_property
    def before(self) -> Before | None:
        """The project where the change under review began; None where the whole project is under review."""
        from orchestrator.code.before import Before

        return Before(self.project, self.change) if self.change is not None else None

    @cached_property
    def compute(self) -> ComputeContext:
        """Which task runs each file, on what compute."""
        from orchestrator.code.bundle import ComputeContext

        return ComputeContext.of(self.project.bundles)

    def bindings(self, path: str) -> tuple[Binding, ...]:
        """The tasks and pipelines that run a file, one for each target."""
        return self.compute.bindings(path) if self.project.bundles else ()

    def role(self, path: str) -> Role:
        """What a file is for; a binding to a task or pipeline makes it production code."""
        role = role_of(path)
        if role in {Role.CODE, Role.GENERATOR, Role.SETUP, Role.EXPLORATION} and self.bindings(path):
            return Role.PRODUCTION
        return role

    @cached_property
    def platform(self) -> Platform:
        """The dated facts about Databricks: runtimes, deprecated fields, removed APIs."""
        from orchestrator.code.platform import Platform

        return Platform.load()

    @cached_property
    def tables(self) -> Tables:
        """Every table that the project declares, reads or writes."""
        from orchestrator.code.tables import Tables

        return Tables.over(self)
