"""Runs an audit command: facts are read and judged, proposals are written or applied where that was asked for."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, cast

from orchestrator.cli.commanding import add_common, asked, at_work, report
from orchestrator.cli.operating import add_decision, decided
from orchestrator.cli.thinking import add_thinking, check_thinking, with_thoughts

if TYPE_CHECKING:
    from orchestrator.loading.command import CommandSpec
    from orchestrator.workflows.audit.shape import Audit, Audited
    from orchestrator.workflows.commands.parameters import Parameters
    from orchestrator.workflows.commands.result import Result
    from orchestrator.workflows.commands.site import Site


def add_options(parser: argparse.ArgumentParser, declared: object) -> None:
    """The options of the shape."""
    audit = cast("Audit[Parameters]", declared)
    parser.epilog = audit.epilog
    add_common(parser)
    add_thinking(parser)
    if audit.files:
        files = parser.add_argument_group("the files that it proposes")
        files.add_argument("--into", type=Path, metavar="DIR", help="write the proposed files there (default: nowhere)")
        files.add_argument("--force", action="store_true", help="also over files that are there and differ")
    if audit.changes:
        add_decision(parser)


def run(command: CommandSpec, declared: object, arguments: argparse.Namespace) -> int:
    """Audit, report, and return 0, 1 or 3."""
    from orchestrator.workflows.commands.composed import composed
    from orchestrator.workflows.commands.parameters import read_parameters

    audit = cast("Audit[Parameters]", declared)
    parameters = read_parameters(audit.parameters, vars(arguments))
    check_thinking(arguments)
    whom = asked(command, arguments)
    with at_work(arguments) as (place, story):
        audited = audit.audit(parameters, place)
        result = _with_files(audited, place, arguments)
        if audited.proposal is not None:
            result = decided(command, audited.proposal, place, arguments, story, joined=result)
        code = None if result.reviewed is None else result.reviewed.root
        reviewed = with_thoughts(composed(whom, result, place.root), code, whom, arguments, place, story)
        story.done(reviewed.review)
    return report(reviewed, arguments)


def _with_files(audited: Audited, place: Site, arguments: argparse.Namespace) -> Result:
    """The result, its proposed files written where `--into` names a folder."""
    from dataclasses import replace

    from orchestrator.types import Table

    result = audited.result
    if not audited.files:
        return result
    rows = tuple((each.path, each.text.count("\n")) for each in audited.files)
    table = Table(title="Proposed files", columns=("path", "lines"), rows=rows)
    note = "the proposed files are written with --into DIR"
    if arguments.into is not None:
        from orchestrator.workflows.generate.running import put

        into = place.path(arguments.into)
        put(into, audited.files, force=arguments.force)
        note = f"the proposed files are in {arguments.into}"
    return replace(result, tables=(*result.tables, table), notes=(*result.notes, note))
