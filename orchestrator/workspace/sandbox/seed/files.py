"""Notebooks and folders of the workspace, and files of DBFS."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from orchestrator.workspace.sandbox.seed.moment import Moment
from orchestrator.workspace.sandbox.seed.part import Part


class NotebookSeed(Part):
    """A notebook with its source."""

    language: Literal["PYTHON", "SQL", "SCALA", "R"] = "PYTHON"
    source: str
    created: Moment | None = None
    modified: Moment | None = None


class DbfsSeed(Part):
    """A file of DBFS; its size alone, or its text."""

    size: int | None = None
    text: str | None = None
    modified: Moment | None = None


class FilesSeed(Part):
    """Notebooks by workspace path and DBFS files by path; folders follow from the paths."""

    notebooks: dict[str, NotebookSeed] = Field(default_factory=dict)
    dbfs: dict[str, DbfsSeed] = Field(default_factory=dict)
