"""The refuter's answer: three questions, a verdict, and the quotes that carry it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from orchestrator.workflows.specialist.schema import strict_schema

MAX_QUOTES = 8


class Quote(BaseModel):
    """Lines of the project, as the refuter was shown them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(min_length=1, max_length=1_000)
    start_line: int = Field(ge=1)
    end_line: int = Field(ge=1)
    quote: str = Field(min_length=1, max_length=20_000)


class Verdict(BaseModel):
    """What the refuter says of one finding; the questions come first, so that they are answered before the verdict."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    real: Literal["yes", "no", "unsure"]
    new: Literal["yes", "no", "unsure", "not-asked"]
    handled: Literal["yes", "no", "unsure"]
    quotes: tuple[Quote, ...] = Field(max_length=MAX_QUOTES)
    reason: str = Field(max_length=4_000)
    verdict: Literal["keep", "refute", "undecided"]


def verdict_schema() -> dict[str, JsonValue]:
    """The JSON schema of a verdict, strict as structured outputs want it."""
    return strict_schema(Verdict)


def read_verdict(text: str) -> Verdict | None:
    """The verdict in an answer; None where there is none."""
    try:
        return Verdict.model_validate_json(text)
    except ValidationError:
        return None


def unusable(text: str) -> str | None:
    """Why an answer is no verdict; None where it is one."""
    return None if read_verdict(text) is not None else "it is no JSON of the schema"
