"""Facts and prices of models, from the dated file `models.yaml`: what a call cost, and what it may cost at most."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.errors import ModelSetupError, OrchestratorError

if TYPE_CHECKING:
    from orchestrator.models.conversation import Usage

_FILE = Path(__file__).with_name("models.yaml")
_MILLION = Decimal(1_000_000)
_WRITE, _WRITE_1H = "1.25", "2"
_ID = re.compile(
    r"(?:[a-z]+:)?"
    r"(?:(?P<region>us|eu|jp|au|apac|us-gov)\.|global\.)?"
    r"(?:anthropic\.|system\.ai\.|databricks-)?"
    r"(?P<family>claude-[a-z]+)-(?P<major>\d{1,2})(?:[.-](?P<minor>\d{1,2}))?"
    r"(?:-latest|[-@]\d{8}|@default|@latest)?(?:-v\d+)?(?::\d+)?(?:\[\d+[km]\])?"
)
"""An id as the API and the clouds write it: with a region, a provider, a date, a revision or a context size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """USD for a million tokens, outside the cache."""

    input: Decimal
    output: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What is known of a model; sizes are tokens, `read`, `write` and `write_1h` factors on the price of input.

    A request whose prompt, cached parts included, is longer than `long_above` pays `long_rates` for all its tokens.
    """

    id: str
    rates: Rates
    read: Decimal
    write: Decimal
    write_1h: Decimal
    context: int
    output_limit: int
    cache_minimum: int
    sources: tuple[str, ...]
    long_above: int | None = None
    long_rates: Rates | None = None

    def rates_for(self, prompt_tokens: int) -> Rates:
        """The rates of a request whose prompt has so many tokens."""
        if self.long_above is not None and self.long_rates is not None and prompt_tokens > self.long_above:
            return self.long_rates
        return self.rates

    def cost(self, usage: Usage) -> Decimal:
        """What a call of that usage costs, in USD."""
        written = usage.cache_write_tokens + usage.cache_write_1h_tokens
        rates = self.rates_for(usage.input_tokens + usage.cache_read_tokens + written)
        tokens_in = (
            usage.input_tokens
            + usage.cache_read_tokens * self.read
            + usage.cache_write_tokens * self.write
            + usage.cache_write_1h_tokens * self.write_1h
        )
        return (tokens_in * rates.input + usage.output_tokens * rates.output) / _MILLION

    def dearest(self, prompt_tokens: int) -> Rates:
        """USD for one token of a request with a prompt of at most that size, all of it written to the cache."""
        rates = self.rates_for(prompt_tokens)
        return Rates(input=rates.input * max(self.write, Decimal(1)) / _MILLION, output=rates.output / _MILLION)


_SCRIPTED = ModelFacts(
    id="scripted",
    rates=Rates(input=Decimal(0), output=Decimal(0)),
    read=Decimal(1),
    write=Decimal(1),
    write_1h=Decimal(1),
    context=1_000_000,
    output_limit=128_000,
    cache_minimum=0,
    sources=(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """All models that are known, as of one day (ISO date); `sources` are addresses by their id."""

    as_of: str
    kind: str
    regional_factor: Decimal
    sources: Mapping[str, str]
    models: Mapping[str, ModelFacts]


def facts(model: str) -> ModelFacts | None:
    """The facts of a model by its id, also with a provider's prefix or a dated suffix; None for one that is unknown.

    A script costs nothing. Where the id fixes a region, the rates include what is charged for that.
    """
    if model.partition(":")[0] == "scripted":
        return _SCRIPTED
    found = _ID.fullmatch(model.strip().lower().rpartition("/")[2])
    if found is None:
        return None
    version = "-".join(part for part in (found["major"], found["minor"]) if part)
    known = price_list().models.get(f"{found['family']}-{version}")
    if known is None or found["region"] is None:
        return known
    factor = price_list().regional_factor
    dearer = None if known.long_rates is None else _times(known.long_rates, factor)
    return replace(known, rates=_times(known.rates, factor), long_rates=dearer)


def priced(model: str) -> ModelFacts:
    """The facts of a model whose price must be known.

    Raises:
        ModelSetupError: it is not, so that a limit of money cannot be held.
    """
    known = facts(model)
    if known is None:
        names = ", ".join(price_list().models)
        raise ModelSetupError(
            f"no price is known for the model {model[:80]!r}, so --max-usd cannot be held: "
            f"use --max-tokens or one of {names}"
        )
    return known


def cost(model: str, usage: Usage) -> Decimal | None:
    """What a call cost, in USD; None for a model whose price is unknown."""
    known = facts(model)
    return None if known is None else known.cost(usage)


@cache
def price_list() -> PriceList:
    """The price list of this installation.

    Raises:
        OrchestratorError: the file is damaged.
    """
    import yaml

    try:
        return _price_list(yaml.safe_load(_FILE.read_bytes()))
    except (OSError, yaml.YAMLError, ArithmeticError, KeyError, TypeError, ValueError) as error:
        raise OrchestratorError(f"the price list {_FILE.name!r} cannot be read; install the package again") from error


def _price_list(data: Mapping[str, Any]) -> PriceList:
    return PriceList(
        as_of=str(data["as_of"]),
        kind=data["kind"],
        regional_factor=Decimal(data["regional_factor"]),
        sources={name: source["url"] for name, source in data["sources"].items()},
        models={name: _facts(name, each) for name, each in data["models"].items()},
    )


def _facts(name: str, data: Mapping[str, Any]) -> ModelFacts:
    longer = data.get("long")
    return ModelFacts(
        id=name,
        rates=_rates(data),
        read=Decimal(data["read"]),
        write=Decimal(data.get("write", _WRITE)),
        write_1h=Decimal(data.get("write_1h", _WRITE_1H)),
        context=int(data["context"]),
        output_limit=int(data["output_limit"]),
        cache_minimum=int(data["minimum"]),
        sources=tuple(data["sources"]),
        long_above=None if longer is None else int(longer["above"]),
        long_rates=None if longer is None else _rates(longer),
    )


def _rates(data: Mapping[str, Any]) -> Rates:
    return Rates(input=Decimal(data["input"]), output=Decimal(data["output"]))


def _times(rates: Rates, factor: Decimal) -> Rates:
    return Rates(input=rates.input * factor, output=rates.output * factor)
