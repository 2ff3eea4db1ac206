"""The configuration of a project: `.databricks-plugin-config.yaml`, frozen, read once by the command line."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from orchestrator.errors import ConfigError
from orchestrator.types import Severity

if TYPE_CHECKING:
    from pydantic import ConfigDict, ValidationError

FILE_NAME = ".databricks-plugin-config.yaml"
MAX_BYTES = 256 * 1024
MAX_FILE_MIB = 64
MAX_FILES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class _Section:
    """Refuses unknown keys when pydantic reads it; a plain dataclass, because pydantic is dear to import."""

    __pydantic_config__: ClassVar[ConfigDict] = {"extra": "forbid"}


@dataclass(frozen=True, kw_only=True)
class RuleSettings(_Section):
    """Which rules run, and how bad their findings are."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: dict[str, Severity] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PathSuppression(_Section):
    """Findings of a rule under a path pattern that are accepted, with the reason and until when."""

    rule: str
    path: str = "**"
    reason: str
    until: dt.date | None = None

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise ValueError("the reason is empty")


@dataclass(frozen=True, kw_only=True)
class Config(_Section):
    """What a project decides about its reviews."""

    fail_on: Severity = Severity.HIGH
    rules: RuleSettings = field(default_factory=RuleSettings)
    agents: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    baseline: str | None = None
    suppressions: tuple[PathSuppression, ...] = ()
    max_file_mib: float = 2.0
    max_files: int = 20_000

    def __post_init__(self) -> None:
        if not 0 < self.max_file_mib <= MAX_FILE_MIB:
            raise ValueError(f"max_file_mib is {self.max_file_mib}; give more than 0 and at most {MAX_FILE_MIB}")
        if not 0 < self.max_files <= MAX_FILES:
            raise ValueError(f"max_files is {self.max_files}; give more than 0 and at most {MAX_FILES}")


_SECTIONS: dict[str, type[_Section]] = {"rules": RuleSettings, "suppressions": PathSuppression}


def load_config(path: Path) -> Config:
    """The configuration in a file.

    Raises:
        ConfigError: the file cannot be read, is no YAML map, or has an unknown key or a wrong value.
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
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
    from pydantic import TypeAdapter, ValidationError

    data = _load(raw, name)
    if data is None:
        return Config()
    if not isinstance(data, dict):
        raise ConfigError(f"the configuration {name!r} must be a map of settings, not {type(data).__name__}")
    try:
        return TypeAdapter(Config).validate_python(data)
    except ValidationError as error:
        raise ConfigError(f"in {name!r}: {_sentence(error)}") from error


def _load(raw: bytes, name: str) -> object:
    import yaml

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
    if first["type"] == "unexpected_keyword_argument":
        known = _SECTIONS.get(str(first["loc"][0]), Config) if len(first["loc"]) > 1 else Config
        return f"unknown key {where!r}; known keys are {', '.join(each.name for each in fields(known))}"
    what = f"the value of {where!r}" if where else "a value"
    return f"{what} is not accepted ({first['msg'].removeprefix('Value error, ')})"
