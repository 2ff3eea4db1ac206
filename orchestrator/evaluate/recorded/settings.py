"""How the recorded specialists were asked: `cassettes/settings.yaml` of a suite, written by `eval record`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestrator.errors import CassetteError

FILE = "settings.yaml"
FOLDER = "cassettes"


class CassetteSettings(BaseModel):
    """The model that is named in every request, its effort, and the specialists; none named are all that apply."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^/\s]+$")]
    effort: Literal["low", "medium", "high", "max"] = "medium"
    agents: tuple[str, ...] = ()


def cassettes_folder(suite: Path) -> Path:
    """Where the recordings of a suite are."""
    return suite / FOLDER


def read_settings(suite: Path) -> CassetteSettings | None:
    """The settings of a suite's recordings; None where nothing was recorded.

    Raises:
        CassetteError: the file is damaged, or there are recordings and no settings.
    """
    path = cassettes_folder(suite) / FILE
    name = f"{FOLDER}/{FILE}"
    if not path.exists():
        if any(cassettes_folder(suite).glob("*/*/e*.yaml")):
            raise CassetteError(f"{name} is missing, so that nobody knows how these recordings were asked; restore it")
        return None
    try:
        return CassetteSettings.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise CassetteError(f"{name} cannot be used: {where}: {first['msg']}") from None
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise CassetteError(f"{name} cannot be read: {str(error).partition(chr(10))[0][:200]}") from None


def dump_settings(settings: CassetteSettings) -> str:
    """The text of the file."""
    return yaml.safe_dump(settings.model_dump(mode="json"), sort_keys=False)
