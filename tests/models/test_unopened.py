"""A model that is not opened before it is asked: once for all who ask, and with one sentence where it cannot be."""

from __future__ import annotations

import threading

import anyio
import pytest

from orchestrator.models.conversation import OpenedModel, UnansweredError, nobody
from orchestrator.models.scripted import ScriptedModel
from orchestrator.models.unopened import UnopenedModel
from tests.models.asking import ask

pytestmark = pytest.mark.anyio


async def test_who_asks_first_opens_it_for_all_and_nobody_before() -> None:
    made: list[int] = []
    model = ScriptedModel(lambda _: "done")

    def make() -> OpenedModel:
        made.append(threading.get_ident())
        return model

    unopened = UnopenedModel(make, provider="a provider")
    assert made == []
    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(unopened.reply, ask(), nobody)
    assert len(model.asked) == 5
    (thread,) = made
    assert thread != threading.get_ident(), "an import of a second would stop whoever waits beside it"


async def test_what_cannot_be_opened_gives_no_answer_and_says_why() -> None:
    def make() -> OpenedModel:
        raise ValueError("the profile 'x'\nis none")

    unopened = UnopenedModel(make, provider="a provider")
    with pytest.raises(UnansweredError) as caught:
        await unopened.reply(ask(), nobody)
    assert str(caught.value) == "the client of a provider cannot be made: ValueError: the profile 'x' is none"
    assert not caught.value.transient


async def test_closing_what_was_never_asked_opens_nothing() -> None:
    made: list[OpenedModel] = []

    def make() -> OpenedModel:
        made.append(ScriptedModel(lambda _: "done"))
        return made[-1]

    await UnopenedModel(make, provider="a provider").close()
    assert made == []
