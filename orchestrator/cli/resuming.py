"""`--resume RUN`: what a run was asked for, asked again."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path

_COMMAND = "review-pipeline"
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
    if record.words[0] != _COMMAND:
        raise RunError(
            f"run {record.run} is of {record.words[0]!r}: call that command again; what was answered is not paid again"
        )
    now = _given(arguments.words[1:], configure)
    try:
        os.chdir(record.directory)
    except OSError as error:
        raise RunError(
            f"the folder of run {record.run} cannot be entered ({error.strerror}): {record.directory!r}; "
            "start a new run in its place"
        ) from error
    _, whole = parse_arguments(record.words)
    if not whole.path.exists():
        gone = f"what run {record.run} reviewed is no longer at {str(whole.path.absolute())!r}"
        raise RunError(f"{gone}; put it back, or start a new run where it is now")
    for name, value in now.items():
        setattr(whole, name, value)
    return whole


def _given(words: Sequence[str], configure: Configure) -> dict[str, object]:
    """The options that stand in these words, without defaults; their paths hold in every folder."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    configure(parser)
    parser.set_defaults(**dict.fromkeys(vars(parser.parse_args([]))))
    given = vars(parser.parse_args(list(words)))
    return {name: _anywhere(name, value) for name, value in given.items() if value is not None}


def _anywhere(name: str, value: object) -> object:
    if isinstance(value, Path):
        return value.absolute()
    if name == "output" and isinstance(value, list):
        return [_output(each) for each in value]
    return value


def _output(text: str) -> str:
    """`FORMAT=FILE` with the whole path of the file."""
    form, separator, file = text.partition("=")
    return f"{form}={Path(file).absolute()}" if separator and file else text
