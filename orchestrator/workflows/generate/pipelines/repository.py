"""What a project has already that a plan must fit: its bundle, its pipelines, and who uses the tables."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from orchestrator.code.facts import Facts
from orchestrator.code.project import parse_project
from orchestrator.code.reading import read_project
from orchestrator.code.tables import Tables

SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class Repository:
    """What was found in a folder."""

    files: int = 0
    bundles: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    """names of tables that its code writes, declares or reads"""
    uses: tuple[tuple[str, str], ...] = ()
    """a table, and the place `path:line` at which the code uses it"""

    def places(self, table: str) -> tuple[str, ...]:
        """Where the code uses the table."""
        return tuple(place for name, place in self.uses if name == table.lower())[:SHOWN]


def repository(root: Path, today: dt.date) -> Repository:
    """What the folder holds; an empty one holds nothing."""
    project = parse_project(read_project(root))
    tables = Tables.over(Facts(project=project, today=today))
    uses = tuple((use.name, f"{use.location.path}:{use.location.start_line}") for use in tables.uses)
    return Repository(
        files=len(project.sources),
        bundles=tuple(bundle.name for bundle in project.bundles),
        targets=tuple(dict.fromkeys(target.name for bundle in project.bundles for target in bundle.targets)),
        datasets=tuple(sorted({name for name, _ in uses if "{" not in name})),
        uses=uses,
    )
