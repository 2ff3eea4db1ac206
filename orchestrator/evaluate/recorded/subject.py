"""One project of a case as a recording knows it: its name, its digest, and a folder of its own while it is reviewed."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.evaluate.placing import placed_files

if TYPE_CHECKING:
    from orchestrator.models.cassettes.scrub import Scrubber

TWIN = "twin"
_STATE = "ORCHESTRATE_STATE_DIR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A project in one epoch; `texts` are its files by path, `project` is the name of its folder."""

    name: str
    project: str
    texts: Mapping[str, str]
    epoch: int = 1

    @classmethod
    def of(cls, case: str, variant: str, texts: Mapping[str, str], *, epoch: int = 1) -> Subject:
        """The input of a case, or its twin: both have the name of the case for a folder."""
        name = f"{case}--{TWIN}" if variant == TWIN else case
        return cls(name=name, project=case, texts=texts, epoch=epoch)

    @property
    def sha(self) -> str:
        """The sha256 of its files."""
        return sha256(json.dumps(sorted(self.texts.items())).encode("utf-8", "surrogatepass")).hexdigest()


@contextmanager
def placed(subject: Subject) -> Iterator[Path]:
    """The files of the subject in a folder of its own, for a while; runs of the review are kept apart from those of
    the user."""
    with (
        placed_files(subject.project, subject.texts) as root,
        tempfile.TemporaryDirectory() as made,
        _state_in(Path(made)),
    ):
        yield root


def scrubber_of(subject: Subject, root: Path) -> Scrubber:
    """What may stand in a recording of the subject: hosts and addresses that its own files hold."""
    from orchestrator.models.cassettes.scrub import Scrubber

    return Scrubber(root=root, public="\n".join(subject.texts.values()))


@contextmanager
def _state_in(folder: Path) -> Iterator[None]:
    before = os.environ.get(_STATE)
    os.environ[_STATE] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ[_STATE]
        else:
            os.environ[_STATE] = before
