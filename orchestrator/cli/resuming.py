"""`--resume RUN`: what a run was asked for, asked again."""

from __future__ import annotations

import argparse
import os


def resumed(arguments: argparse.Namespace) -> argparse.Namespace:
    """The arguments of the run to resume, in the folder where they were given; options that are given now stand.

    Raises:
        RunError: there is no such run, or what it was asked for is not known.
    """
    from orchestrator.cli.front import parse_arguments
    from orchestrator.errors import RunError
    from orchestrator.workflows.runs.folder import known_run
    from orchestrator.workflows.runs.record import read_record

    record = read_record(known_run(arguments.resume))
    if not record.words:
        raise RunError(f"what run {record.run} was asked for is not kept; start a new run in its place")
    try:
        os.chdir(record.directory)
    except OSError as error:
        raise RunError(
            f"the folder of run {record.run} cannot be entered ({error.strerror}): {record.directory!r}"
        ) from error
    _, whole = parse_arguments([*record.words, *arguments.words[1:]])
    return whole
