"""`orchestrate eval power`: how often the live lane of the gate is wrong, measured by simulation."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.cli.arguments import count
from orchestrator.cli.front import Command

if TYPE_CHECKING:
    from orchestrator.evaluate.gate.power_page import Measured

_EPILOG = """examples:
  orchestrate eval power                                 a few minutes; prints the tables
  orchestrate eval power --write docs/eval-gate.md       puts them into the page
  orchestrate eval power --repetitions 100 --epochs 5
"""
_MOST = 100_000


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the action."""
    parser.add_argument("--repetitions", type=count, default=600, metavar="N", help="simulations a number (600)")
    parser.add_argument(
        "--epochs", type=count, action="append", metavar="K", help="epochs of each side (repeatable; default: 3 and 5)"
    )
    parser.add_argument("--drop", type=_drop, default=0.10, metavar="X", help="how much recall falls (0.10)")
    parser.add_argument("--write", type=Path, metavar="FILE", help="replace the measured part of this page")
    parser.add_argument("--quiet", action="store_true", help="nothing on stderr but errors")


def run(arguments: argparse.Namespace) -> int:
    """Measure, and print or write; returns 0.

    Raises:
        UsageError: a library is missing, or the page cannot be written.
    """
    from orchestrator.cli.extra import require_extra
    from orchestrator.errors import UsageError

    require_extra("evals", "`eval power`")
    if arguments.repetitions > _MOST:
        raise UsageError(f"--repetitions {arguments.repetitions} would take hours; give {_MOST} or less")
    # Its products are thin: several threads wait for each other more than they work (184 s of CPU against 48).
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from orchestrator.evaluate.gate.power_page import page, with_page

    text = _read(arguments.write) if arguments.write is not None else ""
    if arguments.write is not None:
        with_page(text, "")
    tables = page([_measured(arguments, epochs) for epochs in arguments.epochs or (3, 5)])
    if arguments.write is None:
        print(tables)
        return 0
    try:
        arguments.write.write_text(with_page(text, tables), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{str(arguments.write)!r} cannot be written ({error.strerror})") from error
    print(f"{arguments.write}: the measured part is new")
    return 0


def _measured(arguments: argparse.Namespace, epochs: int) -> Measured:
    from orchestrator.evaluate.gate.power import SIZES, World, rates
    from orchestrator.evaluate.gate.power_page import Measured

    world = World(epochs=epochs)
    sides = []
    for drop in (0.0, arguments.drop):
        found = []
        for families in SIZES:
            if not arguments.quiet:
                print(f"{epochs} epochs, {families} families, recall falls by {drop:g}", file=sys.stderr)
            found.append(rates(families, drop=drop, repetitions=arguments.repetitions, world=world))
        sides.append(tuple(found))
    return Measured(world=world, drop=arguments.drop, equal=sides[0], worse=sides[1])


def _read(path: Path) -> str:
    from orchestrator.errors import UsageError

    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise UsageError(f"{str(path)!r} cannot be read ({reason})") from error


def _drop(text: str) -> float:
    try:
        drop = float(text)
    except ValueError:
        drop = 0.0
    if not 0 < drop < 0.5:
        raise argparse.ArgumentTypeError(f"{text!r} is no drop of recall; give one above 0 and below 0.5")
    return drop


ACTION = Command(
    name="power",
    help="how often the live lane of the gate is wrong",
    description="Measure by simulation how often the live lane stops an equal system and sees a worse one.",
    configure=configure,
    run=run,
    epilog=_EPILOG,
)
