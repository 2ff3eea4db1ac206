"""Cases whose recording is still to be made: `cassettes/pending.yaml`, each with a reason and a last day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestrator.errors import CassetteError
from orchestrator.evaluate.recorded.settings import FOLDER

FILE = "pending.yaml"


class Pending(BaseModel):
    """One case that may be without a fresh recording until a day, that day included."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    case: str = Field(min_length=1)
    until: dt.date
    why: str = Field(min_length=10)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    pending: tuple[Pending, ...]


def pending(suite: Path) -> tuple[Pending, ...]:
    """What may be missing in a suite.

    Raises:
        CassetteError: the file cannot be used.
    """
    path = suite / FOLDER / FILE
    if not path.exists():
        return ()
    try:
        return _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))).pending
    except (OSError, yaml.YAMLError, UnicodeDecodeError, ValidationError) as error:
        raise CassetteError(f"{FOLDER}/{FILE} cannot be used: {str(error).partition(chr(10))[0][:200]}") from None
