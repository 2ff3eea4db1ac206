"""Facts of a catalog against the controls of a standard: what they show, and what cannot be seen from here.

A report of facts, no legal advice: `met` says that the facts show nothing against the control.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.records import Record

Standing = Literal["met", "gap", "cannot be seen here"]
STANDARDS = ("GDPR", "HIPAA", "SOC2", "CCPA", "PCI-DSS")


class Fact(Record):
    """Something that was looked at in the workspace."""

    name: str
    standing: Standing
    says: str
    """what was found, with the numbers"""
    objects: tuple[str, ...] = ()
    """at most 20 objects that make the gap"""


class ControlResult(Record):
    """One control of the standard and what the facts say of it."""

    number: str
    title: str
    standing: Standing
    """a gap in one fact is a gap of the control; it is met when all its facts are"""
    shown_by: tuple[str, ...]
    """the names of the facts"""
    says: tuple[str, ...]


class ComplianceReport(Record):
    """A standard's controls over the facts of one catalog."""

    standard: str
    title: str
    source: str
    """where the text of the standard is"""
    controls_as_of: dt.date
    catalog: str
    made: dt.datetime
    met: int
    gaps: int
    unseen: int
    controls: tuple[ControlResult, ...]
    facts: tuple[Fact, ...]
    note: str


NOTE = "Facts of one catalog, no legal advice: whether a control is fulfilled is for its owner and the auditor to say."


@dataclass(frozen=True, kw_only=True)
class Control:
    """A control, the facts that show it, and why it cannot be seen where none does.

    `rules` are those whose findings in code speak against it; `erasure` tells that requests of erasure show it too.
    """

    number: str
    title: str
    facts: tuple[str, ...]
    unseen: str
    rules: tuple[str, ...] = ()
    erasure: bool = False


@dataclass(frozen=True, kw_only=True)
class Standard:
    """A standard with those of its controls that touch data in a workspace."""

    name: str
    title: str
    source: str
    as_of: dt.date
    controls: tuple[Control, ...]

    @property
    def facts(self) -> frozenset[str]:
        """The names of all facts that its controls need."""
        return frozenset(name for control in self.controls for name in control.facts)


@cache
def standards() -> Mapping[str, Standard]:
    """The shipped standards, by name."""
    raw = _raw()
    as_of = dt.date.fromisoformat(raw["as_of"])
    return {
        name: Standard(
            name=name, title=item["title"], source=item["source"], as_of=as_of,
            controls=tuple(
                Control(
                    number=control["number"], title=control["title"], facts=tuple(control["facts"]),
                    unseen=control.get("unseen", ""), rules=tuple(control.get("rules", ())),
                    erasure=control.get("erasure", False),
                )
                for control in item["controls"]
            ),
        )
        for name, item in raw["standards"].items()
    }  # fmt: skip


@cache
def checks() -> Mapping[str, str]:
    """What is checked for each fact, in words, by the name of the fact."""
    return dict(_raw()["checks"])


def _raw() -> dict[str, Any]:
    text = files("orchestrator.workspace.governance").joinpath("controls.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def standard(name: str) -> Standard:
    """The standard of that name; `soc 2` and `PCI DSS` are understood.

    Raises:
        WorkspaceError: there are no controls of that name.
    """
    plain = "".join(character for character in name.upper() if character.isalnum())
    found = {key.replace("-", ""): value for key, value in standards().items()}.get(plain)
    if found is None:
        raise WorkspaceError(f"there are no controls of {name[:40]!r}; there are {', '.join(standards())}")
    return found


def report(of: Standard, catalog: str, facts: Sequence[Fact], made: dt.datetime) -> ComplianceReport:
    """The controls of the standard over the facts."""
    by_name = {fact.name: fact for fact in facts}
    results = tuple(_result(control, by_name) for control in of.controls)
    standings = [result.standing for result in results]
    return ComplianceReport(
        standard=of.name, title=of.title, source=of.source, controls_as_of=of.as_of, catalog=catalog, made=made,
        met=standings.count("met"), gaps=standings.count("gap"), unseen=standings.count("cannot be seen here"),
        controls=results, facts=tuple(fact for fact in facts if fact.name in of.facts), note=NOTE,
    )  # fmt: skip


def _result(control: Control, facts: Mapping[str, Fact]) -> ControlResult:
    found = [facts[name] for name in control.facts if name in facts]
    standings = {fact.standing for fact in found}
    standing: Standing = "met" if standings == {"met"} and len(found) == len(control.facts) else "cannot be seen here"
    if "gap" in standings:
        standing = "gap"
    says = tuple(fact.says for fact in found) or (control.unseen,)
    return ControlResult(
        number=control.number, title=control.title, standing=standing, shown_by=control.facts, says=says
    )
