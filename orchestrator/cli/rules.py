"""`orchestrate rules`: list the rules, print the page of one, or what was measured of them."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from orchestrator.cli.front import Command

if TYPE_CHECKING:
    from orchestrator.rules.catalog import RulePage

_EPILOG = """examples:
  orchestrate rules
  orchestrate rules --agents streaming-specialist
  orchestrate rules --output json | jq '.[] | select(.default) | .id'
  orchestrate rules --stats
  orchestrate rules explain PYS003
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("action", nargs="?", choices=["list", "explain"], default="list", help="default: list")
    parser.add_argument("rule", nargs="?", help="the rule to explain, such as PYS003")
    parser.add_argument("--agents", default="", metavar="A,B", help="only the rules of these specialists")
    parser.add_argument("--stats", action="store_true", help="how right each rule was seen to be, and how much it says")
    parser.add_argument("--output", choices=["text", "json"], default="text", help="default: text")


def run(arguments: argparse.Namespace) -> int:
    """List or explain."""
    from orchestrator.errors import UsageError

    if arguments.action == "explain":
        if arguments.stats:
            raise UsageError("'orchestrate rules explain' takes no --stats; for the numbers: orchestrate rules --stats")
        if arguments.rule is None:
            raise UsageError("name the rule to explain, for example: orchestrate rules explain PYS003")
        return _explain(arguments.rule)
    if arguments.rule is not None:
        raise UsageError(
            f"'orchestrate rules list' takes no rule; for its page: orchestrate rules explain {arguments.rule}"
        )
    return _list(arguments)


def _explain(name: str) -> int:
    from orchestrator.errors import UsageError
    from orchestrator.rules.catalog import page
    from orchestrator.workflows.selection import near_rule

    found = page(name)
    if found is None:
        raise UsageError(f"no rule is called {name!r}{near_rule(name)}; `orchestrate rules` lists them")
    state = "on by default" if found.default else f"opt-in: --select {found.id}"
    print(f"{found.id} {found.name} · {found.severity} · {found.specialist} · {state}\n")
    print(found.text)
    if found.references:
        print("\nReferences:")
        for reference in found.references:
            print(f"  {reference}")
    return 0


def _stats(found: tuple[RulePage, ...], *, output: str) -> int:
    from orchestrator.cli.rule_stats import stats_json, stats_text

    if output == "json":
        json.dump(stats_json(found), sys.stdout, indent=2, ensure_ascii=False)
        print()
        return 0
    print(stats_text(found))
    return 0


def _list(arguments: argparse.Namespace) -> int:
    from orchestrator.workflows.selection import Selection, selected_pages

    agents = tuple(name for name in arguments.agents.split(",") if name)
    found = selected_pages(Selection(select=("ALL",), agents=agents))
    if arguments.stats:
        return _stats(found, output=arguments.output)
    if arguments.output == "json":
        entries = [
            {
                "id": page.id,
                "name": page.name,
                "specialist": page.specialist,
                "severity": page.severity.value,
                "default": page.default,
                "summary": page.summary,
            }
            for page in found
        ]
        json.dump(entries, sys.stdout, indent=2, ensure_ascii=False)
        print()
        return 0
    width = max((len(page.name) for page in found), default=0)
    for page in found:
        mark = "on    " if page.default else "opt-in"
        print(f"{page.id}  {page.severity:<8}  {mark}  {page.name:<{width}}  {page.specialist}")
    on = sum(page.default for page in found)
    print(f"\n{len(found)} rules, {on} on by default. The page of one: orchestrate rules explain PYS003")
    return 0


COMMAND = Command(
    name="rules",
    help="list the rules, or explain one",
    description="List the rules with their severity and state, print the page of one, or what was measured of them.",
    configure=configure,
    run=run,
    epilog=_EPILOG,
)
