"""Prices: the file says where each figure comes from, ids are known in every spelling, costs are exact."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest

from orchestrator.errors import ModelSetupError
from orchestrator.models.conversation import Usage
from orchestrator.models.prices import cost, facts, price_list, priced

MILLION = 1_000_000


def test_every_figure_names_its_source_and_the_file_its_day() -> None:
    prices = price_list()
    assert dt.date.fromisoformat(prices.as_of) <= dt.datetime.now(dt.UTC).date()
    for model in prices.models.values():
        assert model.sources, model.id
        assert set(model.sources) <= set(prices.sources), model.id
    assert all(address.startswith("https://") for address in prices.sources.values())


def test_every_model_has_plausible_facts() -> None:
    for model in price_list().models.values():
        assert 0 < model.rates.input < model.rates.output, model.id
        assert 0 < model.read < 1 < model.write < model.write_1h, model.id
        assert 512 <= model.cache_minimum <= 4096, model.id
        assert model.output_limit < model.context, model.id


@pytest.mark.parametrize(
    "spelling",
    [
        "claude-sonnet-5-5",
        "Claude-Sonnet-5-5",
        "claude-sonnet-5.5",
        "claude-sonnet-5-5-20260928",
        "claude-sonnet-5-5@20260928",
        "claude-sonnet-5-5-latest",
        "claude-sonnet-5-5[1m]",
        "anthropic/claude-sonnet-5.5",
        "anthropic:claude-sonnet-5-5",
        "anthropic.claude-sonnet-5-5",
        "global.anthropic.claude-sonnet-5-5-20260928-v1:0",
        "databricks-claude-sonnet-5-5",
        "system.ai.claude-sonnet-5-5",
        "arn:aws:bedrock:us-east-1:1:inference-profile/global.anthropic.claude-sonnet-5-5",
    ],
)
def test_a_model_is_known_in_every_spelling_of_its_id(spelling: str) -> None:
    found = facts(spelling)
    assert found is not None
    assert (found.id, found.rates.input) == ("claude-sonnet-5-5", Decimal(2))


@pytest.mark.parametrize("name", ["gpt-5", "my-claude-opus-5", "claude-opus-9", "claude-opus-5-5-tuned", "", "claude"])
def test_price_of_an_unknown_model_is_unknown_and_never_guessed(name: str) -> None:
    assert facts(name) is None
    assert cost(name, Usage(input_tokens=MILLION)) is None


def test_fixed_region_costs_a_tenth_more() -> None:
    assert cost("us.anthropic.claude-sonnet-5-5", Usage(output_tokens=MILLION)) == Decimal(11)


@pytest.mark.parametrize(
    ("model", "usage", "usd"),
    [
        ("claude-sonnet-5-5", Usage(input_tokens=MILLION, output_tokens=MILLION), "12"),
        ("claude-sonnet-5-5", Usage(cache_read_tokens=MILLION), "0.1"),
        ("claude-sonnet-5-5", Usage(cache_write_tokens=MILLION), "2.5"),
        ("claude-sonnet-5-5", Usage(cache_write_1h_tokens=MILLION), "4"),
        ("claude-opus-5-5", Usage(cache_read_tokens=MILLION), "0.2"),
        ("claude-fable-5-1", Usage(cache_read_tokens=MILLION), "0.25"),
        ("claude-haiku-5-5", Usage(input_tokens=100_000, output_tokens=MILLION), "0.51"),
        ("claude-haiku-5-5", Usage(input_tokens=100_001, output_tokens=MILLION), "2.5500005"),
        ("claude-haiku-5-5", Usage(input_tokens=1, cache_read_tokens=100_000), "0.0050005"),
        ("claude-haiku-5-5", Usage(input_tokens=1, cache_write_tokens=100_000), "0.0625005"),
    ],
)
def test_cost_is_exact_with_cache_and_with_the_step_of_long_prompts(model: str, usage: Usage, usd: str) -> None:
    assert cost(model, usage) == Decimal(usd)


def test_price_that_must_be_known_is_refused_in_one_sentence() -> None:
    with pytest.raises(ModelSetupError, match=re.escape("no price is known for the model 'llama-9'")) as refused:
        priced("llama-9")
    assert "--max-usd cannot be held" in str(refused.value)
    assert priced("claude-opus-5-5").id == "claude-opus-5-5"
