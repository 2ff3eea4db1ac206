"""The parts of an agent's prompt, in their order; the last, the shape of the answer, is the same in all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from orchestrator.loading.agent import AgentSpec
from orchestrator.rules.catalog import pages
from orchestrator.workflows.claims import Claim
from orchestrator.workflows.lint.content import Content, Problem
from orchestrator.workflows.lint.fences import fences

_RULE = re.compile(r"\b[A-Z]{2,4}\d{3}\b")
SECTIONS = (
    "Surface", "Rules that already run", "Look for", "Never report", "Evidence", "Worked examples", "Output",
)  # fmt: skip


def problems(content: Content) -> Iterator[Problem]:
    """Agents with missing or misplaced parts, another answer, a wrong example, or one description for two."""
    agents = [agent for plugin in content.plugins for agent in plugin.agents]
    outputs = Counter(agent.prompt.partition("\n## Output\n")[2].strip() for agent in agents)
    usual = outputs.most_common(1)[0][0] if outputs else ""
    described = Counter(agent.description for agent in agents)
    for agent in agents:
        if agent.metadata is None:
            yield content.problem(agent.path, 1, "has no `metadata.surface`: triage cannot ask it")
        headings = tuple(line[3:].strip() for line in agent.prompt.splitlines() if line.startswith("## "))
        if headings != SECTIONS:
            yield content.problem(
                agent.path, agent.prompt_line, f"its sections must be {', '.join(SECTIONS)}, in this order"
            )
        elif agent.prompt.partition("\n## Output\n")[2].strip() != usual:
            yield content.problem(
                agent.path, agent.prompt_line, "its section Output differs from that of the other agents"
            )
        yield from _rules(content, agent)
        if described[agent.description] > 1:
            yield content.problem(agent.path, 3, "another agent has this description")
        for fence in fences(agent.prompt, agent.prompt_line):
            if fence.language == "json":
                yield from _example(content, agent.path, fence.line, fence.text)


def _rules(content: Content, agent: AgentSpec) -> Iterator[Problem]:
    """The rules that the prompt names beside those that the specialist's folder holds."""
    section = agent.prompt.partition("\n## Rules that already run\n")[2].partition("\n## ")[0]
    named = frozenset(_RULE.findall(section.partition("`orchestrate")[0]))
    there = frozenset(page.id for page in pages() if page.specialist == agent.name)
    if missing := sorted(there - named):
        yield content.problem(agent.path, agent.prompt_line, f"does not name its rules {', '.join(missing)}")
    if foreign := sorted(named - there):
        yield content.problem(
            agent.path, agent.prompt_line, f"names as its own rules {', '.join(foreign)}, which are not"
        )


def _example(content: Content, path: Path, line: int, text: str) -> Iterator[Problem]:
    try:
        Claim.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        yield content.problem(path, line, f"its example is no finding: {place}: {first['msg']}")
