"""A model that is simulated in this process: it counts tokens by rules of its own and keeps what it was asked."""

from __future__ import annotations

from collections.abc import Callable

import anyio
import anyio.lowlevel

from orchestrator.models.conversation import Again, Ask, Began, Message, Reply, SystemText, Text, Usage, freely

MODEL = "claude-sonnet-5-5"
SHARED = "rows = spark.table('main.sales.orders')\n" * 400


def ask(
    said: str = "review it", *, persona: str = "you review", shared: str = SHARED, model: str = MODEL, most: int = 4_000
) -> Ask:
    """A request of one turn."""
    return Ask(
        model=model,
        system=(SystemText(text=shared, shared=True), SystemText(text=persona)),
        messages=(Message(role="user", blocks=(Text(text=said),)),),
        max_tokens=most,
    )


def texts(request: Ask) -> list[str]:
    """All texts of a request."""
    said = [block.text for message in request.messages for block in message.blocks if isinstance(block, Text)]
    return [*(block.text for block in request.system), *said]


def usage(request: Ask, *, output: int = 500) -> Usage:
    """A count without cache: two tokens for five bytes, and never more output than was asked for."""
    size = sum(len(text.encode()) for text in texts(request))
    return Usage(input_tokens=size * 2 // 5, output_tokens=min(output, request.max_tokens))


def answered(request: Ask, *, stop: str = "end_turn", count: Usage | None = None) -> Reply:
    """A reply that says what it was asked, so that replies can be told apart."""
    said = request.messages[-1].blocks[0]
    text = said.text if isinstance(said, Text) else ""
    return Reply(
        id="m", model=request.model, blocks=(Text(text=f"to {text}"),), stop=stop, usage=count or usage(request)
    )


class Simulated:
    """Answers each request by a function of it; `hold` keeps every answer back until it is set."""

    def __init__(self, answer: Callable[[Ask], Reply | Exception] = answered) -> None:
        self.asked: list[Ask] = []
        self.begun = 0
        self.at_once = 0
        self.most_at_once = 0
        self.hold: anyio.Event | None = None
        self.begins = True
        self._answer = answer

    async def reply(self, request: Ask, began: Began, again: Again = freely) -> Reply:
        """The answer, after it has begun and others have had their chance to run."""
        del again
        self.asked.append(request)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._answered(request, began)
        finally:
            self.at_once -= 1

    async def _answered(self, request: Ask, began: Began) -> Reply:
        await anyio.lowlevel.checkpoint()
        if self.begins:
            self.begun += 1
            began()
        await (self.hold.wait() if self.hold is not None else anyio.lowlevel.checkpoint())
        reply = self._answer(request)
        if isinstance(reply, Exception):
            raise reply
        return reply
