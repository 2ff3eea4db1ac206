"""Which specialists have something to look at in a project, and in which files: by what the text holds, no parsing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.code.source import SourceFile
from orchestrator.loading.agent import AgentSpec, Surface
from orchestrator.workflows.surfaces import FACTS, SHOWN_BY


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """One specialist with the surfaces that are present and the files that show them."""

    agent: AgentSpec
    surfaces: tuple[Surface, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Triage:
    """Who is asked, and who is not because nothing of its subject is here."""

    assigned: tuple[Assignment, ...]
    left_out: tuple[AgentSpec, ...]


def triage(agents: Iterable[AgentSpec], sources: Iterable[SourceFile]) -> Triage:
    """The agents whose surface the sources show; facts that a command has read are for every agent that it asks."""
    shown = {surface: tuple(source.path for source in sources if holds(source)) for surface, holds in SHOWN_BY.items()}
    facts = shown[FACTS]
    assigned: list[Assignment] = []
    left_out: list[AgentSpec] = []
    for agent in agents:
        surfaces: tuple[Surface, ...] = agent.metadata.surface if agent.metadata else ()
        if facts and FACTS not in surfaces:
            surfaces = (*surfaces, FACTS)
        present = tuple(surface for surface in surfaces if shown.get(surface))
        if not present:
            left_out.append(agent)
            continue
        files = sorted({path for surface in present for path in shown[surface]})
        assigned.append(Assignment(agent=agent, surfaces=present, files=tuple(files)))
    return Triage(assigned=tuple(assigned), left_out=tuple(left_out))
