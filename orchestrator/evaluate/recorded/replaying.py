"""A review of one subject by the specialists' recorded answers: the real graph, and no socket."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.evaluate.recorded.settings import CassetteSettings
from orchestrator.evaluate.recorded.subject import Subject, placed, scrubber_of
from orchestrator.evaluate.system import TODAY
from orchestrator.workflows.graph.running import Wanted, review_with_model
from orchestrator.workflows.graph.settings import ModelSettings
from orchestrator.workflows.request import Request, Reviewed

if TYPE_CHECKING:
    from orchestrator.events import Event
    from orchestrator.models.cassettes.results import Result
    from orchestrator.models.conversation import Model

_NO_KEY = {"ANTHROPIC_API_KEY": "a-replay-needs-no-key"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What the review came to, and how fresh the recording of each agent is."""

    reviewed: Reviewed
    results: tuple[Result, ...]

    @property
    def is_fresh(self) -> bool:
        """Whether everybody who was asked was answered by a recording, and all of it was used."""
        from orchestrator.models.cassettes.results import State

        return all(each.state is State.FRESH for each in self.results)

    @property
    def is_measured(self) -> bool:
        """Whether a score of agents may be made of it: fresh, and nobody in it is a script."""
        return bool(self.results) and all(each.is_measured for each in self.results)


def replay(subject: Subject, folder: Path, settings: CassetteSettings, *, accept_cosmetic: bool = False) -> Replayed:
    """The review of the subject by the recordings in `folder`."""
    return asyncio.run(_replayed(subject, folder, settings, accept_cosmetic=accept_cosmetic))


async def _replayed(subject: Subject, folder: Path, settings: CassetteSettings, *, accept_cosmetic: bool) -> Replayed:
    from orchestrator.models.cassettes.replay import Replay
    from orchestrator.models.providers import open_model
    from orchestrator.models.recorded import RecordedModel

    model = open_model(settings.model, _NO_KEY)
    try:
        with placed(subject) as root:
            tape = Replay(
                folder,
                case=subject.name,
                case_sha=subject.sha,
                epoch=subject.epoch,
                scrubber=scrubber_of(subject, root),
                accept_cosmetic=accept_cosmetic,
            )
            with tape:
                reviewed = await reviewed_by(RecordedModel(model, tape), root, settings)
            return Replayed(reviewed=reviewed, results=tape.results())
    finally:
        await model.close()


async def reviewed_by(model: Model, root: Path, settings: CassetteSettings) -> Reviewed:
    """The review of a folder by rules and by specialists who ask this model; nothing of other runs is used."""
    return await review_with_model(wanted(root, settings), model=model, tell=_untold)


def wanted(root: Path, settings: CassetteSettings) -> Wanted:
    """The review that is recorded and replayed."""
    return Wanted(
        request=Request(path=root, today=TODAY),
        settings=ModelSettings(model=settings.model, effort=settings.effort, agents=settings.agents),
        use_cache=False,
    )


def _untold(event: Event) -> None:
    del event
