"""Which actions of the audit log are about what, read from `actions.json`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

Subject = Literal["access", "privilege", "deletion", "export", "secret"]


@dataclass(frozen=True, kw_only=True)
class Actions:
    """The known actions, and the request parameters that name the object of one, in order of preference."""

    by_subject: dict[str, tuple[str, ...]]
    object_keys: tuple[str, ...]

    def about(self, *subjects: Subject) -> tuple[str, ...]:
        """The names of the actions about any of the subjects, sorted."""
        return tuple(sorted({name for subject in subjects for name in self.by_subject[subject]}))


@cache
def actions() -> Actions:
    """The shipped list."""
    raw = json.loads(files("orchestrator.workspace.audit").joinpath("actions.json").read_text(encoding="utf-8"))
    found: dict[str, tuple[str, ...]] = {}
    for item in raw["actions"]:
        for subject in item["subjects"]:
            found[subject] = (*found.get(subject, ()), item["action"])
    return Actions(by_subject=found, object_keys=tuple(raw["object_keys"]))
