"""Which rules a run uses: defaults, plus what is selected, less what is ignored."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.content import content_folder
from orchestrator.errors import UsageError
from orchestrator.rules.catalog import RulePage, pages

ALL = "ALL"


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What the user asked for; a name in `select` or `ignore` is a rule id, a prefix such as `STR`, or `ALL`."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()


def selected_pages(selection: Selection) -> tuple[RulePage, ...]:
    """The rules that run, by id; `select` adds opt-in rules when it names them, and replaces the defaults.

    Raises:
        UsageError: a rule or specialist is not known.
    """
    every = pages()
    _check(selection, every)
    chosen = [page for page in every if _is_wanted(page, selection.select)]
    if selection.agents:
        chosen = [page for page in chosen if page.specialist in selection.agents]
    return tuple(page for page in chosen if not _matches(page.id, selection.ignore))


def known_rule(name: str) -> str:
    """The id of a rule, in upper case.

    Raises:
        UsageError: there is no such rule.
    """
    if not any(page.id == name.upper() for page in pages()):
        raise UsageError(f"no rule is called {name!r}{near_rule(name)}; `orchestrate rules` lists them")
    return name.upper()


def near_rule(name: str) -> str:
    """` (did you mean 'X'?)` where some rule's id is close to the name, or nothing."""
    return _near(name.upper(), [page.id for page in pages()])


def _is_wanted(page: RulePage, select: tuple[str, ...]) -> bool:
    return _matches(page.id, select) if select else page.default


def _matches(rule_id: str, names: Iterable[str]) -> bool:
    return any(name.upper() == ALL or rule_id.startswith(name.upper()) for name in names)


def _check(selection: Selection, every: tuple[RulePage, ...]) -> None:
    ids = [page.id for page in every]
    for name in (*selection.select, *selection.ignore):
        if not any(_matches(rule_id, [name]) for rule_id in ids):
            raise UsageError(f"no rule is called {name!r}{_near(name.upper(), ids)}; `orchestrate rules` lists them")
    check_agents(selection.agents)


def check_agents(agents: Iterable[str]) -> None:
    """Go on only if every agent is a specialist of ours.

    Raises:
        UsageError: one is not.
    """
    specialists = sorted({page.specialist for page in pages()} | set(specialist_names()))
    for agent in agents:
        if agent not in specialists:
            known = ", ".join(specialists)
            raise UsageError(f"no specialist is called {agent!r}{_near(agent, specialists)}; there are {known}")


def specialist_names() -> tuple[str, ...]:
    """Every specialist of the marketplace, with rules or without, by name."""
    return tuple(sorted(path.stem for path in content_folder("plugins").glob("*/agents/*.md")))


def without_rules(selection: Selection) -> dict[str, tuple[str, ...]]:
    """The specialists that were asked for and none of whose rules run, each with the rules that it has.

    A review by rules does nothing for them.
    """
    at_work = {page.specialist for page in selected_pages(selection)}
    idle = (agent for agent in dict.fromkeys(selection.agents) if agent not in at_work)
    return {agent: tuple(page.id for page in pages() if page.specialist == agent) for agent in idle}


def _near(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
