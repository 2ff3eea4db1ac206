"""The standard streams of the process, made safe to print to."""

from __future__ import annotations

import io
import os
import sys


def open_streams() -> None:
    """Put the null device where a stream was closed, and spell the characters that a stream's encoding lacks."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, io.TextIOWrapper(io.BufferedWriter(io.FileIO(os.devnull, "w")), encoding="utf-8"))
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def takes_colour() -> bool:
    """Whether stdout is a terminal with colours whose user did not turn them off (an empty NO_COLOR is none)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def abandon_stdout() -> None:
    """Send what stdout still holds to the null device, so that Python's own last flush cannot fail too."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
