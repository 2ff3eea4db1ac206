"""`orchestrate eval record`: ask a model about every case once, and keep its answers for replays."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from orchestrator.cli.arguments import count, positive
from orchestrator.cli.front import Command
from orchestrator.cli.model import EFFORTS

if TYPE_CHECKING:
    from orchestrator.evaluate.recorded.plan import Cost
    from orchestrator.evaluate.recorded.settings import CassetteSettings
    from orchestrator.evaluate.recorded.subject import Subject
    from orchestrator.evaluate.suite import Suite

_EPILOG = """examples:
  orchestrate eval record --model claude-opus-5-5 --estimate      what it would cost; nothing is asked
  orchestrate eval record --model claude-opus-5-5 --epochs 3      ANTHROPIC_API_KEY, or a hand-off's ANTHROPIC_BASE_URL
  orchestrate eval record --stale                                 only what is not fresh, with the model of the suite
  orchestrate eval record --case shared-checkpoint-two-queries

A recording is replayed whole before it takes the place of the old one. How it was made is told from who answered: live,
handoff, or synthetic, which measures nobody. Exit codes: 0 recorded, 2 usage, 3 something was not recorded.
"""
_KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the action."""
    parser.add_argument("suite", nargs="?", default="databricks-review", help="a folder, or a name below evals/")
    parser.add_argument("--model", metavar="NAME", help="the model's plain name (default: that of the recordings)")
    parser.add_argument("--effort", choices=EFFORTS, default="medium", help="how hard it thinks (medium)")
    parser.add_argument("--agents", type=_names, default=(), metavar="A,B", help="these specialists (default: all)")
    parser.add_argument("--epochs", type=count, default=1, metavar="K", help="recordings of each case (1)")
    parser.add_argument("--split", choices=("dev", "test"), help="only the cases of a split")
    parser.add_argument("--case", metavar="NAME", help="only this case")
    parser.add_argument("--stale", action="store_true", help="only what is not fresh")
    parser.add_argument("--estimate", action="store_true", help="ask nothing: say what it would cost")
    parser.add_argument("--max-usd", type=positive, metavar="USD", help="do not begin where it may cost more")


def run(arguments: argparse.Namespace) -> int:
    """Record, or estimate; returns 0, or 3 where something was not recorded.

    Raises:
        UsageError: a case, a model, a credential or a library is missing.
    """
    from orchestrator.cli.extra import require_extra

    for extra in ("evals", "model", "cassettes"):
        require_extra(extra, "`eval record`")
    from orchestrator.errors import UsageError
    from orchestrator.evaluate.recorded.plan import cost, settled, stale, subjects_of
    from orchestrator.evaluate.running import chosen_cases, usable_suite

    suite = usable_suite(arguments.suite)
    is_whole = arguments.case is None and arguments.split is None and not arguments.stale
    settings = settled(suite.folder, _asked(arguments), is_whole=is_whole)
    subjects = subjects_of(chosen_cases(suite, split=arguments.split, case=arguments.case), arguments.epochs)
    if arguments.stale:
        subjects = tuple(stale(subjects, suite.folder, settings))
    costs = cost(subjects, settings)
    if arguments.estimate:
        print(_told(costs, settings))
        return 0
    if arguments.max_usd is not None and (costs.usd is None or costs.usd[1] > arguments.max_usd):
        raise UsageError(f"it may cost more than --max-usd {arguments.max_usd:g}: {_money(costs)}")
    print(f"{costs.reviews} reviews, {_money(costs)}", file=sys.stderr)
    return _record(subjects, suite, settings)


def _record(subjects: tuple[Subject, ...], suite: Suite, settings: CassetteSettings) -> int:
    import os

    from orchestrator.errors import CassetteError
    from orchestrator.evaluate.recorded.plan import keep_settings
    from orchestrator.evaluate.recorded.recording import record
    from orchestrator.evaluate.recorded.settings import cassettes_folder
    from orchestrator.models.providers import open_model

    # Opened once, so that a missing credential is told before anything is written.
    open_model(settings.model, os.environ)
    credentials = frozenset(value for name in _KEYS if (value := os.environ.get(name)))
    keep_settings(suite.folder, settings)
    lost = 0
    for number, subject in enumerate(subjects, start=1):
        place = f"{number} of {len(subjects)}: {subject.name}/e{subject.epoch}"
        model = open_model(settings.model, os.environ)
        try:
            done = record(subject, cassettes_folder(suite.folder), settings, model=model, credentials=credentials)
        except CassetteError as error:
            lost += 1
            print(f"{place}: {error}", file=sys.stderr)
            continue
        how = ", ".join(each.value for each in done.hows) or "nobody was asked"
        print(f"{place}: {how}, {len(done.files)} files")
    if lost:
        print(f"orchestrate: {lost} of {len(subjects)} were not recorded; --stale asks for them again", file=sys.stderr)
    return 3 if lost else 0


def _asked(arguments: argparse.Namespace) -> CassetteSettings | None:
    from pydantic import ValidationError

    from orchestrator.errors import UsageError
    from orchestrator.evaluate.recorded.settings import CassetteSettings

    if arguments.model is None:
        return None
    try:
        return CassetteSettings(model=arguments.model, effort=arguments.effort, agents=arguments.agents)
    except ValidationError:
        wrong = f"--model {arguments.model!r} is no plain name; recordings take one such as claude-opus-5-5"
        raise UsageError(wrong) from None


def _told(costs: Cost, settings: CassetteSettings) -> str:
    calls, tokens = costs.calls, costs.tokens
    lines = [
        f"Model    {settings.model}, effort {settings.effort}",
        f"Reviews  {costs.reviews} (input and twin of each case, in each epoch)",
        f"Calls    {calls[0]:,} to {calls[1]:,}",
        f"Tokens   {tokens[0]:,} to {tokens[1]:,}",
        f"Cost     {_money(costs)}",
        *(f"- {each}" for each in costs.assumptions),
    ]
    return "\n".join(lines)


def _money(costs: Cost) -> str:
    if costs.usd is None:
        return "at a price that is not known"
    return f"{costs.usd[0]:,.2f} to {costs.usd[1]:,.2f} USD"


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


ACTION = Command(
    name="record",
    help="ask a model about every case once, for replays",
    description="Record what a model says of every case and its twin, so that it can be replayed without a network.",
    configure=configure,
    run=run,
    epilog=_EPILOG,
)
