"""A model whose client is made when it is first asked: what asks nothing does without the SDK, a second to import."""

from __future__ import annotations

from collections.abc import Callable

import anyio

from orchestrator.models.conversation import Again, Ask, Began, OpenedModel, Reply, UnansweredError, freely


class UnopenedModel:
    """Opens the model at the first request, in a thread, so that whoever waits beside it goes on."""

    def __init__(self, make: Callable[[], OpenedModel], *, provider: str) -> None:
        self._make = make
        self._provider = provider
        self._opening = anyio.Lock()
        self._model: OpenedModel | None = None

    def __repr__(self) -> str:
        return f"UnopenedModel({self._provider!r})"

    async def reply(self, ask: Ask, began: Began, again: Again = freely) -> Reply:
        """The answer of the model.

        Raises:
            UnansweredError: there is no answer, or the client cannot be made.
        """
        return await (await self._opened()).reply(ask, began, again)

    async def close(self) -> None:
        """Close the connections, where there are any."""
        if self._model is not None:
            await self._model.close()

    async def _opened(self) -> OpenedModel:
        async with self._opening:
            if self._model is None:
                try:
                    self._model = await anyio.to_thread.run_sync(self._make)
                except Exception as error:
                    why = " ".join(f"{type(error).__name__}: {error}".split())[:200]
                    raise UnansweredError(f"the client of {self._provider} cannot be made: {why}") from error
            return self._model
