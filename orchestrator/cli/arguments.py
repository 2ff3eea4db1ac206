"""Arguments that several commands share."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from orchestrator.types import Severity

LAYERS = ("bronze", "silver", "gold")


def add_scope(parser: argparse.ArgumentParser) -> None:
    """What is reviewed, by which rules and with which configuration."""
    scope = parser.add_argument_group("what is reviewed")
    scope.add_argument("path", nargs="?", default=".", type=Path, help="a directory, file or notebook (default: .)")
    scope.add_argument("--agents", type=_names, default=(), metavar="A,B", help="only these specialists")
    scope.add_argument(
        "--select", type=_names, default=(), metavar="RULE,...", help="rules, prefixes such as STR, or ALL"
    )
    scope.add_argument("--ignore", type=_names, default=(), metavar="RULE,...", help="rules or prefixes to leave out")
    scope.add_argument("--exclude", action="append", default=[], metavar="GLOB", help="paths to leave out (repeatable)")
    scope.add_argument("--layer", choices=LAYERS, help="only files of this medallion layer")
    scope.add_argument("--config", type=Path, metavar="FILE", help="configuration instead of the project's own")
    add_jobs(parser)
    parser.add_argument("--no-cache", action="store_true", help="neither read nor write the cache of results")
    parser.add_argument("--quiet", action="store_true", help="nothing on stderr but errors")


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """How many processes share the work."""
    parser.add_argument(
        "--jobs", type=_jobs, default=os.cpu_count() or 1, metavar="N", help="processes (default: cores)"
    )


def add_gate(parser: argparse.ArgumentParser, default: str = "high, or the configuration's") -> None:
    """What makes the command fail."""
    parser.add_argument(
        "--fail-on",
        choices=[*(severity.value for severity in Severity), "never"],
        help=f"exit with 1 at findings this bad or worse (default: {default})",
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _jobs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes; give 1 or more")
    return int(text)


def positive(text: str) -> float:
    """A number above 0, for argparse."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return number


def count(text: str) -> int:
    """A whole number above 0, for argparse."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)
