"""The estimate: what a run would cost, by the same prices and cache rules that book it, with its assumptions."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from decimal import Decimal

import pytest

from orchestrator.models.conversation import SystemText, ToolCard
from orchestrator.workflows.estimate import Guess, Workload, estimate, one_line, told, workload
from orchestrator.workflows.specialist.conversation import Brief, Cohort

ONE = Guess(tokens_per_character=0.4, turns=1, output_tokens=0, tool_characters=0, refuted=0)
FIVE = replace(ONE, turns=5)
TWELVE = Workload(model="claude-sonnet-5-5", shared=100_000, own=(0,) * 12, files=40, low=ONE, high=FIVE)


def test_twelve_specialists_pay_what_they_share_about_once() -> None:
    found = estimate(TWELVE)
    assert (found.calls.low, found.calls.high) == (12, 60)
    assert (found.input_tokens.low, found.input_tokens.high) == (12 * 40_000, 60 * 40_000)
    write, read = Decimal("0.1"), Decimal("0.004")
    assert found.usd == (write + 11 * read, write + 59 * read)


@pytest.mark.parametrize(("shared", "ratio"), [(100_000, 0.15), (1_000, 1.0)])
def test_text_too_short_for_the_cache_is_paid_in_full_each_time(shared: int, ratio: float) -> None:
    found = estimate(replace(TWELVE, shared=shared))
    assert found.usd is not None
    assert float(found.usd[0]) / (found.input_tokens.low * 2e-6) == pytest.approx(ratio, abs=0.005)


def test_each_turn_reads_what_was_before_and_writes_what_is_new() -> None:
    grows = Guess(tokens_per_character=0.5, turns=3, output_tokens=1_000, tool_characters=2_000, refuted=0)
    found = estimate(Workload(model="claude-sonnet-5-5", shared=20_000, own=(2_000,), low=ONE, high=grows))
    assert found.input_tokens.high == 11_000 + 13_000 + 15_000
    written, read, output = 11_000 + 2_000 + 2_000, 11_000 + 13_000, 3_000
    expected = (Decimal("2.5") * written + Decimal("0.1") * read + 10 * output) / 1_000_000
    assert found.usd is not None
    assert found.usd[1] == expected


def test_long_prompts_of_haiku_cost_five_times_as_much() -> None:
    short, long = (estimate(replace(TWELVE, model="claude-haiku-5-5", shared=size)) for size in (250_000, 250_003))
    assert short.usd is not None
    assert long.usd is not None
    assert float(long.usd[0] / short.usd[0]) == pytest.approx(5, abs=0.01)


def test_refuter_is_counted_for_each_finding_it_is_asked_about() -> None:
    found = estimate(replace(TWELVE, low=replace(ONE, refuted=0.5), high=replace(FIVE, refuted=2)))
    assert (found.calls.low, found.calls.high) == (12 + 6, 60 + 24)


def test_no_specialist_costs_nothing_and_an_unknown_price_is_said() -> None:
    assert estimate(replace(TWELVE, own=())).usd == (Decimal(0), Decimal(0))
    unknown = estimate(replace(TWELVE, model="llama-9"))
    assert unknown.usd is None
    assert one_line(unknown) == "12 specialists, 12 to 60 calls, at a price that is not known with llama-9"
    assert "no price is known for llama-9" in told(unknown)


def test_text_for_a_person_names_the_span_and_what_it_rests_on() -> None:
    text = told(estimate(TWELVE))
    assert "Calls        12 to 60" in text
    assert "Cost         0.14 to 0.34 USD" in text
    assert "40 files, 100,000 characters that all share" in text
    assert "as of 20" in text
    assert one_line(estimate(TWELVE)) == "12 specialists, 12 to 60 calls, 0.14 to 0.34 USD with claude-sonnet-5-5"


def test_workload_is_measured_from_the_cohort_that_would_run() -> None:
    card = ToolCard(name="read", description="it reads", schema={})
    shared = SystemText(text="x" * 1_000, shared=True)
    cohort = Cohort(model="claude-opus-5-5", effort="low", shared=shared, cards=(card,), schema={})
    brief = Brief(name="a", persona="p" * 10, message="m" * 20, tools={})
    found = workload(cohort, (brief, brief), files=3)
    assert (found.model, found.shared, found.own, found.files) == (
        "claude-opus-5-5",
        1_000 + 4 + 8 + 2 + 2,
        (30, 30),
        3,
    )


def test_estimate_needs_no_library_that_a_review_by_rules_does_not_have() -> None:
    program = "import sys, orchestrator.workflows.estimate; print(*sorted(name.split('.')[0] for name in sys.modules))"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"anyio", "anthropic", "langgraph", "mcp", "tenacity"} & set(ended.stdout.split())
