"""One file as text: lines, newline style and the way back from a line to the file on disk."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from orchestrator.types import Location


class Origin(NamedTuple):
    """Where a line of `SourceFile.text` stands on disk: the file's line, and the notebook cell if there is one."""

    line: int
    cell: int | None


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    r"""A decoded file; `text` has `\n` newlines and no byte-order mark.

    For a Jupyter notebook `text` is its cells laid out as a Databricks source notebook and `origins` leads each line
    back to the line of the .ipynb file that holds it. For a source notebook `origins` gives the cells.
    """

    path: str
    text: str
    digest: str
    newline: str = "\n"
    bom: bool = False
    origins: tuple[Origin, ...] | None = None

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines without their newlines; `lines[0]` is line 1."""
        return tuple(self.text.split("\n"))

    @property
    def is_jupyter(self) -> bool:
        """Whether the file on disk is JSON, so that columns and edits of `text` do not apply to it."""
        return self.path.endswith(".ipynb")

    def quote(self, start_line: int, end_line: int) -> str:
        """The verbatim text of those lines of `text`, ends included."""
        return "\n".join(self.lines[start_line - 1 : end_line])

    def location(
        self, start_line: int, end_line: int | None = None, start_column: int = 1, end_column: int | None = None
    ) -> Location:
        """The place on disk of a span of `text`."""
        last = end_line or start_line
        if self.origins is None:
            return Location(
                path=self.path,
                start_line=start_line,
                end_line=last,
                start_column=start_column,
                end_column=end_column,
            )
        first_origin, last_origin = self._origin(start_line), self._origin(last)
        columns = (1, None) if self.is_jupyter else (start_column, end_column)
        return Location(
            path=self.path,
            start_line=first_origin.line,
            end_line=max(last_origin.line, first_origin.line),
            start_column=columns[0],
            end_column=columns[1],
            cell=first_origin.cell,
        )

    def _origin(self, line: int) -> Origin:
        origins = self.origins or ()
        return origins[min(line, len(origins)) - 1] if origins else Origin(line, None)
