"""Who is asked in a run, what each is told, and what they share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.models.conversation import ToolCard
from orchestrator.types import Change, SpecialistCoverage, Status
from orchestrator.workflows.specialist.conversation import Brief, Cohort
from orchestrator.workflows.specialist.kept import answer_key
from orchestrator.workflows.specialist.persona import MAX_FILES, brief_for
from orchestrator.workflows.specialist.shared import Shared, shared_text
from orchestrator.workflows.specialists import ABSENT
from orchestrator.workflows.triage import Assignment, triage

if TYPE_CHECKING:
    from orchestrator.code.reading import Files
    from orchestrator.code.source import SourceFile
    from orchestrator.loading.agent import AgentSpec
    from orchestrator.toolbox.offered import OfferedTool
    from orchestrator.toolbox.toolbox import Toolbox
    from orchestrator.workflows.graph.settings import ModelSettings
    from orchestrator.workflows.graph.state import Assigned
    from orchestrator.workflows.request import Reviewed


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One specialist: its files, what it is told, and the key under which its answer is kept.

    `unshown` are those of its files that did not fit into the shared text, whole or at all, or are too many to be named
    to it, so that it has to read them.
    """

    files: tuple[str, ...]
    unshown: tuple[str, ...]
    brief: Brief
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """The specialists that are asked, in the order of beginning, and what they share."""

    cohort: Cohort
    members: Mapping[str, Member]

    @property
    def assigned(self) -> tuple[Assigned, ...]:
        """Each specialist with its files."""
        return tuple({"who": who, "files": list(member.files)} for who, member in self.members.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """What a team is made from; `facts` are lines about what was measured."""

    settings: ModelSettings
    agents: tuple[AgentSpec, ...]
    files: Files
    reviewed: Reviewed
    change: Change | None
    toolbox: Toolbox
    facts: tuple[str, ...] = ()


def gathered(given: Gathering) -> Team:
    """The team of a review."""
    reviewable = _reviewable(given)
    assignments = _assignments(given, reviewable)
    shared = shared_text(given.reviewed, [source.path for source in reviewable], change=given.change, facts=given.facts)
    cards = given.toolbox.cards([each.agent for each in assignments])
    cohort = Cohort(
        model=given.settings.model,
        effort=given.settings.effort,
        shared=shared.block,
        cards=tuple(map(_card, cards)),
        max_turns=given.settings.max_turns,
    )
    members = {each.agent.name: _member(each, cohort, shared, given) for each in assignments}
    return Team(cohort=cohort, members=members)


def _card(tool: OfferedTool) -> ToolCard:
    return ToolCard(name=tool.name, description=tool.description, schema=tool.schema, strict=tool.strict)


def _member(assignment: Assignment, cohort: Cohort, shared: Shared, given: Gathering) -> Member:
    brief = brief_for(
        assignment,
        tools=given.toolbox.offered_to(assignment.agent),
        shared=shared,
        reviewed=given.reviewed,
        change=given.change,
    )
    skills = given.toolbox.guidance(assignment.agent)
    digests = {path: given.reviewed.sources[path].digest for path in assignment.files}
    return Member(
        files=assignment.files,
        unshown=_unshown(assignment.files, shared),
        brief=brief,
        key=answer_key(cohort, brief, assigned=digests, instructions="\n".join([shared.instructions, *skills])),
    )


def _unshown(files: tuple[str, ...], shared: Shared) -> tuple[str, ...]:
    return tuple(sorted({*files[MAX_FILES:], *(set(files) & {*shared.left, *shared.cut})}))


def _reviewable(given: Gathering) -> list[SourceFile]:
    """The files that are reviewed, without those that only serve as context."""
    skipped = {entry.path for entry in given.reviewed.review.coverage if entry.status is Status.SKIPPED}
    left_out = skipped | given.files.context_only
    return [source for source in given.files.sources if source.path not in left_out]


def _assignments(given: Gathering, reviewable: list[SourceFile]) -> list[Assignment]:
    """The specialists whose subject is in what is reviewed, under a change in what it touches; most to read first.

    The longest conversation decides how long the run takes, so it starts first, and writes the cache for the others.
    """
    shown = [source for source in reviewable if given.change is None or source.path in given.change.lines]
    sizes = {source.path: len(source.text) for source in shown}
    found = triage(given.agents, shown).assigned
    return sorted(found, key=lambda each: (-sum(sizes[path] for path in each.files), each.agent.name))


def with_left_out(
    lines: tuple[SpecialistCoverage, ...], agents: tuple[AgentSpec, ...], team: Team, *, change: Change | None
) -> tuple[SpecialistCoverage, ...]:
    """The lines of the ledger with one for each specialist that was not asked; what its rules did stands."""
    by_name = {line.name: line for line in lines}
    reason = ABSENT if change is None else "the change touches nothing of its subject"
    for agent in agents:
        known = by_name.get(agent.name)
        if agent.name not in team.members and (known is None or not known.rules):
            by_name[agent.name] = SpecialistCoverage(
                name=agent.name, status=Status.SKIPPED, rules=0, findings=0, reason=reason
            )
    return tuple(by_name[name] for name in sorted(by_name))
