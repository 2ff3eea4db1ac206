"""`orchestrate workspace serve`: the sandbox workspace on loopback, until Ctrl-C."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.cli.extra import require_extra
from orchestrator.cli.front import Command

if TYPE_CHECKING:
    import datetime as dt

_EPILOG = """examples:
  orchestrate workspace serve                          the company that ships, on a free port
  orchestrate workspace serve --seed seed.yaml --port 8790 --mlflow auto
  orchestrate workspace serve --output json            one line of JSON: host, token, company

It prints two lines for another shell and serves until Ctrl-C.
"""
_MOST_PORT = 65_535
TODAY = "today"


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    serve = actions.add_parser("serve", help="start the sandbox workspace", allow_abbrev=False)
    serve.add_argument("--seed", type=Path, metavar="FILE", help="what it holds (default: the company that ships)")
    serve.add_argument("--port", type=_port, default=0, metavar="N", help="default: a free one")
    serve.add_argument("--token", metavar="TEXT", help="the token of the admin (default: a random one)")
    serve.add_argument("--mlflow", metavar="URL|auto", help="a real MLflow server, or start one")
    serve.add_argument(
        "--now",
        type=_now,
        default=TODAY,
        metavar="TIME|seed",
        help="the present of the sandbox (default: the real one)",
    )
    serve.add_argument("--output", choices=("text", "json"), default="text", help="how to print host and token")


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted; returns 0.

    Raises:
        UsageError: the seed, the port or the MLflow server cannot be used, or the extra is not installed.
    """
    import datetime as dt
    import signal

    require_extra("workspace", "the sandbox")
    from orchestrator.workspace.sandbox import Sandbox, Seed
    from orchestrator.workspace.sandbox.seed import COMPANY

    now = dt.datetime.now(tz=dt.UTC).replace(microsecond=0) if arguments.now == TODAY else _given(arguments.now)
    seed = Seed.read(arguments.seed or COMPANY, now=now)
    # SIGTERM too stops an MLflow server that was started here; a process in the background would ignore Ctrl-C.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    with Sandbox.start(seed, port=arguments.port, token=arguments.token, mlflow_url=arguments.mlflow) as sandbox:
        try:
            print(_text(sandbox.host, sandbox.token, seed.company, arguments.output), flush=True)
            sandbox.wait()
        except KeyboardInterrupt:
            # The way to end it: no error.
            return 0
    return 0


def _text(host: str, token: str, company: str, output: str) -> str:
    if output == "json":
        import json

        return json.dumps({"host": host, "token": token, "company": company})
    return f"export DATABRICKS_HOST={host}\nexport DATABRICKS_TOKEN={token}"


def _given(text: str) -> dt.datetime | None:
    import datetime as dt

    if text == "seed":
        return None
    moment = dt.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > _MOST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; give 0 to {_MOST_PORT}, 0 for a free one")
    return int(text)


def _now(text: str) -> str:
    try:
        _given("seed" if text == TODAY else text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; write 2026-11-23T09:00:00, today or seed") from None
    return text


COMMAND = Command(
    name="workspace",
    help="a sandbox workspace on loopback, for trying and testing without a Databricks account",
    description="Serves the Databricks REST calls that the unmodified databricks-sdk makes, from a seed file.",
    configure=configure,
    run=run,
    epilog=_EPILOG,
)
