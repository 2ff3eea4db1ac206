"""The door to a model: what is asked, what is not asked again, who waits, and what is booked and told."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import anyio
import pytest

from orchestrator.errors import ModelError, ModelSetupError, SpentError
from orchestrator.events import CallEnded, Event
from orchestrator.models.budget import Budget, SpendingLimits
from orchestrator.models.calls import Caller, Calls
from orchestrator.models.conversation import Ask, Reply, UnansweredError, Usage
from orchestrator.models.ledger import Ledger
from orchestrator.types import Spending
from tests.models.simulated import Simulated, answered, ask

pytestmark = pytest.mark.anyio

FIRST = Caller(who="cost-analyzer", turn=1)


class Log:
    """What was told."""

    def __init__(self) -> None:
        self.calls: list[CallEnded] = []

    def tell(self, event: Event) -> None:
        """Keep a call's end."""
        assert isinstance(event, CallEnded)
        self.calls.append(event)


def paid(usage: Usage) -> Simulated:
    """A model whose calls all have that usage."""
    return Simulated(lambda request: answered(request, count=usage))


async def many(calls: Calls, count: int, *, same: bool = False) -> list[Reply]:
    """So many calls at once, of one cohort."""
    replies: list[Reply] = []

    async def one(number: int) -> None:
        said = "the same" if same else f"number {number}"
        replies.append(await calls.reply(ask(said), Caller(who=f"s{number}", turn=1)))

    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            for number in range(count):
                group.start_soon(one, number)
    return replies


async def test_call_is_booked_by_caller_and_part_and_told_with_all_its_numbers() -> None:
    log = Log()
    usage = Usage(input_tokens=10, output_tokens=100, cache_read_tokens=1_000, cache_write_tokens=1_000)
    calls = Calls(paid(usage), tell=log.tell)
    await calls.reply(ask("a"), FIRST)
    await calls.reply(ask("b"), Caller(who="cost-analyzer", turn=2))
    await calls.reply(ask("c"), Caller(who="judge", turn=1, part="refuter"))
    usd = 0.00002 + 0.001 + 0.0001 + 0.0025
    one = calls.spending("judge")
    assert (one.calls, one.input_tokens, one.output_tokens) == (1, 10, 100)
    assert (one.cache_read_tokens, one.cache_write_tokens) == (1_000, 1_000)
    assert one.usd == pytest.approx(usd)
    assert calls.spending("cost-analyzer").calls == 2
    assert calls.spending(part="refuter") == one
    assert calls.spending("cost-analyzer", part="refuter") == Spending()
    assert calls.spending().calls == 3
    assert calls.spending().usd == pytest.approx(3 * usd)
    told = log.calls[0]
    assert (told.who, told.turn, told.stop, told.kept, told.problem) == ("cost-analyzer", 1, "end_turn", False, "")
    assert [each.part for each in log.calls] == ["specialist", "specialist", "refuter"]
    assert told.usd == pytest.approx(usd)
    assert (told.cache_read_tokens, told.cache_write_tokens) == (1_000, 1_000)


async def test_equal_call_is_answered_from_the_ledger_also_tomorrow(tmp_path: Path) -> None:
    for expected in (1, 0):
        model, log, ledger = Simulated(), Log(), Ledger(tmp_path)
        calls = Calls(model, ledger=ledger, tell=log.tell)
        reply = await calls.reply(ask(), FIRST)
        again = await calls.reply(ask(), FIRST)
        ledger.close()
        assert len(model.asked) == expected
        assert (reply.text, again.text) == ("to review it", "to review it")
        assert (reply.kept, again.kept) == (expected == 0, True)
        assert calls.spending().calls == expected
        assert calls.spending().kept == 2 - expected
        assert [told.kept for told in log.calls] == [expected == 0, True]
        assert log.calls[-1].usd == 0


async def test_edited_prompt_is_asked_again(tmp_path: Path) -> None:
    model, ledger = Simulated(), Ledger(tmp_path)
    calls = Calls(model, ledger=ledger)
    for request in (ask(), ask(persona="you review with care"), ask(shared="other"), ask(most=4_001)):
        await calls.reply(request, FIRST)
    ledger.close()
    assert len(model.asked) == 4


async def test_refusal_is_asked_again(tmp_path: Path) -> None:
    model, ledger = Simulated(lambda request: answered(request, stop="refusal")), Ledger(tmp_path)
    calls = Calls(model, ledger=ledger)
    for _ in range(2):
        assert (await calls.reply(ask(), FIRST)).stop == "refusal"
    ledger.close()
    assert len(model.asked) == 2


async def test_equal_calls_at_once_are_paid_once() -> None:
    model = Simulated()
    calls = Calls(model)
    replies = await many(calls, 6, same=True)
    assert len(model.asked) == 1
    assert {reply.text for reply in replies} == {"to the same"}
    assert (calls.spending().calls, calls.spending().kept) == (1, 5)


@pytest.mark.parametrize(("begins", "at_once"), [(False, 1), (True, 3)])
async def test_cohort_waits_until_the_first_answer_has_begun(*, begins: bool, at_once: int) -> None:
    model = Simulated()
    model.hold, model.begins = anyio.Event(), begins
    calls = Calls(model)
    async with anyio.create_task_group() as group:
        for number in range(3):
            group.start_soon(calls.reply, ask(f"n {number}"), Caller(who=f"s{number}", turn=1))
        await anyio.wait_all_tasks_blocked()
        assert len(model.asked) == at_once
        model.hold.set()
    assert len(model.asked) == 3


async def test_prefix_that_is_too_short_for_the_cache_keeps_nobody_waiting() -> None:
    model = Simulated()
    model.hold = anyio.Event()
    model.begins = False
    calls = Calls(model)
    async with anyio.create_task_group() as group:
        for number in range(3):
            group.start_soon(calls.reply, ask(f"n {number}", shared="x" * 500), Caller(who=f"s{number}", turn=1))
        await anyio.wait_all_tasks_blocked()
        assert len(model.asked) == 3
        model.hold.set()


async def test_tight_budget_lets_calls_wait_instead_of_failing() -> None:
    model = paid(Usage(input_tokens=6_500, output_tokens=100))
    calls = Calls(model, budget=Budget(SpendingLimits(usd=Decimal("0.30"))))
    assert len(await many(calls, 10)) == 10
    assert model.most_at_once < 10


async def test_lowered_output_is_what_the_model_is_asked_and_the_answer_counts_for_the_whole_request(
    tmp_path: Path,
) -> None:
    model, ledger = Simulated(), Ledger(tmp_path)
    calls = Calls(model, ledger=ledger, budget=Budget(SpendingLimits(usd=Decimal("0.10"))))
    await calls.reply(ask(most=16_000), FIRST)
    assert model.asked[0].max_tokens < 16_000
    assert (await Calls(model, ledger=ledger).reply(ask(most=16_000), FIRST)).kept
    ledger.close()


async def test_spent_budget_refuses_before_the_model_is_asked_but_gives_what_is_kept(tmp_path: Path) -> None:
    model, ledger = Simulated(), Ledger(tmp_path)
    await Calls(model, ledger=ledger).reply(ask("kept"), FIRST)
    calls = Calls(model, ledger=ledger, budget=Budget(SpendingLimits(usd=Decimal("0.001"))))
    with pytest.raises(SpentError, match="--max-usd"):
        await calls.reply(ask("new"), FIRST)
    assert (await calls.reply(ask("kept"), FIRST)).kept
    ledger.close()
    assert len(model.asked) == 1


async def test_limit_of_money_with_an_unknown_price_is_refused_and_without_it_the_cost_is_unknown() -> None:
    model = Simulated()
    with pytest.raises(ModelSetupError):
        await Calls(model, budget=Budget(SpendingLimits(usd=Decimal(1)))).reply(ask(model="llama-9"), FIRST)
    calls = Calls(model)
    await calls.reply(ask(model="llama-9"), FIRST)
    assert calls.spending().usd is None
    assert calls.spending().calls == 1


async def test_deadline_stops_a_call_in_flight_and_the_next_before_it_is_sent() -> None:
    model, log = Simulated(), Log()
    model.hold = anyio.Event()
    budget = Budget(SpendingLimits(seconds=0.05))
    calls = Calls(model, budget=budget, tell=log.tell)
    with anyio.fail_after(5):
        with pytest.raises(SpentError, match=r"--deadline 0\.05 was over before turn 1 of cost-analyzer was answered"):
            await calls.reply(ask(), FIRST)
        with pytest.raises(SpentError, match="--deadline"):
            await calls.reply(ask("more"), FIRST)
    assert len(model.asked) == 1
    assert budget.spent[0] > 0
    assert [told.problem for told in log.calls] == ["it was stopped before it was answered"]


@pytest.mark.parametrize(("begins", "booked"), [(True, 1), (False, 0)])
async def test_call_that_failed_is_booked_only_if_it_had_begun(*, begins: bool, booked: int) -> None:
    model, log = Simulated(lambda _request: ModelError("the connection was lost")), Log()
    model.begins = begins
    budget = Budget()
    calls = Calls(model, budget=budget, tell=log.tell)
    with pytest.raises(ModelError, match="the connection was lost"):
        await calls.reply(ask(), FIRST)
    assert calls.spending().calls == booked
    assert ((calls.spending().usd or 0) > 0) == begins
    assert (budget.spent[0] > 0) == begins
    # The log says what the budget says, so that a resumed run goes on from there.
    assert [told.input_tokens + told.output_tokens for told in log.calls] == [budget.spent[1]]
    assert [told.problem for told in log.calls] == ["the connection was lost"]


async def test_call_that_failed_and_says_what_it_came_to_is_booked_at_that() -> None:
    log = Log()
    wasted = Usage(cache_write_tokens=1_000, output_tokens=10)
    calls = Calls(Simulated(lambda _request: UnansweredError("it broke off", usage=wasted, attempts=3)), tell=log.tell)
    with pytest.raises(ModelError):
        await calls.reply(ask(), FIRST)
    assert calls.spending().usd == pytest.approx(0.0026)
    assert calls.spending().cache_write_tokens == 1_000
    assert log.calls[0].attempts == 3


async def test_broken_attempts_before_an_answer_are_booked_with_it() -> None:
    wasted = Usage(cache_write_tokens=1_000)
    budget = Budget()
    calls = Calls(Simulated(lambda request: replace(answered(request), wasted=wasted)), budget=budget)
    reply = await calls.reply(ask(), FIRST)
    assert calls.spending().cache_write_tokens == 1_000
    assert budget.spent[1] == reply.usage.tokens + 1_000
    assert calls.spending().usd == pytest.approx(float(budget.spent[0]))


async def test_script_costs_nothing_whatever_the_limit() -> None:
    calls = Calls(Simulated(), budget=Budget(SpendingLimits(usd=Decimal(1))))
    await calls.reply(ask(model="scripted:/answers/claude-opus-5-5"), FIRST)
    assert calls.spending().usd == 0


async def test_failure_of_one_call_costs_no_other(tmp_path: Path) -> None:
    def answer(request: Ask) -> Reply | Exception:
        return ModelError("no") if "number 0" in repr(request.messages) else answered(request)

    ledger = Ledger(tmp_path)
    calls = Calls(Simulated(answer), ledger=ledger)
    problems: list[str] = []

    async def one(number: int) -> None:
        try:
            await calls.reply(ask(f"number {number}"), Caller(who=f"s{number}", turn=1))
        except ModelError as error:
            problems.append(str(error))

    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            for number in range(5):
                group.start_soon(one, number)
    ledger.close()
    assert problems == ["no"]
    assert calls.spending().calls == 5


async def test_cancelled_first_call_leaves_no_one_waiting_and_gives_its_room_back() -> None:
    model = Simulated()
    model.hold, model.begins = anyio.Event(), False
    budget = Budget()
    calls = Calls(model, budget=budget)
    scope = anyio.CancelScope()

    async def first() -> None:
        with scope:
            await calls.reply(ask("first"), FIRST)

    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            group.start_soon(first)
            await anyio.wait_all_tasks_blocked()
            group.start_soon(calls.reply, ask("second"), Caller(who="second", turn=1))
            await anyio.wait_all_tasks_blocked()
            scope.cancel()
            await anyio.wait_all_tasks_blocked()
            model.hold.set()
    assert len(model.asked) == 2
    assert calls.spending().calls == 1
    assert budget.spent[1] == calls.spending("second").input_tokens + calls.spending("second").output_tokens
