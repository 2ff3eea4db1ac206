"""The configuration of a project: `.databricks-plugin-config.yaml`, frozen, read once by the command line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestrator.errors import ConfigError
from orchestrator.types import Severity

FILE_NAME = ".databricks-plugin-config.yaml"
MAX_BYTES = 256 * 1024


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RuleSettings(_Section):
    """Which rules run, and how bad their findings are."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: dict[str, Severity] = Field(default_factory=dict)


class PathSuppression(_Section):
    """Findings of a rule under a path pattern that are accepted, with the reason and until when."""

    rule: str
    path: str = "**"
    reason: str = Field(min_length=1)
    until: dt.date | None = None


class Config(_Section):
    """What a project decides about its reviews."""

    fail_on: Severity = Severity.HIGH
    rules: RuleSettings = RuleSettings()
    agents: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    baseline: str | None = None
    suppressions: tuple[PathSuppression, ...] = ()
    max_file_mib: float = Field(default=2.0, gt=0, le=64)
    max_files: int = Field(default=20_000, gt=0, le=1_000_000)


_SECTIONS: dict[str, type[_Section]] = {"rules": RuleSettings, "suppressions": PathSuppression}


def load_config(path: Path) -> Config:
    """The configuration in a file.

    Raises:
        ConfigError: the file cannot be read, is no YAML map, or has an unknown key or a wrong value.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"the configuration {str(path)!r} cannot be read ({error.strerror})") from error
    if len(raw) > MAX_BYTES:
        raise ConfigError(f"the configuration {str(path)!r} is larger than {MAX_BYTES // 1024} KiB")
    return parse_config(raw, str(path))


def parse_config(raw: bytes, name: str) -> Config:
    """The configuration in a file's bytes; `name` is for messages.

    Raises:
        ConfigError: it is no YAML map, or has an unknown key or a wrong value.
    """
    data = _load(raw, name)
    if data is None:
        return Config()
    if not isinstance(data, dict):
        raise ConfigError(f"the configuration {name!r} must be a map of settings, not {type(data).__name__}")
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        raise ConfigError(f"in {name!r}: {_sentence(error)}") from error


def _load(raw: bytes, name: str) -> object:
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(raw, Loader=yaml.CSafeLoader)):
            raise ConfigError(f"the configuration {name!r} uses YAML aliases, which are not accepted here")
        return yaml.safe_load(raw)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark is not None else ""
        raise ConfigError(f"the configuration {name!r} is no valid YAML{where}") from error


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = _SECTIONS.get(str(first["loc"][0]), Config) if len(first["loc"]) > 1 else Config
        return f"unknown key {where!r}; known keys are {', '.join(known.model_fields)}"
    return f"the value of {where!r} is not accepted ({first['msg'].lower()})"
