"""`--model` and what belongs to it: the options of a review in which specialists think, on top of the rules."""

from __future__ import annotations

import argparse

from orchestrator.cli.arguments import count, positive

EFFORTS = ("low", "medium", "high", "max")
NONE = "none"


def add_model(parser: argparse.ArgumentParser) -> None:
    """Which model the specialists ask, and where it stops; without `--model` none is asked and nothing is imported."""
    group = parser.add_argument_group(
        "a model besides the rules", "specialists then read the code; what they say must be quoted from it"
    )
    group.add_argument(
        "--model",
        metavar="NAME",
        help="such as claude-sonnet-5-5 (ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL), or with its provider: bedrock/NAME, "
        "vertex/NAME, foundry/NAME, databricks/NAME; scripted:FILE for trying it; `none` for rules alone (default)",
    )
    group.add_argument("--effort", choices=EFFORTS, default="medium", help="how hard it thinks (default: medium)")
    group.add_argument("--max-usd", type=positive, metavar="USD", help="the most that the run may cost")
    group.add_argument("--max-tokens", type=count, metavar="N", help="the most tokens, in and out, of the run")
    group.add_argument("--deadline", type=positive, metavar="SECONDS", help="ask nothing more after so long")
    group.add_argument(
        "--resume",
        metavar="RUN",
        help="go on with a run that stopped, as it was asked for; an option given anew stands (`orchestrate runs`)",
    )
    group.add_argument(
        "--estimate", action="store_true", help="ask nothing: say what --model would cost, as text or JSON"
    )


def asks_model(arguments: argparse.Namespace) -> bool:
    """Whether a model is to be asked.

    Raises:
        UsageError: an option of a model has no model or makes no sense, or the extra is not installed.
    """
    if arguments.estimate and arguments.resume is not None:
        from orchestrator.errors import UsageError

        raise UsageError("--estimate is of a new run; `orchestrate runs show RUN` says what that one cost so far")
    if arguments.model not in {None, NONE}:
        from orchestrator.cli.extra import require_extra

        require_extra("model", "--model")
        return True
    given = [name for name in ("max_usd", "max_tokens", "deadline", "estimate") if getattr(arguments, name)]
    if given:
        from orchestrator.errors import UsageError

        option = f"--{given[0].replace('_', '-')}"
        raise UsageError(f"{option} is for a review with a model; name one with --model, such as claude-sonnet-5-5")
    return False
