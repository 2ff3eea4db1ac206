"""Opens a bundle at a target: its files, its variables, who deploys, and the resources as the platform takes them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.code.bundle import Bundle, Target, load_bundles
from orchestrator.code.bundle.assigning import assigned
from orchestrator.code.bundle.deployable import Deployable, deployable
from orchestrator.code.bundle.merge import BudgetError
from orchestrator.code.bundle.presets import Presets, short_name
from orchestrator.code.ignoring import compile_patterns
from orchestrator.code.limits import Limits
from orchestrator.code.listing import list_project
from orchestrator.code.reading import read_project
from orchestrator.errors import UsageError
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.operate.bundles.lookups import looked_up
from orchestrator.workspace.deployment.files import MOST_BYTES, MOST_FILES, content_digest

_NAMES = ("databricks.yml", "databricks.yaml")
_NEVER = (".databricks/", ".git/", ".orchestrate/")
_SHOWN = 12


@dataclass(frozen=True, kw_only=True)
class Files:
    """The files of a bundle that are uploaded, and those that are not: links, and what is too large."""

    root: Path
    paths: tuple[str, ...]
    links: tuple[str, ...]
    large: tuple[str, ...]
    digest: str


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A bundle at one target."""

    bundle: Bundle
    target: Target
    root: Path
    """the folder of databricks.yml"""
    user: str
    resources: Deployable
    files: Files
    folder: str
    """the folder of the workspace that the files go to"""
    variables: tuple[str, ...]

    @property
    def tag(self) -> str:
        """The value of the tag by which what it deployed is found."""
        return f"{self.bundle.name}.{self.target.name}"


def opened(site: Site, path: Path, target: str, variables: tuple[str, ...]) -> Opened:
    """The bundle of that folder or name at that target.

    Raises:
        UsageError: there is no such bundle, target or variable, or its files cannot be deployed.
        WorkspaceError: the workspace does not say who asks, or what a variable looks up.
    """
    top, bundle = _found(site, path)
    chosen = _target(bundle, target)
    values = _values(bundle, variables)
    try:
        chosen = assigned(bundle, chosen, values)
    except BudgetError:
        raise UsageError(f"the bundle {bundle.name!r} is too large once its variables are given") from None
    root = top / bundle.root_dir
    files = _files(root, chosen)
    site.progress(f"asking who deploys {bundle.name} to {chosen.name}")
    user = site.workspace.ask("read who is asking", lambda client: client.current_user.me().user_name or "")
    lookup = _Lookup(site=site, bundle=bundle, target=chosen, user=user, digest=files.digest)
    resources = deployable(bundle, chosen, Presets.of(bundle, chosen, short_name(user)), lookup.value)
    return Opened(
        bundle=bundle,
        target=chosen,
        root=root,
        user=user,
        resources=resources,
        files=files,
        folder=lookup.folder,
        variables=variables,
    )


def _found(site: Site, path: Path) -> tuple[Path, Bundle]:
    """The bundle in the folder, or the one of that name below the current one."""
    folder = site.path(path)
    if folder.name in _NAMES:
        folder = folder.parent
    by_name = not folder.is_dir()
    top = site.root if by_name else folder
    read = read_project(top)
    sources = {source.path: source for source in read.sources}
    bundles, ledger = load_bundles(sources, {*sources, *read.others})
    if by_name:
        bundles = tuple(each for each in bundles if each.name == str(path))
    elif any(not each.root_dir for each in bundles):
        bundles = tuple(each for each in bundles if not each.root_dir)
    damaged = next((f"; {entry.path}: {entry.reason}" for entry in ledger if entry.incomplete), "")
    if not bundles:
        raise UsageError(f"there is no bundle {str(path)!r}: name the folder of a databricks.yml{damaged}")
    if len(bundles) > 1:
        known = ", ".join(sorted(each.path for each in bundles)[:_SHOWN])
        raise UsageError(f"{str(path)!r} holds {len(bundles)} bundles: name one of {known}")
    if damaged:
        raise UsageError(f"the bundle {bundles[0].name!r} cannot be read whole{damaged}")
    return read.root, bundles[0]


def _target(bundle: Bundle, name: str) -> Target:
    found = bundle.target(name)
    if found is None:
        known = ", ".join(each.name for each in bundle.targets)
        raise UsageError(f"the bundle {bundle.name!r} has no target {name[:80]!r}; it has {known}")
    return found


def _values(bundle: Bundle, given: Iterable[str]) -> Mapping[str, str]:
    """The variables that were given: `--var NAME=VALUE`, else BUNDLE_VAR_NAME of the environment."""
    declared = set(bundle.declared_variables)
    values = {name: os.environ[f"BUNDLE_VAR_{name}"] for name in declared if f"BUNDLE_VAR_{name}" in os.environ}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or name not in declared:
            known = ", ".join(sorted(declared)) or "none"
            raise UsageError(f"--var {each[:80]!r} is no NAME=VALUE of a variable of the bundle; it has {known}")
        values[name] = value
    return values


def _files(root: Path, target: Target) -> Files:
    sync = target.node.map("sync")
    excluded = compile_patterns([each.text for each in (sync.scalars("exclude") if sync else ())])
    listing = list_project(root.resolve(), limits=Limits())
    every = sorted({*(file.path for file in listing.files), *listing.others})
    every = [path for path in every if not path.startswith(_NEVER) and not (excluded and excluded.decision(path))]
    plain = [path for path in every if stat.S_ISREG((root / path).lstat().st_mode)]
    if len(plain) > MOST_FILES:
        raise UsageError(f"{str(root)!r} has {len(plain)} files to upload, more than {MOST_FILES}: use sync.exclude")
    large = [path for path in plain if (root / path).stat().st_size > MOST_BYTES]
    kept = tuple(path for path in plain if path not in large)
    return Files(
        root=root,
        paths=kept,
        links=tuple(sorted(set(every) - set(plain))),
        large=tuple(large),
        digest=content_digest(root, kept),
    )


@dataclass(frozen=True, kw_only=True)
class _Lookup:
    """What a reference is worth that the files alone cannot fill."""

    site: Site
    bundle: Bundle
    target: Target
    user: str
    digest: str
    known: dict[str, str | None] = field(default_factory=dict)

    @property
    def root_path(self) -> str:
        """The folder of the workspace that the bundle has."""
        given = self.target.root_path or f"~/.bundle/{self.bundle.name}/{self.target.name}"
        home = f"/Workspace/Users/{self.user}"
        given = given.replace("${workspace.current_user.userName}", self.user)
        given = given.replace("${workspace.current_user.short_name}", short_name(self.user))
        given = f"{home}{given[1:]}" if given.startswith("~") else given
        return given if given.startswith("/Workspace/") else f"/Workspace{given}"

    @property
    def folder(self) -> str:
        """The folder of these very files."""
        return f"{self.root_path}/files/{self.digest[:_SHOWN]}"

    def value(self, path: str) -> str | None:
        """What `${path}` is worth; None where nothing fills it."""
        first, _, rest = path.partition(".")
        if first in {"var", "variables"} and (variable := self.bundle.declared_variables.get(rest)) is not None:
            if rest not in self.known:
                self.known[rest] = looked_up(self.site.workspace, variable)
            return self.known[rest]
        return {
            "workspace.current_user.userName": self.user,
            "workspace.current_user.short_name": short_name(self.user),
            "workspace.file_path": self.folder,
            "workspace.root_path": self.root_path,
            "workspace.host": self.site.workspace.host,
        }.get(path)
