"""`--resume RUN`: what a run was asked for, asked again."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path

Configure = Callable[[argparse.ArgumentParser], None]


def resumed(arguments: argparse.Namespace, configure: Configure) -> argparse.Namespace:
    """The arguments of the run to resume, in the folder where they were given; an option that is given now stands in
    place of the run's, and its paths are those of the folder where we are.

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
    now = _given(arguments.words[1:], configure)
    try:
        os.chdir(record.directory)
    except OSError as error:
        raise RunError(
            f"the folder of run {record.run} cannot be entered ({error.strerror}): {record.directory!r}; "
            "start a new run in its place"
        ) from error
    _, whole = parse_arguments(record.words)
    for name, value in now.items():
        setattr(whole, name, value)
    return whole


def _given(words: Sequence[str], configure: Configure) -> dict[str, object]:
    """The options that are given in these words and no default, with paths that hold in every folder."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    configure(parser)
    options = [action.option_strings for action in parser._actions]
    parser.set_defaults(**dict.fromkeys(vars(parser.parse_args([]))))
    given = {name: value for name, value in vars(parser.parse_args(list(words))).items() if value is not None}
    del options
    return given
