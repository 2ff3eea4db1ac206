"""`orchestrate handoff serve` and `list`: a Messages API on loopback whose answers a person writes as files."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from orchestrator.cli.front import Command

_EPILOG = """examples:
  orchestrate handoff serve answers/                     then, in another shell:
      export ANTHROPIC_BASE_URL=http://127.0.0.1:PORT ANTHROPIC_API_KEY=handoff
      orchestrate review-pipeline . --model claude-opus-5-5
  orchestrate handoff list answers/                      what waits, and what is wrong with an answer
  orchestrate handoff serve answers/ --port 8787 --model-name by-hand --timeout 3600

Each request is a page answers/requests/NAME.md; write the answer into answers/responses/NAME.md or NAME.json.
Answers are kept by what was asked, so a review that is run again is answered at once. Nothing leaves the machine.
"""
_MOST_PORT = 65_535


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    serve = actions.add_parser("serve", help="write requests down and wait for their answers", allow_abbrev=False)
    serve.add_argument("directory", type=Path, metavar="DIR", help="the folder of requests and responses")
    serve.add_argument("--port", type=_port, default=0, metavar="N", help="default: a free one")
    serve.add_argument(
        "--model-name", default="handoff", metavar="NAME", help="the model that answers say they are of (handoff)"
    )
    serve.add_argument("--timeout", type=_seconds, metavar="S", help="seconds that a request waits (default: for ever)")
    listing = actions.add_parser("list", help="what waits for an answer", allow_abbrev=False)
    listing.add_argument("directory", type=Path, metavar="DIR", help="the folder of requests and responses")
    listing.add_argument("--output", choices=("text", "json"), default="text", help="how to print it")


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted, or list; returns 0.

    Raises:
        UsageError: the folder or the port cannot be used, or a library is missing.
    """
    return _serve(arguments) if arguments.action == "serve" else _list(arguments.directory, arguments.output)


def _serve(arguments: argparse.Namespace) -> int:
    import signal

    from orchestrator.cli.extra import require_extra

    require_extra("model", "the hand-off endpoint")
    from orchestrator.models.handoff import Folder
    from orchestrator.models.handoff_server import Handoff

    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    endpoint = Handoff(
        Folder(arguments.directory),
        port=arguments.port,
        name=arguments.model_name,
        timeout=arguments.timeout,
        tell=lambda line: print(line, file=sys.stderr, flush=True),
    )
    try:
        with endpoint:
            print(f"export ANTHROPIC_BASE_URL={endpoint.address}\nexport ANTHROPIC_API_KEY=handoff", flush=True)
            endpoint.stopped.wait()
    except KeyboardInterrupt:
        # The way to end it: no error.
        return 0
    return 0


def _list(directory: Path, output: str) -> int:
    from orchestrator.errors import UsageError
    from orchestrator.models.handoff import Folder

    if not (directory / "requests").is_dir():
        raise UsageError(
            f"{str(directory)!r} is no folder of a hand-off; make one with `orchestrate handoff serve DIR`"
        )
    waiting = Folder(directory).waiting()
    if output == "json":
        import json
        from dataclasses import asdict

        print(json.dumps([asdict(each) for each in waiting], indent=2))
        return 0
    for each in waiting:
        print(f"{each.name}  waits for {_age(each.seconds)}" + (f"  {each.problem}" if each.problem else ""))
    count = len(waiting)
    print(f"{count} request{'' if count == 1 else 's'} without an answer", file=sys.stderr)
    return 0


def _age(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > _MOST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; give 0 to {_MOST_PORT}, 0 for a free one")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds; give one above 0")
    return seconds


COMMAND = Command(
    name="handoff",
    help="answer a model's requests by hand: a Messages API on loopback that writes them down and waits",
    description="For a model that no network reaches: requests become files, and files become its answers.",
    configure=configure,
    run=run,
    epilog=_EPILOG,
)
