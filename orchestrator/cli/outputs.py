"""Writes a review in the formats that were asked for."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from orchestrator.cli.streams import takes_colour
from orchestrator.code.secrets import MASK
from orchestrator.code.shown import ShownLine, shown_lines
from orchestrator.errors import UsageError
from orchestrator.report import formats, render
from orchestrator.report.context import Context, RulePage
from orchestrator.report.log_commands import without_commands
from orchestrator.rules.catalog import page
from orchestrator.rules.evidence import quote
from orchestrator.types import Location, Severity
from orchestrator.workflows.request import Reviewed


@dataclass(frozen=True, kw_only=True)
class Output:
    """A format and the file it goes to; None is stdout."""

    format: str
    file: Path | None

    @classmethod
    def parse(cls, text: str) -> Output:
        """The output that `FORMAT` or `FORMAT=FILE` names.

        Raises:
            UsageError: there is no such format.
        """
        name, separator, file = text.partition("=")
        if name not in formats():
            raise UsageError(f"no output format {name!r}; there are {', '.join(formats())}")
        if separator and not file:
            raise UsageError(f"the output {text!r} names no file; write {name}=FILE, or {name} alone for stdout")
        return cls(format=name, file=Path(file) if file else None)


def parse_outputs(texts: list[str]) -> list[Output]:
    """The outputs that were asked for.

    Raises:
        UsageError: there is no such format, or two outputs go to the same place.
    """
    outputs = [Output.parse(text) for text in texts]
    places = Counter("stdout" if output.file is None else str(output.file.absolute()) for output in outputs)
    for place, count in places.items():
        if count > 1:
            raise UsageError(f"{count} outputs go to {place}; write each to its own file with --output FORMAT=FILE")
    return outputs


def write_outputs(
    outputs: list[Output], reviewed: Reviewed, gate: Severity | None, arguments: argparse.Namespace
) -> None:
    """Each output to its file; on stdout the ones without a file, or the text where there is none.

    Raises:
        UsageError: a file cannot be written.
    """
    shown = outputs if any(output.file is None for output in outputs) else [*outputs, Output(format="text", file=None)]
    for output in shown:
        colour = arguments.color == "always" or (arguments.color == "auto" and output.file is None and takes_colour())
        context = report_context(reviewed, gate, show_all=arguments.all, colour=colour and output.format == "text")
        _write(output, without_commands(output.format, render(output.format, reviewed.review, context)))


def report_context(
    reviewed: Reviewed, gate: Severity | None, *, show_all: bool = False, colour: bool = False
) -> Context:
    """What the formats ask for besides the review."""
    return Context(
        snippet=_Snippets(reviewed).snippet,
        page=_page,
        colour=colour,
        width=shutil.get_terminal_size((100, 24)).columns,
        fail_on=gate,
        show_all=show_all,
    )


def _write(output: Output, text: str) -> None:
    content = text.encode("utf-8", "backslashreplace")
    if output.file is None:
        sys.stdout.buffer.write(content)
        return
    try:
        output.file.parent.mkdir(parents=True, exist_ok=True)
        output.file.write_bytes(content)
    except OSError as error:
        raise UsageError(f"the report {str(output.file)!r} cannot be written ({error.strerror})") from error


@dataclass(frozen=True)
class _Snippets:
    reviewed: Reviewed

    @cached_property
    def _evidence(self) -> dict[tuple[str, str], str]:
        """The lines that a finding shows masked, by path and by the line as it stands on disk."""
        shown: dict[tuple[str, str], str] = {}
        for finding in self.reviewed.review.findings:
            path = finding.location.path
            source = self.reviewed.sources.get(path)
            if source is None or MASK not in finding.evidence:
                continue
            lines = zip(quote(source, finding.location).split("\n"), finding.evidence.split("\n"), strict=False)
            shown.update(((path, line), evidence) for line, evidence in lines if line and line != evidence)
        return shown

    def snippet(self, location: Location, before: int = 2, after: int = 2) -> tuple[tuple[int, str], ...]:
        """The lines around a location, credentials masked; for a Jupyter notebook those of its cell."""
        path = location.path
        lines = self._lines(location, before, after)
        return tuple((line.number, self._evidence.get((path, line.raw)) or line.masked) for line in lines)

    def _lines(self, location: Location, before: int, after: int) -> tuple[ShownLine, ...]:
        """The lines, numbered as in the file on disk."""
        source = self.reviewed.sources.get(location.path)
        if source is None:
            return ()
        first, last = location.start_line - before, location.end_line + after
        cell = location.cell if source.is_jupyter else None
        return tuple(line for line in shown_lines(source) if first <= line.number <= last and line.cell == cell)


def _page(rule_id: str) -> RulePage | None:
    found = page(rule_id)
    if found is None:
        return None
    return RulePage(
        id=found.id,
        name=found.name,
        severity=found.severity,
        specialist=found.specialist,
        summary=found.summary,
        text=found.text,
        references=found.references,
        default=found.default,
    )
