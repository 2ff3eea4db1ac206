"""From a bundle, a target and what is asked for to what should be, with the preflight."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from orchestrator.code.bundle.deployable import Deployed
from orchestrator.errors import UsageError
from orchestrator.types import Table
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.commands.result import Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.measured.opening import ENVIRONMENT, SANDBOX
from orchestrator.workflows.operate.bundles import checks
from orchestrator.workflows.operate.bundles.goals import goals
from orchestrator.workflows.operate.bundles.opening import Opened, opened
from orchestrator.workflows.operate.bundles.preflight import Preflight
from orchestrator.workflows.operate.shape import Desired
from orchestrator.workflows.request import Request, Reviewed
from orchestrator.workflows.selection import Selection
from orchestrator.workspace.changes import Goal
from orchestrator.workspace.deployment.cli import PROGRAM, CliSetting, installed, loses
from orchestrator.workspace.deployment.resource import named
from orchestrator.workspace.deployment.run import RunSetting, newest_run

Engine = Literal["auto", "cli", "api"]
RULES = ("BND", "WFL", "CST", "SEC")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is to be deployed; `job` names the one job of `deploy-workflow`, `minutes` its run, 0 for none."""

    path: Path
    target: str
    variables: tuple[str, ...]
    engine: Engine
    adopt: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    job: str = ""
    minutes: int = 0


def desired(asked: Asked, site: Site) -> Desired:
    """What should be.

    Raises:
        UsageError: bundle, target, variable or job is not there, or the CLI is asked for and is not.
        WorkspaceError: the live state cannot be read.
    """
    by_cli = _by_cli(asked, site)
    found = opened(site, asked.path, asked.target, asked.variables)
    job = _job(found, asked.job) if asked.job else None
    resources = found.resources.needed_by("jobs", job.key) if job else found.resources.resources
    preflight = Preflight(opened=found, adopt=asked.adopt, remove=asked.remove)
    preflight.files(site)
    site.progress(f"running rules over {found.bundle.name}")
    reviewed = _reviewed(found, site)
    every = _through_cli(asked, site, found, preflight) if by_cli else _by_api(site, found, preflight, resources, job)
    if job is not None and asked.minutes:
        every = (*every, _run(asked, site, found, job, by_cli=by_cli))
    how = f"by the Databricks CLI ({PROGRAM})" if by_cli else f"through the interfaces, tagged {found.tag}"
    notes = (f"{found.bundle.name} goes to target {found.target.name} as {found.user}, {how}", *_unfixed(asked, found))
    result = Result(
        facts=preflight.noted.facts(),
        observations=tuple(preflight.noted.observations),
        tables=(_resources(resources),),
        gaps=tuple(preflight.gaps),
        notes=notes,
        reviewed=reviewed,
    )
    what = f"job {job.key} of bundle {found.bundle.name}" if job else f"bundle {found.bundle.name}"
    return Desired(title=f"deploy {what} to {found.target.name}", goals=every, result=result)


def _by_cli(asked: Asked, site: Site) -> bool:
    if asked.engine == "api" or (asked.engine == "auto" and site.workspace_name == SANDBOX):
        return False
    if asked.engine == "cli" and site.workspace_name == SANDBOX:
        raise UsageError("--engine cli: the sandbox has not all that the Databricks CLI asks for; leave it away")
    if asked.engine == "cli" and not installed():
        raise UsageError(f"--engine cli: there is no program {PROGRAM!r} on the path; install it, or give --engine api")
    return installed()


def _job(found: Opened, name: str) -> Deployed:
    jobs = found.resources.of("jobs")
    matches = [each for each in jobs if name in {each.key, each.name}]
    if len(matches) != 1:
        known = ", ".join(f"{each.key} ({each.where})" for each in jobs) or "no job"
        raise UsageError(f"the bundle {found.bundle.name!r} has no job {name[:80]!r}; it has {known}")
    return matches[0]


def _by_api(
    site: Site, found: Opened, preflight: Preflight, resources: tuple[Deployed, ...], job: Deployed | None
) -> tuple[Goal, ...]:
    preflight.lacking(found.resources.lacking)
    preflight.names(site.workspace, resources)
    if job is None:
        preflight.orphans(site.workspace)
    return tuple(goals(found, preflight, resources))


def _through_cli(asked: Asked, site: Site, found: Opened, preflight: Preflight) -> tuple[Goal, ...]:
    job = _job(found, asked.job).key if asked.job else ""
    setting = CliSetting(
        bundle=found.bundle.name,
        target=found.target.name,
        folder=str(found.root),
        paths=found.files.paths,
        digest=found.files.digest,
        profile="" if site.workspace_name in {None, ENVIRONMENT} else str(site.workspace_name),
        select=f"jobs.{job}" if job else "",
        variables=found.variables,
        production=found.target.is_production,
    )
    site.progress("asking the Databricks CLI for its plan")
    for line in filter(loses, setting.read(site.workspace) or ()):
        allowed = line.rpartition(".")[2] in asked.remove
        preflight.noted.see(
            checks.GOES if allowed else checks.LOST, line, f"the plan of the Databricks CLI says: {line}"
        )
    return (Goal(setting=setting, wanted=lambda _now: ()),)


def _run(asked: Asked, site: Site, found: Opened, job: Deployed, *, by_cli: bool) -> Goal:
    """One run after the deployment."""
    live = site.workspace.ask(f"look for the job {job.name}", lambda client: named(client, "job", job.name))
    known = [each.id for each in live if by_cli or each.bundle == found.tag]
    setting = RunSetting(
        name=job.name,
        bundle="" if by_cli else found.tag,
        after=newest_run(site.workspace, int(known[0])) if known else 0,
        minutes=asked.minutes,
        digest=found.files.digest,
    )
    return Goal(
        setting=setting,
        wanted=lambda _now: ("SUCCESS",),
        remark=lambda _now: f"the run of job {job.name} cannot be taken back: what it writes stays",
    )


def _unfixed(asked: Asked, found: Opened) -> tuple[str, ...]:
    """What was named and is nothing."""
    known = {word for each in found.resources.resources for word in (each.key, each.name)}
    strange = [word for word in asked.adopt if word not in known]
    return (f"--adopt {', '.join(strange)} names nothing of the bundle",) if strange else ()


def _reviewed(found: Opened, site: Site) -> Reviewed:
    """The rules over the bundle, as `review-pipeline` runs them."""
    request = Request(path=found.root, today=site.today, selection=Selection(select=RULES))
    reviewed = cached_review(request, use_cache=False)
    # What the deployment is asked to do is told by its own tables; the review's notes are of reviewing.
    return replace(reviewed, review=replace(reviewed.review, notes=()))


def _resources(resources: Iterable[Deployed]) -> Table:
    rows = tuple((each.kind, each.key, each.name, _starts(each), each.where) for each in resources)
    return Table(title="What the target deploys", columns=("kind", "key", "name", "starts", "file"), rows=rows)


def _starts(each: Deployed) -> str:
    """How a job or pipeline starts by itself, and whether it will."""
    for name in ("schedule", "trigger", "continuous"):
        start = each.settings.get(name)
        if isinstance(start, dict):
            paused = start.get("pause_status") == "PAUSED"
            return f"{name}, {'paused' if paused else 'live'}"
        if start is True:
            return "continuous, live"
    return "" if each.kind in {"schemas", "volumes"} else "when it is called"
