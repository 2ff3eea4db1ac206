"""A replay: one case in one epoch, answered from its cassettes and from nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from pydantic import JsonValue
from vcr.cassette import Cassette

from orchestrator.errors import CassetteError
from orchestrator.models.cassettes.pages import Kept, json_object, read_kept
from orchestrator.models.cassettes.results import How, Result, State
from orchestrator.models.cassettes.scrub import Scrubber
from orchestrator.models.cassettes.slots import Slot, cassette_path, folder_name
from orchestrator.models.cassettes.tape import Patched, Place, tape
from orchestrator.models.cassettes.verdict import CASE_CHANGED, Verdict, verdict
from orchestrator.models.fingerprint import Body, fingerprint


@dataclass(slots=True, kw_only=True)
class _Agent:
    """What one agent's cassette came to so far; `played` counts answers by slot."""

    kept: Kept | None = None
    cassette: Cassette | None = None
    found: Verdict | None = None
    turn: int | None = None
    is_cosmetic: bool = False
    played: dict[str, int] = field(default_factory=dict)


class Replay:
    """Answers from `folder` for one case and epoch while its `with` lasts; `results` says what that is worth.

    `case_sha` is the sha256 of the project as it is now. `accept_cosmetic` plays a recording whose system prompt
    differs in white space only; it is still not fresh.
    """

    def __init__(
        self,
        folder: Path,
        *,
        case: str,
        case_sha: str,
        epoch: int = 1,
        scrubber: Scrubber | None = None,
        accept_cosmetic: bool = False,
    ) -> None:
        self._folder = folder
        self.case = folder_name(case)
        self.epoch = epoch
        self._case_sha = case_sha
        self._scrubber = scrubber or Scrubber()
        self._accepts = accept_cosmetic
        self._agents: dict[str, _Agent] = {}

    def __enter__(self) -> Self:
        Patched.begin()
        return self

    def __exit__(self, *_: object) -> None:
        Patched.end()

    def place(self, slot: Slot, missed: Callable[[], None]) -> Place:
        """Where the call of a slot is answered; `missed` is called when no recording answers it.

        Raises:
            CassetteError: the agent's cassette is missing or corrupt, or an earlier turn was not fresh.
        """
        agent = self._agents.get(slot.agent) or self._open(slot.agent)
        if agent.found is not None or agent.cassette is None:
            agent.turn = agent.turn or slot.turn
            raise self._refused(slot.agent)

        def told(body: JsonValue) -> None:
            self._miss(agent, slot, body if isinstance(body, dict) else {})
            missed()

        return Place(slot=slot, cassette=agent.cassette, is_replay=True, missed=told)

    def played(self, place: Place) -> float | None:
        """Count a call that was answered; returns the seconds that it took when it was recorded.

        Raises:
            CassetteError: the model did not ask through the HTTP client of the SDK.
        """
        agent, key = self._agents[place.slot.agent], str(place.slot)
        if not place.played:
            agent.found = Verdict(state=State.MISSING, detail="the model asked nothing through the SDK's client")
            agent.turn = place.slot.turn
            raise self._refused(place.slot.agent)
        agent.is_cosmetic = agent.is_cosmetic or self._differs(agent, place)
        agent.played[key] = agent.played.get(key, 0) + place.played
        turns = agent.kept.meta.turns if agent.kept else []
        return next((turn.seconds for turn in turns if turn.turn == place.slot.turn), None)

    def refusal(self, agent: str) -> CassetteError | None:
        """Why an agent gets no answer; None while everything is fresh."""
        known = self._agents.get(agent)
        return None if known is None or known.found is None else self._refused(agent)

    def results(self) -> tuple[Result, ...]:
        """One result an agent, of those that asked and of those whose cassettes nobody asked for."""
        return tuple(self._result(name) for name in sorted({*self._agents, *self._on_disk()}))

    def _open(self, name: str) -> _Agent:
        agent = _Agent()
        try:
            agent.kept = read_kept(cassette_path(self._folder, self.case, name, self.epoch))
        except CassetteError as error:
            agent.found = Verdict(state=State.CORRUPT, detail=str(error))
        else:
            if agent.kept is None:
                agent.found = Verdict(state=State.MISSING, detail="nothing was recorded")
        if agent.kept is not None:
            agent.cassette = tape(self._scrubber, agent.kept.pages, cosmetic=self._accepts)
        self._agents[name] = agent
        return agent

    def _miss(self, agent: _Agent, slot: Slot, body: Body) -> None:
        cleaned = self._scrubber.clean(body)
        pages = [page for page in agent.kept.pages if page.slot == str(slot)] if agent.kept else []
        left = pages[agent.played.get(str(slot), 0) :]
        agent.turn = slot.turn
        if not left:
            detail = "its recorded answers were all given" if pages else "this turn was not recorded"
            agent.found = Verdict(state=State.MISSING, detail=detail)
        elif isinstance(cleaned, dict):
            agent.found = verdict(left[0].asked, cleaned, is_same_case=self._is_same_case(agent))

    def _differs(self, agent: _Agent, place: Place) -> bool:
        """Whether the call and its recording have other white space in their system prompts."""
        if not self._accepts or agent.kept is None:
            return False
        recorded = {fingerprint(page.asked).system for page in agent.kept.pages if page.slot == str(place.slot)}
        asked = (json_object(reading.text) for reading in place.asked)
        return any(fingerprint(body).system not in recorded for body in asked if body is not None)

    def _is_same_case(self, agent: _Agent) -> bool:
        return agent.kept is not None and agent.kept.meta.case_sha == self._case_sha

    def _refused(self, name: str) -> CassetteError:
        result = self._result(name)
        return CassetteError(f"{result}; not measured, record it anew")

    def _result(self, name: str) -> Result:
        agent = self._agents.get(name)
        if agent is None:
            detail = "nobody asked for it"
            return self._made(name, None, Verdict(state=State.UNUSED, detail=detail), None)
        how = agent.kept.how if agent.kept else None
        found, turn = agent.found, agent.turn
        if found is None and not self._is_same_case(agent):
            found, turn = Verdict(state=State.STALE_CASE, components=("case",), detail=CASE_CHANGED), 1
        if found is None:
            found, turn = self._unused(agent)
        return self._made(name, how, found, turn)

    def _unused(self, agent: _Agent) -> tuple[Verdict, int | None]:
        left = {page.slot for page in agent.kept.pages} - agent.played.keys() if agent.kept else set()
        if left:
            turn = min(int(slot.rpartition("/")[2]) for slot in left)
            return Verdict(state=State.UNUSED, detail=f"{len(left)} recorded turns were not asked for"), turn
        if agent.is_cosmetic:
            return Verdict(state=State.STALE_COSMETIC, components=("system",), detail="only white space changed"), None
        return Verdict(state=State.FRESH), None

    def _made(self, name: str, how: How | None, found: Verdict, turn: int | None) -> Result:
        return Result(
            case=self.case,
            agent=name,
            epoch=self.epoch,
            state=found.state,
            components=found.components,
            turn=turn,
            how=how,
            detail=found.detail,
        )

    def _on_disk(self) -> set[str]:
        files = (self._folder / self.case).glob(f"*/e{self.epoch}.yaml")
        return {path.parent.name for path in files}
