"""The live evidence of a version and of the one that it is held against, read for as long as a judgement takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestrator.errors import UsageError
from orchestrator.workspace.models.evidence import Evidence, evidence, evidence_of_run, version_of
from orchestrator.workspace.models.registry import Registry
from orchestrator.workspace.models.terms import NOBODY, Terms


@dataclass(frozen=True, kw_only=True)
class Proved:
    """The evidence; `folder` holds the files of the version for as long as the block lasts."""

    version: Evidence
    reference: Evidence | None
    folder: Path


@contextmanager
def proved(registry: Registry, model: str, version: str, terms: Terms) -> Iterator[Proved]:
    """The evidence of a version and of the holder of the alias that the terms name.

    Raises:
        UsageError: the version holds that alias itself.
        WorkspaceError: a part of it cannot be read.
    """
    holder = None if terms.against == NOBODY else version_of(registry, model, terms.against)
    if holder == version:
        raise UsageError(
            f"version {version} of {model} holds the alias {terms.against} itself, and a model is not compared with "
            f"itself; name another version, or judge it alone with --against {NOBODY}"
        )
    with TemporaryDirectory(prefix="model-") as one, TemporaryDirectory(prefix="model-") as other:
        reference = None if holder is None else evidence(registry, model, holder, Path(other))
        yield Proved(version=evidence(registry, model, version, Path(one)), reference=reference, folder=Path(one))


@contextmanager
def proved_run(registry: Registry, run_id: str) -> Iterator[Proved]:
    """The evidence of the model that a run has logged.

    Raises:
        WorkspaceError: a part of it cannot be read.
    """
    with TemporaryDirectory(prefix="model-") as one:
        yield Proved(version=evidence_of_run(registry, run_id, Path(one)), reference=None, folder=Path(one))
