"""A bundle and its targets: for each target one merged view, read into jobs, pipelines and other resources."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from orchestrator.code.bundle.compute import Compute, cluster_compute
from orchestrator.code.bundle.identities import identity, permissions
from orchestrator.code.bundle.jobs import read_job
from orchestrator.code.bundle.model import Cluster, Reference, Resource, names_development, names_production
from orchestrator.code.bundle.pipelines import read_pipeline
from orchestrator.code.yaml import REFERENCE, YamlList, YamlMap, YamlNode, YamlScalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.code.bundle.model import (
        BundleFile,
        Duplicate,
        Identity,
        Job,
        MissingInclude,
        Permission,
        Pipeline,
        Variable,
    )
    from orchestrator.code.bundle.paths import Tree
    from orchestrator.types import Location


@dataclass(frozen=True, kw_only=True, eq=False)
class Target:
    """What one target deploys; `node` is the merged view, `declared` the target's own map if it has one.

    The view without a target has an empty name.
    """

    name: str
    node: YamlMap
    declared: YamlMap | None
    name_location: Location
    tree: Tree

    @property
    def location(self) -> Location:
        """The place of the target's name."""
        return self.name_location

    @property
    def mode(self) -> str | None:
        """`development`, `production` or None."""
        return self.declared.text("mode") if self.declared else None

    @property
    def is_production(self) -> bool:
        """Whether mode or name say so; the mode wins."""
        return self.mode == "production" or (self.mode is None and names_production(self.name))

    @property
    def is_named_production(self) -> bool:
        """Whether the name alone says so, whatever the mode."""
        return names_production(self.name)

    @property
    def is_development(self) -> bool:
        """Whether mode or name say so; the mode wins."""
        return self.mode == "development" or (self.mode is None and names_development(self.name))

    @property
    def default(self) -> bool:
        """Whether the CLI takes this target where none is named."""
        return bool(self.declared and self.declared.boolean("default"))

    @cached_property
    def run_as(self) -> Identity | None:
        """Who runs the resources, from the target or else from the bundle."""
        return identity(self.node.map("run_as"))

    @cached_property
    def permissions(self) -> tuple[Permission, ...]:
        """The bundle's permissions and the target's."""
        return permissions(self.node)

    @property
    def workspace(self) -> YamlMap | None:
        """The merged `workspace` section."""
        return self.node.map("workspace")

    @property
    def root_path(self) -> str | None:
        """Where the bundle is deployed to."""
        return self.workspace.text("root_path") if self.workspace else None

    @property
    def host(self) -> str | None:
        """The workspace's address."""
        return self.workspace.text("host") if self.workspace else None

    @property
    def presets(self) -> YamlMap | None:
        """The merged `presets`."""
        return self.node.map("presets")

    @property
    def git_branch(self) -> YamlScalar | None:
        """The branch that deployments must come from."""
        branch = self.node.at("bundle", "git", "branch")
        return branch if isinstance(branch, YamlScalar) and branch.value is not None else None

    @property
    def triggers_paused(self) -> bool:
        """Whether schedules are deployed paused: by preset, else because the mode is development."""
        preset = self.presets.text("trigger_pause_status") if self.presets else None
        return preset.upper() == "PAUSED" if preset else self.mode == "development"

    @cached_property
    def clusters(self) -> tuple[Cluster, ...]:
        """The all-purpose clusters."""
        found = self._declared("clusters")
        return tuple(
            Cluster(
                key=key,
                name=node.text("cluster_name"),
                compute=cluster_compute(node, "all_purpose", key=key),
                node=node,
            )
            for key, node in found
        )

    @cached_property
    def jobs(self) -> tuple[Job, ...]:
        """The jobs in order of declaration."""
        clusters: Mapping[str, Compute] = {cluster.key: cluster.compute for cluster in self.clusters}
        return tuple(read_job(key, node, tree=self.tree, clusters=clusters) for key, node in self._declared("jobs"))

    @cached_property
    def pipelines(self) -> tuple[Pipeline, ...]:
        """The pipelines in order of declaration."""
        return tuple(read_pipeline(key, node, tree=self.tree) for key, node in self._declared("pipelines"))

    def computes(self) -> Iterator[tuple[str, Compute]]:
        """All compute that the target declares, each by the key of the job, pipeline or cluster that has it."""
        for job in self.jobs:
            yield from ((job.key, task.compute) for task in job.all_tasks)
            yield from ((job.key, cluster.compute) for cluster in job.job_clusters)
        for pipeline in self.pipelines:
            yield from ((pipeline.key, compute) for compute in pipeline.clusters)
        yield from ((cluster.key, cluster.compute) for cluster in self.clusters)

    def resources(self, kind: str) -> tuple[Resource, ...]:
        """The resources of a kind by the name of its section, such as `volumes`."""
        return tuple(
            Resource(kind=kind, key=key, name=node.text("name"), node=node, permissions=permissions(node))
            for key, node in self._declared(kind)
        )

    @property
    def endpoints(self) -> tuple[Resource, ...]:
        """The model serving endpoints."""
        return self.resources("model_serving_endpoints")

    @property
    def warehouses(self) -> tuple[Resource, ...]:
        """The SQL warehouses."""
        return self.resources("sql_warehouses")

    @property
    def schemas(self) -> tuple[Resource, ...]:
        """The schemas."""
        return self.resources("schemas")

    @property
    def volumes(self) -> tuple[Resource, ...]:
        """The volumes."""
        return self.resources("volumes")

    @property
    def resource_kinds(self) -> tuple[str, ...]:
        """The names of the sections under `resources`."""
        section = self.node.map("resources")
        return tuple(section) if section else ()

    @property
    def all_resources(self) -> tuple[Resource, ...]:
        """Every resource of every kind, jobs and pipelines too."""
        return tuple(resource for kind in self.resource_kinds for resource in self.resources(kind))

    def job(self, key: str) -> Job | None:
        """The job of that key."""
        return next((job for job in self.jobs if job.key == key), None)

    def pipeline(self, key: str) -> Pipeline | None:
        """The pipeline of that key."""
        return next((pipeline for pipeline in self.pipelines if pipeline.key == key), None)

    def _declared(self, kind: str) -> Iterator[tuple[str, YamlMap]]:
        section = self.node.at("resources", kind)
        if isinstance(section, YamlMap):
            yield from ((key, node) for key, node in section.items() if isinstance(node, YamlMap))


@dataclass(frozen=True, kw_only=True, eq=False)
class Bundle:
    """One bundle of the project; `root` is all of its files laid together as written, `base` the view without a target.

    A bundle that declares no target has the one that the CLI makes for it, `default`.
    """

    name: str
    path: str
    root_dir: str
    files: tuple[BundleFile, ...]
    root: YamlMap
    base: Target
    targets: tuple[Target, ...]
    declared_variables: Mapping[str, Variable]
    python_resources: bool
    duplicates: tuple[Duplicate, ...]
    missing_includes: tuple[MissingInclude, ...]

    @property
    def declares_targets(self) -> bool:
        """Whether the bundle itself names its targets."""
        return any(target.declared is not None for target in self.targets)

    def target(self, name: str) -> Target | None:
        """The target of that name."""
        return next((target for target in self.targets if target.name == name), None)

    @property
    def location(self) -> Location:
        """The first line of the root file's `bundle` section."""
        return self.files[0].root.key_location("bundle") if self.files else self.root.location

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """Every `${...}` in the bundle's files, each place once."""
        return tuple(
            Reference(path=path, location=scalar.location, node=scalar)
            for file in self.files
            for scalar in scalars(file.root)
            if "${" in scalar.raw
            for path in REFERENCE.findall(scalar.raw)
        )


def scalars(root: YamlNode) -> Iterator[YamlScalar]:
    """Every scalar beneath a node in order, each once; keys are not among them."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        match node:
            case YamlScalar():
                yield node
            case YamlList():
                waiting.extend(reversed(node.elements))
            case YamlMap():
                waiting.extend(entry.value for entry in reversed(tuple(node.entries.values())))
