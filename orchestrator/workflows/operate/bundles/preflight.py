"""The preflight of a deployment: what is lacking, whose names are taken, what would go, and what runs now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from orchestrator.code.bundle.deployable import Deployed, Lacking
from orchestrator.code.git import ask_git
from orchestrator.errors import GitError, WorkspaceError
from orchestrator.workflows.commands.noted import Noted
from orchestrator.workflows.commands.result import Gap
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.measured.opening import SANDBOX
from orchestrator.workflows.operate.bundles import checks
from orchestrator.workflows.operate.bundles.opening import Opened
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.deployment.resource import Kind, Live, left_behind, named
from orchestrator.workspace.deployment.run import active_runs

MOST_LISTED = 500
MOST_TABLES = 20
_KINDS: dict[str, Kind] = {"jobs": "job", "pipelines": "pipeline"}
_LACKS = {"artifact": checks.CANNOT, "resource": checks.CANNOT, "reference": checks.UNFILLED, "file": checks.UNFILLED}


@dataclass(kw_only=True)
class Preflight:
    """What was found, a row each, with what is to be adopted and removed by name."""

    opened: Opened
    adopt: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    noted: Noted = field(init=False)
    gaps: list[Gap] = field(default_factory=list)
    adopted: dict[tuple[Kind, str], Live] = field(default_factory=dict)
    removed: list[Live] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Say what its facts are read from."""
        source = f"target {self.opened.target.name} of bundle {self.opened.bundle.name} and the live workspace"
        self.noted = Noted(name="deployment", source=source)

    def files(self, site: Site) -> None:
        """What of the files, the commit and the address is not right."""
        opened = self.opened
        for path in opened.files.links:
            self.noted.see(checks.NOT_UPLOADED, path, f"{path} is a link and is not uploaded")
        for path in opened.files.large:
            self.noted.see(checks.NOT_UPLOADED, path, f"{path} is larger than 10 MB and is not uploaded")
        wanted = (opened.target.host or "").rstrip("/")
        if (
            wanted
            and "${" not in wanted
            and site.workspace_name != SANDBOX
            and wanted != site.workspace.host.rstrip("/")
        ):
            said = f"target {opened.target.name} is of {wanted}, and {site.workspace.host} was named"
            self.noted.see(checks.HOST, opened.target.name, said)
        if opened.target.is_production:
            for sentence in _uncommitted(opened):
                self.noted.see(checks.UNCOMMITTED, opened.target.name, sentence)

    def lacking(self, every: Iterable[Lacking]) -> None:
        """What the bundle needs and does not get here."""
        for each in every:
            said = {
                "artifact": f"{each.what} ({each.where}) is built or read locally, and nothing is built here",
                "resource": f"{each.what} ({each.where}) is of a kind that only the Databricks CLI deploys",
                "reference": f"{each.what} ({each.where}) has no value",
                "file": f"{each.what} ({each.where}) is not among the files",
            }[each.kind]
            self.noted.see(_LACKS[each.kind], f"{each.kind} {each.what} {each.where}", said)

    def names(self, workspace: Workspace, resources: Iterable[Deployed]) -> None:
        """Names that somebody else has, pipelines that cannot change so, and jobs that run now."""
        for resource in resources:
            kind = _KINDS.get(resource.kind)
            if kind is None:
                continue
            what = f"look for the {kind} {resource.name}"
            found = workspace.ask(what, partial(named, kind=kind, name=resource.name))
            ours = [each for each in found if each.bundle == self.opened.tag]
            others = [each for each in found if each.bundle != self.opened.tag]
            wished = {resource.key, resource.name} & set(self.adopt)
            if not ours and len(others) == 1 and wished and not others[0].is_of_cli:
                self.adopted[kind, resource.name] = others[0]
                ours, others = others, []
            for each in others:
                self._taken(kind, each)
            for each in ours:
                self._change(workspace, resource, each)

    def _taken(self, kind: Kind, each: Live) -> None:
        whose = "by the Databricks CLI" if each.is_of_cli else f"by {each.creator or 'somebody'}"
        if each.bundle:
            whose = f"for {each.bundle}"
        self.noted.see(checks.TAKEN, f"{kind} {each.name}", f"{kind} {each.name!r} ({each.id}) exists, made {whose}")

    def _change(self, workspace: Workspace, resource: Deployed, each: Live) -> None:
        if each.kind == "job":
            if count := active_runs(workspace, int(each.id)):
                self.noted.see(checks.ACTIVE, f"job {each.name}", f"job {each.name} has {count} active runs")
            return
        for name in ("catalog", "storage"):
            old, new = each.settings.get(name), resource.settings.get(name)
            if old != new and (new is not None or name == "catalog"):
                said = f"pipeline {each.name} has the {name} {old}, and the files say {new}"
                self.noted.see(checks.FIXED, f"pipeline {each.name} {name}", said)

    def orphans(self, workspace: Workspace) -> None:
        """What the bundle deployed once and its files do not have any more."""
        names = {(_KINDS.get(each.kind), each.name) for each in self.opened.resources.resources}
        gone, more = workspace.ask(
            "list jobs and pipelines",
            lambda client: left_behind(client, self.opened.tag, lambda k, n: (k, n) in names, most=MOST_LISTED),
        )
        if more:
            reason = (
                f"only the first {MOST_LISTED} jobs and pipelines were looked through for what the bundle left behind"
            )
            self.gaps.append(Gap(source="jobs and pipelines", reason=reason, incomplete=False))
        for each in gone:
            about, tables = f"{each.kind} {each.name}", _tables(workspace, each)
            if each.name in self.remove or each.id in self.remove:
                self.removed.append(each)
                self.noted.see(checks.GOES, about, f"{about} ({each.id}) is deleted{tables}")
            else:
                self.noted.see(
                    checks.LEFT, about, f"{about} ({each.id}) is not in the files any more and stays{tables}"
                )


def _tables(workspace: Workspace, each: Live) -> str:
    """What a pipeline keeps up to date, as the end of a sentence."""
    if each.kind == "job":
        return ""
    catalog, schema = each.settings.get("catalog"), each.settings.get("schema") or each.settings.get("target")
    if not isinstance(catalog, str) or not isinstance(schema, str):
        return "; which tables it keeps is not known: it names no catalog and schema"
    try:
        found = workspace.ask(
            f"list the tables of {catalog}.{schema}",
            lambda client: [
                item.full_name for item in client.tables.list(catalog, schema) if item.pipeline_id == each.id
            ],
        )
    except WorkspaceError as error:
        return f"; which tables it keeps is not known ({error})"
    shown = ", ".join(str(name) for name in found[:MOST_TABLES])
    return f"; it keeps {len(found)} tables: {shown}" if found else "; no table says that it is kept by it"


def _uncommitted(opened: Opened) -> Iterator[str]:
    try:
        status = ask_git(opened.root, "status", "--porcelain", "--", ".", ":(exclude).orchestrate")
        branch = ask_git(opened.root, "rev-parse", "--abbrev-ref", "HEAD")
    except GitError as error:
        yield f"whether the files are committed is not known: {error}"
        return
    if status.code != 0:
        yield "the files are in no git repository, so nobody could say later what was deployed"
        return
    changed = len(status.output.splitlines())
    if changed:
        yield f"{changed} files differ from the last commit"
    wanted = opened.target.git_branch
    here = branch.output.decode("utf-8", "replace").strip()
    if wanted is not None and here != wanted.text:
        yield f"the target is deployed from the branch {wanted.text}, and this is {here or 'no branch'}"
