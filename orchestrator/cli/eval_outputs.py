"""`--output` of the eval actions: text and json of ours, and every export."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.evaluate.case import Case
    from orchestrator.evaluate.runlog import RunLog
    from orchestrator.evaluate.suite import Suite

_OURS = ("text", "json")


def add_outputs(parser: argparse.ArgumentParser) -> None:
    """The option."""
    parser.add_argument(
        "--output",
        action="append",
        default=[],
        metavar="FORMAT[=FILE]",
        help="text, json, or an export such as html, markdown, junit; on stdout or into a file (repeatable; text)",
    )


def scored_run(log: RunLog, suite: Suite, cases: tuple[Case, ...], arguments: argparse.Namespace) -> int:
    """Score the run and write it in every format that was asked for; returns 0.

    Raises:
        UsageError: there is no such format, or a file cannot be written.
    """
    from orchestrator.evaluate.metrics.of_run import run_metrics
    from orchestrator.evaluate.result_json import result_json
    from orchestrator.evaluate.result_text import result_text
    from orchestrator.evaluate.score import score

    wanted = [_parsed(text) for text in arguments.output]
    if all(file is not None for _, file in wanted):
        wanted.append(("text", None))
    scored = score(log, cases)
    metrics = run_metrics(log, cases, scored)
    for name, file in wanted:
        if name == "text":
            text = result_text(scored, metrics)
        elif name == "json":
            text = result_json(scored, metrics)
        else:
            from orchestrator.evaluate.exports import render
            from orchestrator.evaluate.exports.report import Report

            text = render(name, Report(log=log, suite=suite, scored=scored, metrics=metrics))
        _write(text, file)
    return 0


def _parsed(text: str) -> tuple[str, Path | None]:
    from orchestrator.errors import UsageError
    from orchestrator.evaluate.exports import formats

    name, separator, file = text.partition("=")
    known = (*_OURS, *formats())
    if name not in known:
        raise UsageError(f"no output format {name!r}; there are {', '.join(known)}")
    if separator and not file:
        raise UsageError(f"the output {text!r} names no file; write {name}=FILE, or {name} alone for stdout")
    return name, Path(file) if file else None


def _write(text: str, file: Path | None) -> None:
    from orchestrator.errors import UsageError

    if file is None:
        sys.stdout.write(text)
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"the result {str(file)!r} cannot be written ({error.strerror})") from error
