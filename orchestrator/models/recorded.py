"""A model whose answers are recorded, or that answers from recordings and never from the network."""

from __future__ import annotations

from dataclasses import replace

import anyio

from orchestrator.errors import CassetteError, IncompleteError, ModelError
from orchestrator.models.cassettes.recording import Recording
from orchestrator.models.cassettes.replay import Replay
from orchestrator.models.cassettes.slots import slot_now
from orchestrator.models.cassettes.tape import at
from orchestrator.models.conversation import Again, Ask, Began, Model, Reply, freely


class RecordedModel:
    """Puts a tape under a model that asks through the SDK; each call must be made inside `slots.calling(caller)`."""

    def __init__(self, model: Model, tape: Replay | Recording) -> None:
        self._model = model
        self._tape = tape

    async def reply(self, ask: Ask, began: Began, again: Again = freely) -> Reply:
        """The answer of the recording, with the seconds that it took then; or, while recording, that of the model.

        Raises:
            CassetteError: no recording answers this request; `Replay.results` says why.
            ModelError: the model that is recorded gave no answer.
        """
        if isinstance(self._tape, Recording):
            return await self._record(self._tape, ask, began, again)
        return await self._replay(self._tape, ask, began, again)

    async def _record(self, tape: Recording, ask: Ask, began: Began, again: Again) -> Reply:
        place = tape.place(slot_now(tape.case, tape.epoch))
        try:
            with at(place):
                reply = await self._model.reply(ask, began, again)
        except IncompleteError as error:
            tape.failed(place, str(error))
            raise
        tape.recorded(place, ask, reply)
        return reply

    async def _replay(self, tape: Replay, ask: Ask, began: Began, again: Again) -> Reply:
        slot = slot_now(tape.case, tape.epoch)
        reply: Reply | None = None
        # What retries and waits would do so for nothing: a miss ends it at once.
        with anyio.CancelScope() as scope:
            place = tape.place(slot, scope.cancel)
            try:
                with at(place):
                    reply = await self._model.reply(ask, began, again)
            except ModelError:
                refusal = tape.refusal(slot.agent)
                if refusal is None:
                    raise
                raise refusal from None
        if reply is None:
            raise tape.refusal(slot.agent) or CassetteError(f"the replay of {slot} was cancelled")
        seconds = tape.played(place)
        return replace(reply, seconds=0.0 if seconds is None else seconds, attempts=1)
