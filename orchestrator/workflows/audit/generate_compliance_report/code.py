"""What a project's code says against controls: findings of the rules that a control names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.request import Request, Reviewed
from orchestrator.workflows.selection import Selection
from orchestrator.workspace.governance.compliance import Control, Fact, Standard

_SHOWN = 20


def reviewed(path: Path, of: Standard, site: Site) -> Reviewed:
    """The project below the path, by the rules that the standard's controls name.

    Raises:
        UsageError: there is no such path.
    """
    rules = tuple(sorted({rule for control in of.controls for rule in control.rules}))
    request = Request(path=site.path(path), today=site.today, selection=Selection(select=rules))
    return cached_review(request, use_cache=False, progress=site.progress)


def with_code(of: Standard, review: Reviewed) -> tuple[Standard, tuple[Fact, ...]]:
    """The standard with one fact more for each control that findings speak against; silence of rules shows nothing."""
    against = {control.number: fact for control in of.controls if (fact := _against(control, review)) is not None}
    controls = tuple(
        replace(control, facts=(*control.facts, against[control.number].name)) if control.number in against else control
        for control in of.controls
    )
    return replace(of, controls=controls), tuple(against.values())


def _against(control: Control, review: Reviewed) -> Fact | None:
    found = [each for each in review.review.findings if each.counts and each.rule in control.rules]
    if not found:
        return None
    places = tuple(f"{each.location.path}:{each.location.start_line}" for each in found[:_SHOWN])
    named = ", ".join(sorted({each.rule for each in found}))
    return Fact(
        name=f"code against {control.number}",
        standing="gap",
        says=f"findings in the project's code: {len(found)}, of {named}",
        objects=places,
    )
