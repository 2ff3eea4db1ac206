"""`validate-deployment [PATH] -t TARGET`: the rules, the preflight and the plan of a deployment that is not made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pydantic import Field

from orchestrator.code.bundle import load_bundles
from orchestrator.code.reading import read_project
from orchestrator.errors import UsageError
from orchestrator.types import Table
from orchestrator.workflows.audit.shape import Audit, Audited
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.commands.parameters import Parameters
from orchestrator.workflows.commands.result import Gap, Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.operate.bundles.deploying import Asked, desired
from orchestrator.workflows.operate.running import planned
from orchestrator.workflows.request import Request, Reviewed
from orchestrator.workspace.changes import Change, ChangeSet

_EPILOG = """examples:
  orchestrate validate-deployment . -t prod --workspace prod
  orchestrate validate-deployment . -t dev --workspace sandbox --fail-on medium
  orchestrate validate-deployment . -t prod --diff origin/main              by rules alone, and incomplete
"""
PLAN = "plan of the deployment"
NO_PLAN = "no workspace was named, so nobody knows what the deployment would change, delete or meet there"


class ValidateDeployment(Parameters):
    """What is asked for."""

    path: Path = Path()
    target: str = Field(default="prod", min_length=1, max_length=200)
    diff: str | None = None
    var: tuple[str, ...] = Field(default=(), max_length=100)


def _audited(asked: ValidateDeployment, site: Site) -> Audited:
    _check_target(asked, site)
    reviewed = _reviewed(asked, site)
    if site.opened is None:
        return Audited(result=Result(gaps=(Gap(source=PLAN, reason=NO_PLAN),), reviewed=reviewed))
    try:
        wish = desired(Asked(path=asked.path, target=asked.target, variables=asked.var, engine="auto"), site)
        changes = planned(wish, site)
    except UsageError as error:
        # What would stop the deployment is an answer of this command; the rules have theirs.
        return Audited(result=Result(gaps=(Gap(source=PLAN, reason=str(error)),), reviewed=reviewed))
    return Audited(
        result=replace(
            wish.result,
            tables=(*wish.result.tables, _plan(changes)),
            notes=(*wish.result.notes, *changes.notes, "nothing was deployed; deploy-bundle shows the set to approve"),
            reviewed=reviewed,
        )
    )


def _check_target(asked: ValidateDeployment, site: Site) -> None:
    """Nothing, where a bundle stands in the folder and has the target.

    Raises:
        UsageError: there is no bundle, or it has no such target.
    """
    folder = site.path(asked.path)
    if not folder.is_dir():
        # A name of a bundle: found by its name when it is opened.
        return
    read = read_project(folder)
    sources = {source.path: source for source in read.sources}
    bundles, _ledger = load_bundles(sources, {*sources, *read.others})
    here = [bundle for bundle in bundles if not bundle.root_dir] or list(bundles)
    if not here:
        raise UsageError(f"there is no bundle in {str(asked.path)!r}: name the folder of a databricks.yml")
    if all(bundle.target(asked.target) is None for bundle in here):
        known = ", ".join(each.name for bundle in here for each in bundle.targets) or "none"
        raise UsageError(f"the bundle {here[0].name!r} has no target {asked.target[:80]!r}; it has {known}")


def _reviewed(asked: ValidateDeployment, site: Site) -> Reviewed | None:
    folder = site.path(asked.path)
    if not folder.is_dir():
        return None
    site.progress("running the rules")
    request = Request(path=folder, today=site.today, base=asked.diff)
    return cached_review(request, use_cache=False, progress=site.progress)


def _plan(changes: ChangeSet) -> Table:
    rows = tuple((_action(change), change.setting.subject) for change in changes.changes)
    return Table(title="What the deployment would do", columns=("action", "what"), rows=rows)


def _action(change: Change) -> str:
    if change.after is None:
        return "delete"
    return "create" if change.before is None else "change"


COMMAND = Audit(parameters=ValidateDeployment, audit=_audited, epilog=_EPILOG)
