"""What the steps of a review work with and no checkpoint holds: the code, the calls, the tools, and what follows from
them. A resumed run computes it again; it is the same for the same project."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from orchestrator.types import Asked, Finding, SpecialistCoverage, Status
from orchestrator.workflows.addressed import speaking
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.graph.state import silent
from orchestrator.workflows.graph.team import Gathering, Team, gathered, with_left_out
from orchestrator.workflows.merge import joined
from orchestrator.workflows.refuter.choice import chosen
from orchestrator.workflows.refuter.judge import NAME, Judgement, bench_of, judge, tools_over
from orchestrator.workflows.runs.spending import answered_by, spending_of
from orchestrator.workflows.runs.summary import events_of
from orchestrator.workflows.specialist.conversation import converse
from orchestrator.workflows.specialist.evidence import Heard, Testimony, hear

if TYPE_CHECKING:
    from orchestrator.code.reading import Files
    from orchestrator.events import Tell
    from orchestrator.loading.agent import AgentSpec
    from orchestrator.models.calls import Calls
    from orchestrator.toolbox.toolbox import Toolbox
    from orchestrator.types import Change
    from orchestrator.workflows.graph.running import Measure
    from orchestrator.workflows.graph.settings import ModelSettings
    from orchestrator.workflows.graph.state import ReviewState, Ruled, Said
    from orchestrator.workflows.request import Request, Reviewed
    from orchestrator.workflows.runs.folder import Run
    from orchestrator.workflows.specialist.kept import KeptAnswers


@dataclass(kw_only=True)
class Context:
    """One run's surroundings; what costs time is made once, when it is first asked for."""

    run: Run
    request: Request
    settings: ModelSettings
    files: Files
    change: Change | None
    agents: tuple[AgentSpec, ...]
    calls: Calls
    toolbox: Toolbox
    kept: KeptAnswers | None
    tell: Tell
    use_cache: bool = True
    measure: Measure
    started: float = field(default_factory=time.perf_counter)
    _reviewed: Reviewed | None = None
    _facts: tuple[str, ...] = ()
    _team: Team | None = None
    _heard: tuple[dict[str, Said], tuple[Heard, ...]] | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def reviewed(self) -> Reviewed:
        """The review by rules, measured where that was asked for."""
        async with self._lock:
            if self._reviewed is None:
                self._reviewed = await asyncio.to_thread(self._by_rules)
            return self._reviewed

    async def team(self) -> Team:
        """The specialists that are asked, and what each is told."""
        reviewed = await self.reviewed()
        if self._team is None:
            given = Gathering(
                settings=self.settings,
                agents=self.agents,
                files=self.files,
                reviewed=reviewed,
                change=self.change,
                toolbox=self.toolbox,
                facts=self._facts,
            )
            self._team = gathered(given)
        return self._team

    async def said(self, who: str) -> Said:
        """How the conversation of a specialist ended: held now, or kept from an earlier run."""
        team = await self.team()
        member = team.members[who]
        known = self.kept.lookup(member.key, self._digests) if self.kept is not None else None
        if known is not None:
            return {
                "who": who,
                "text": known.text,
                "turns": known.turns,
                "problem": None,
                "read": sorted(known.read),
                "whole": list(known.whole),
                "live": False,
                "reused": True,
            }
        ended = await converse(team.cohort, member.brief, calls=self.calls, tell=self.tell)
        if self.kept is not None:
            self.kept.store(member.key, ended, self._digests)
        return {
            "who": who,
            "text": ended.text,
            "turns": ended.turns,
            "problem": ended.problem,
            "read": list(ended.read),
            "whole": list(ended.whole),
            "live": ended.live,
            "reused": False,
        }

    async def heard(self, state: ReviewState) -> tuple[Heard, ...]:
        """What the specialists said, held against the code; made once for the same answers."""
        answers = state.get("answers", {})
        if self._heard is None or self._heard[0] != answers:
            self._heard = answers, await self._held_against_code(answers)
        return self._heard[1]

    async def _held_against_code(self, answers: dict[str, Said]) -> tuple[Heard, ...]:
        team, reviewed = await self.team(), await self.reviewed()
        events = events_of(self.run)
        testimonies = [
            Testimony(
                agent=who,
                text=said["text"],
                problem=said["problem"] or None,
                unseen=tuple(sorted(set(member.unshown) - set(said["whole"]))),
                addressed=speaking(reviewed.sources, member.files),
                spending=spending_of(events, who),
            )
            for who, member in sorted(team.members.items())
            # Silence is never taken for a clean review.
            for said in [answers.get(who) or silent(who, "its step left no answer")]
        ]
        return hear(testimonies, reviewed, today=self.request.today, change=self.change, baseline=self.request.baseline)

    async def claimed(self, state: ReviewState) -> tuple[Finding, ...]:
        """The findings that the answers claim, each with its standing."""
        return tuple(finding for heard in await self.heard(state) for finding in heard.findings)

    async def judged(self, state: ReviewState) -> tuple[Judgement, ...]:
        """The refuter's word on the findings, all of them asked about side by side."""
        reviewed = await self.reviewed()
        choice = chosen(reviewed.review.findings, await self.heard(state))
        if not choice.asked:
            return choice.not_asked
        tools = tools_over(self.files.sources, self.files.others)
        bench = bench_of(self.settings.model, self.settings.effort, tools, reviewed.sources, change=self.change)
        asked = [asyncio.create_task(judge(each, bench, calls=self.calls, tell=self.tell)) for each in choice.asked]
        try:
            return (*await asyncio.gather(*asked), *choice.not_asked)
        finally:
            # Where one of them breaks, the step is over: the others must not go on and be paid.
            for task in asked:
                task.cancel()
            await asyncio.gather(*asked, return_exceptions=True)

    async def outcome(self, state: ReviewState) -> Reviewed:
        """The joined review, with what the run cost in all the processes that worked on it."""
        reviewed, team = await self.reviewed(), await self.team()
        judgements = [_judgement(ruled) for ruled in state.get("judgements", {}).values()]
        review = joined(reviewed, await self.heard(state), judgements).review
        events = events_of(self.run)
        lines = with_left_out(review.specialists, self.agents, team, change=self.change)
        whole = replace(
            review,
            specialists=(*lines, *_broken_refuter(state)),
            asked=Asked(
                model=self.settings.model,
                run=self.run.id,
                spending=spending_of(events),
                answered=answered_by(events, self.settings.model),
            ),
            seconds=time.perf_counter() - self.started,
        )
        return replace(reviewed, review=whole, kept=False)

    @cached_property
    def _digests(self) -> dict[str, str]:
        return {source.path: source.digest for source in self.files.sources}

    def _by_rules(self) -> Reviewed:
        plain = cached_review(self.request, use_cache=self.use_cache, files=self.files)
        measured = self.measure(plain)
        self._facts = tuple(note for note in measured.review.notes if note not in plain.review.notes)
        return measured


def _broken_refuter(state: ReviewState) -> Iterator[SpecialistCoverage]:
    """A line for the refuter where its step broke: what was claimed is withheld then, and nobody has judged it."""
    problem = state.get("failures", {}).get(NAME)
    if problem is not None:
        yield SpecialistCoverage(name=NAME, status=Status.SKIPPED, rules=0, findings=0, reason=problem, incomplete=True)


def _judgement(ruled: Ruled) -> Judgement:
    return Judgement(finding=ruled["finding"], word=ruled["word"], reason=ruled["reason"], problem=ruled["problem"])
