"""From the command line and the configuration to a `Request`."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

from orchestrator.code.diff import file_at
from orchestrator.code.limits import Limits
from orchestrator.code.reading import project_root
from orchestrator.config import FILE_NAME, Config, load_config, parse_config
from orchestrator.errors import BaselineError, ConfigError
from orchestrator.rules.baseline import load_baseline, parse_baseline
from orchestrator.types import Severity
from orchestrator.workflows.request import Accepted, Request
from orchestrator.workflows.selection import Selection, known_rule


def read_request(arguments: argparse.Namespace) -> tuple[Request, Severity | None]:
    """The request, and the severity that fails the command; None for never.

    Raises:
        UsageError: the path, the configuration or the baseline is not usable.
    """
    root = project_root(arguments.path)
    base = getattr(arguments, "diff", None)
    config = _config(arguments.config, root, base)
    request = Request(
        path=arguments.path,
        today=dt.datetime.now(tz=dt.UTC).date(),
        selection=Selection(
            select=arguments.select or config.rules.select,
            ignore=(*arguments.ignore, *config.rules.ignore),
            agents=arguments.agents or config.agents,
        ),
        severities={known_rule(rule): severity for rule, severity in config.rules.severity.items()},
        limits=Limits(max_file_bytes=int(config.max_file_mib * 1024 * 1024), max_files=config.max_files),
        exclude=(*arguments.exclude, *config.exclude),
        base=base,
        baseline=_baseline(arguments, root, config),
        accepted=tuple(
            Accepted(rule=known_rule(item.rule), path=item.path, reason=item.reason, until=item.until)
            for item in config.suppressions
        ),
        layer=arguments.layer,
        jobs=arguments.jobs,
    )
    return request, _gate(getattr(arguments, "fail_on", None), config)


def _gate(given: str | None, config: Config) -> Severity | None:
    if given is None:
        return config.fail_on
    return None if given == "never" else Severity(given)


def _config(given: Path | None, root: Path, base: str | None) -> Config:
    """The configuration; under `--diff` the base's, so that a change cannot turn its own review down."""
    if given is not None:
        return load_config(given)
    if base is not None:
        raw = file_at(root, base, FILE_NAME)
        return Config() if raw is None else parse_config(raw, f"{base}:{FILE_NAME}")
    path = root / FILE_NAME
    if path.is_symlink() and not path.resolve().is_relative_to(root.resolve()):
        raise ConfigError(f"the configuration {str(path)!r} is a link out of the project; put the file itself there")
    return load_config(path) if path.is_file() else Config()


def _baseline(arguments: argparse.Namespace, root: Path, config: Config) -> frozenset[str]:
    """The ids to leave out; a baseline that the base's configuration names is read from the base too."""
    given: Path | None = getattr(arguments, "baseline", None)
    base: str | None = getattr(arguments, "diff", None)
    if given is not None:
        return load_baseline(given)
    if config.baseline is None:
        return frozenset()
    path = root / config.baseline
    if base is not None and arguments.config is None:
        raw = file_at(root, base, config.baseline)
        if raw is None:
            raise BaselineError(f"{base!r} has no file {config.baseline!r}, which its configuration names as baseline")
        return parse_baseline(raw, f"{base}:{config.baseline}")
    # A configuration is part of what is reviewed: it must not name a device or a pipe that never ends.
    if path.exists() and not path.is_file():
        raise BaselineError(f"the baseline {str(path)!r} is no file; write one with `orchestrate baseline`")
    return load_baseline(path)
