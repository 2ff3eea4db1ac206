"""The part that is one specialist's own: its role in the system prompt, and the message that it starts from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from orchestrator.loading.agent import AgentSpec
from orchestrator.rules.catalog import pages
from orchestrator.toolbox.names import PROJECT_TOOLS
from orchestrator.toolbox.offered import OfferedTool
from orchestrator.toolbox.project.files import shown_name
from orchestrator.types import Change, Finding
from orchestrator.workflows.request import Reviewed
from orchestrator.workflows.specialist.conversation import Brief
from orchestrator.workflows.specialist.shared import MAX_RANGES, Shared, is_of_rules, known_place, ranges
from orchestrator.workflows.triage import Assignment

MAX_KNOWN = 60
MAX_FILES = 500
"""Files that are named to one specialist; the rest it may list, and what it does not read stands in the ledger."""
_OUTPUT = re.compile(r"^## Output\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_TOOLS = """## Here
You run without a shell: where your role says {theirs}, use {ours}. You may call {names}. The other tools that \
you see belong to other specialists and answer you with an error. `orchestrate rules explain` cannot be called; \
the rules that are yours are:
{rules}

Your answer is the JSON of the schema that you were given, as the finding protocol says; there is no other \
output."""

_MESSAGE = """Review these files as {name}; the rest of the project is context. What is known there is reported already.

<data-{nonce}>
{data}
</data-{nonce}>

{change}Read what you need, go through the points of your role for each file, then answer."""
_CHANGED = "Only defects that changed lines bring in or make reachable count; quote a changed line.\n"


def brief_for(
    assignment: Assignment,
    *,
    tools: Mapping[str, OfferedTool],
    shared: Shared,
    reviewed: Reviewed,
    change: Change | None = None,
) -> Brief:
    """A specialist's part of the review: role, first message and tools; the same for the same files."""
    agent = assignment.agent
    known = [finding for finding in reviewed.review.findings if finding.location.path in assignment.files]
    return Brief(
        name=agent.name,
        persona=persona(agent, tools),
        message=first_message(assignment, shared, [each for each in known if is_of_rules(each)], change),
        tools=tools,
    )


def persona(agent: AgentSpec, tools: Iterable[str]) -> str:
    """The agent's prompt as the runtime gives it: no section on output, the tools by their names here."""
    ours = [PROJECT_TOOLS[name] for name in agent.tools if name in PROJECT_TOOLS]
    theirs = [name for name in agent.tools if name in PROJECT_TOOLS]
    rules = [f"- {page.id} {page.name}: {page.summary}" for page in pages() if page.specialist == agent.name]
    here = _TOOLS.format(
        theirs=_listed(theirs) or "a tool of the client",
        ours=_listed(ours) or "what you have",
        names=_listed([f"`{name}`" for name in sorted(tools)]) or "no tool",
        rules="\n".join(rules) or "- none",
    )
    return f"{_OUTPUT.sub('', agent.prompt).strip()}\n\n{here}"


def first_message(
    assignment: Assignment, shared: Shared, known: Sequence[Finding], change: Change | None = None
) -> str:
    """What a specialist is asked: which files, what is known of them, and which of their lines count.

    The list is data: names of files are the project's text too.
    """
    left = frozenset(shared.left)
    lines = [f"- {shown_name(path)}{_about(path, left, change)}" for path in assignment.files[:MAX_FILES]]
    if (count := len(assignment.files) - MAX_FILES) > 0:
        lines.append(f"(cut: {count} more of the project's files; `list_files` names them)")
    if known:
        lines += ["known there:", *map(known_place, known[:MAX_KNOWN])]
    data = "\n".join(lines)
    nonce = sha256(data.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return _MESSAGE.format(name=assignment.agent.name, nonce=nonce, data=data, change=_CHANGED if change else "")


def _about(path: str, left: frozenset[str], change: Change | None) -> str:
    about = ["not shown, read it"] if path in left else []
    if change is not None:
        changed = ranges(change.lines.get(path, frozenset()), most=MAX_RANGES)
        about.append(f"changed: {changed}" if changed else "unchanged")
    return f" ({'; '.join(about)})" if about else ""


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
