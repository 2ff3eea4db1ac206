"""The provenance of a cassette: how, when and from what it was made, reviewed as any other file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from orchestrator.errors import CassetteError
from orchestrator.models.cassettes.results import How
from orchestrator.models.wire import canonical

SCHEMA = "cassette/v1"
_SUM = "meta_sha256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What whoever records knows and the recording does not: the digests of case and prompts, and the code's version.

    `prompts` maps the name of a prompt to its sha256; `case_sha` is the sha256 of the input project.
    """

    case_sha: str
    prompts: Mapping[str, str] = field(default_factory=dict)
    git_sha: str | None = None
    git_dirty: bool | None = None
    recorder: str | None = None
    licence: str | None = None
    versions: Mapping[str, str] = field(default_factory=dict)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Turn(_Strict):
    """One recorded turn: the sha256 of its components, and what the answer took when it was recorded."""

    turn: int
    fingerprint: dict[str, JsonValue]
    usage: dict[str, JsonValue]
    seconds: float | None
    cost_usd: float | None
    finish: str
    attempts: int


class Meta(_Strict):
    """The whole file; `content_sha256` is that of the cassette beside it."""

    schema_: Literal["cassette/v1"] = "cassette/v1"
    case: str
    agent: str
    epoch: int
    recorded_at: dt.datetime
    recorder: str | None
    how: How
    endpoint: str
    models_requested: list[str]
    models_returned: list[str]
    versions: dict[str, str]
    git_sha: str | None
    git_dirty: bool | None
    case_sha: str
    prompts: dict[str, str]
    tools_sha: list[str]
    licence: str | None
    turns: list[Turn]
    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    seconds: float | None
    redactions: int
    content_sha256: str


def dump(meta: Meta) -> str:
    """The text of the file; its last line is the sha256 of the rest."""
    fields: dict[str, JsonValue] = {"schema": meta.schema_, **meta.model_dump(mode="json", exclude={"schema_"})}
    return yaml.safe_dump({**fields, _SUM: _sum(fields)}, sort_keys=False, allow_unicode=True, width=120)


def load(text: str, name: str) -> tuple[Meta, bool]:
    """The provenance, and whether it is as it was written.

    Raises:
        CassetteError: the file is none, or of another schema.
    """
    try:
        fields = yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CassetteError(f"the provenance {name} is no YAML: {_first_line(error)}") from None
    if not isinstance(fields, dict):
        raise CassetteError(f"the provenance {name} is empty or no mapping")
    if fields.get("schema") != SCHEMA:
        raise CassetteError(f"the provenance {name} has the schema {fields.get('schema')!r}, not {SCHEMA!r}")
    noted = fields.pop(_SUM, None)
    try:
        meta = Meta.model_validate({"schema_" if key == "schema" else key: value for key, value in fields.items()})
    except ValidationError as error:
        wrong = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise CassetteError(f"the provenance {name} is not complete: {wrong!r} {error.errors()[0]['msg']}") from None
    # Dumped anew: YAML reads times as times.
    again: dict[str, JsonValue] = {"schema": meta.schema_, **meta.model_dump(mode="json", exclude={"schema_"})}
    return meta, noted == _sum(again)


def content_sum(text: str) -> str:
    """The sha256 of a cassette's text, whatever its line ends."""
    return sha256(text.replace("\r\n", "\n").encode("utf-8", "surrogatepass")).hexdigest()


def _sum(fields: dict[str, JsonValue]) -> str:
    return sha256(canonical(fields).encode("utf-8", "surrogatepass")).hexdigest()


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]
