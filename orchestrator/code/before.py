"""The project as it was where a change began: what a rule about the change itself compares with."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from orchestrator.code.decoding import Unreadable, decode
from orchestrator.code.diff import file_at, files_at
from orchestrator.code.source import SourceFile

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle
    from orchestrator.code.contract import Contract
    from orchestrator.code.project import Project
    from orchestrator.types import Change

_YAML = (".yml", ".yaml")


@dataclass(frozen=True, eq=False)
class Before:
    """The base of a change; files that the change did not touch are those of the project as it is."""

    project: Project
    change: Change
    _read: dict[str, SourceFile | None] = field(default_factory=dict)

    @cached_property
    def paths(self) -> frozenset[str]:
        """Every path that the base had; empty where there is no commit to compare with."""
        return frozenset(files_at(self.project.root, self.change.start)) if self.change.start else frozenset()

    def source(self, path: str) -> SourceFile | None:
        """The file as it was; None where it was not there, or was not text."""
        if path not in self._read:
            self._read[path] = self._source(path) if path in self.paths else None
        return self._read[path]

    @cached_property
    def contracts(self) -> tuple[Contract, ...]:
        """The data contracts of the base."""
        from orchestrator.code.contract import parse_contract

        found = (parse_contract(source) for source in self._yaml.values())
        return tuple(contract for contract in found if contract is not None)

    @cached_property
    def bundles(self) -> tuple[Bundle, ...]:
        """The bundles of the base."""
        from orchestrator.code.bundle import load_bundles

        return load_bundles(self._yaml, set(self.paths))[0]

    @cached_property
    def _yaml(self) -> dict[str, SourceFile]:
        found = ((path, self.source(path)) for path in sorted(self.paths) if path.endswith(_YAML))
        return {path: source for path, source in found if source is not None}

    def _source(self, path: str) -> SourceFile | None:
        now = self.project.by_path.get(path)
        if now is not None and path not in self.change.lines:
            return now
        raw = file_at(self.project.root, self.change.start, path)
        text = decode(raw) if raw is not None else None
        if raw is None or text is None or isinstance(text, Unreadable):
            return None
        digest = sha256(raw).hexdigest()
        return SourceFile(path=path, text=text.text, digest=digest, newline=text.newline, bom=text.bom)
