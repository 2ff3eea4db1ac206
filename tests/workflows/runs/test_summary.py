"""One run in a line: its outcome from its log and lock, its cost over all its processes."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from orchestrator.errors import RunError
from orchestrator.events import CallEnded, Event
from orchestrator.types import Spending
from orchestrator.workflows.runs.folder import new_run
from orchestrator.workflows.runs.lock import locked
from orchestrator.workflows.runs.record import RunRecord, read_record, write_record
from orchestrator.workflows.runs.spending import spending_of
from orchestrator.workflows.runs.summary import summary
from tests.workflows.runs.logs import BEGAN, END, START, at, call, logged_run


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATE_STATE_DIR", str(tmp_path))


def test_a_run_that_ended_tells_its_outcome_cost_and_specialists() -> None:
    found = summary(logged_run())
    assert (found.outcome, found.findings, found.seconds) == ("complete", 3, 12.0)
    assert (found.spending.calls, found.spending.usd) == (1, 0.25)
    delta, sql = found.parts
    assert (delta.who, delta.turns, delta.tools, delta.problem) == ("delta-specialist", 1, 1, "")
    assert sql.problem.startswith("the model refused")


@pytest.mark.parametrize(
    ("events", "outcome"),
    [
        ((), "stopped"),
        ((START,), "stopped"),
        ((START, END, START), "stopped"),
        ((START, START, END), "complete"),
        ((START, END.model_copy(update={"outcome": "incomplete"})), "incomplete"),
    ],
)
def test_the_outcome_is_that_of_the_last_process_that_worked_on_it(events: tuple[Event, ...], outcome: str) -> None:
    assert summary(logged_run(events)).outcome == outcome


def test_a_run_whose_lock_is_held_is_at_work() -> None:
    run = logged_run((START,))
    with locked(run.lock):
        assert summary(run).outcome == "at work"


def test_an_answer_that_the_run_paid_and_took_again_counts_once() -> None:
    events = (call("a"), call("b"), call("a", kept=True), call("c", kept=True), call("c", kept=True))
    spent = spending_of(events)
    assert (spent.calls, spent.kept, spent.usd, spent.input_tokens) == (2, 1, 0.5, 200)


def test_the_cost_of_one_caller_leaves_the_others_out() -> None:
    events = (call("a"), call("b", who="refuter"))
    assert spending_of(events, "refuter").calls == 1
    assert spending_of(events, "nobody") == Spending()


def test_a_price_that_is_unknown_makes_the_sum_unknown_but_a_call_without_an_answer_costs_nothing() -> None:
    failed = CallEnded(at=at(1), who="x", turn=1, digest="f", problem="overloaded", attempts=6)
    assert spending_of((failed, call("a"))).usd == 0.25
    assert spending_of((call("a").model_copy(update={"usd": None}), call("b"))).usd is None


def test_a_request_comes_back_as_it_was_kept_with_credentials_masked() -> None:
    run = new_run(BEGAN)
    token = "dapi" + sha256(b"a token").hexdigest()[:32]
    record = RunRecord(run=run.id, created=BEGAN, project="/p", model="m", version="1", words=("--diff", "main", token))
    write_record(run, record)
    assert read_record(run).words[:2] == ("--diff", "main")
    assert token not in run.request.read_text(encoding="utf-8")


def test_a_request_that_cannot_be_read_is_one_sentence() -> None:
    run = new_run(BEGAN)
    with pytest.raises(RunError, match=f"the request of run {run.id} cannot be read"):
        summary(run)
