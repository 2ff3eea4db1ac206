"""What a bundle declares, as frozen values that know their YAML nodes.

Every text may hold references that nothing offline can fill (`${resources...}`, `${workspace.current_user...}`):
look at the node's `has_hole` before trusting a literal. `node` is the map that the value was read from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.code.bundle.compute import Compute
    from orchestrator.code.source import SourceFile
    from orchestrator.code.yaml import YamlMap, YamlNode, YamlScalar
    from orchestrator.types import Location

TaskKind: TypeAlias = Literal[
    "notebook",
    "python_file",
    "python_wheel",
    "sql_file",
    "sql",
    "pipeline",
    "dbt",
    "run_job",
    "for_each",
    "condition",
    "jar",
    "spark_submit",
    "dashboard",
    "clean_rooms",
    "power_bi",
    "other",
    "unknown",
]
_PRODUCTION_WORDS = frozenset({"prod", "prd", "production", "live"})
_DEVELOPMENT_WORDS = frozenset({"dev", "development", "local", "sandbox"})
_NEGATIONS = frozenset({"non", "not", "pre", "no", "test", "staging", "stage", "qa", "uat"})
_SEPARATORS = re.compile(r"[-_. ]+")


def names_production(name: str) -> bool:
    """Whether a target's name says production, as `prod`, `PRD`, `prod2` and `prod_eu` do and `pre-prod` does not."""
    words = frozenset(word.rstrip("0123456789") for word in _SEPARATORS.split(name.lower()))
    return bool(words & _PRODUCTION_WORDS) and not words & (_NEGATIONS | _DEVELOPMENT_WORDS)


def names_development(name: str) -> bool:
    """Whether a target's name says development."""
    return bool(frozenset(_SEPARATORS.split(name.lower())) & _DEVELOPMENT_WORDS)


@dataclass(frozen=True, kw_only=True, eq=False)
class Parameter:
    """One value handed to a task or a job; `name` is empty for a positional one, `value` None where it is no scalar."""

    name: str
    value: str | None
    location: Location
    node: YamlNode
    has_hole: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Identity:
    """Who runs or owns: at most one of the names is set, and may hold a reference."""

    user: str | None = None
    service_principal: str | None = None
    group: str | None = None
    node: YamlMap

    @property
    def location(self) -> Location:
        """The place of the map that names the identity."""
        return self.node.location

    @property
    def is_empty(self) -> bool:
        """Whether nobody is named."""
        return not (self.user or self.service_principal or self.group)


@dataclass(frozen=True, kw_only=True, eq=False)
class Permission:
    """One entry of a `permissions` list."""

    level: str
    identity: Identity

    @property
    def location(self) -> Location:
        """The place of the entry."""
        return self.identity.location


@dataclass(frozen=True, kw_only=True, eq=False)
class Schedule:
    """A job's cron schedule; `paused` is None where the status is a reference."""

    quartz: str | None
    timezone: str | None
    paused: bool | None
    node: YamlMap

    @property
    def location(self) -> Location:
        """The place of the schedule."""
        return self.node.location


@dataclass(frozen=True, kw_only=True, eq=False)
class Trigger:
    """A job's trigger other than cron; `interval` and `unit` are those of a periodic one."""

    kind: Literal["file_arrival", "periodic", "table_update", "model", "unknown"]
    paused: bool | None
    interval: int | None = None
    unit: str | None = None
    node: YamlMap


@dataclass(frozen=True, kw_only=True, eq=False)
class Dependency:
    """One edge from a task to the task that it waits for; `outcome` is that of a condition task."""

    task_key: str
    outcome: str | None
    location: Location
    has_hole: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class CodePath:
    """A path to code as a bundle writes it, and the file of the project that it means.

    `path` is project-relative, None where no local file is meant or none was found; `missing` only where the text
    is a complete local path inside the project and nothing is there.
    """

    raw: str
    path: str | None
    missing: bool
    node: YamlScalar

    @property
    def location(self) -> Location:
        """The place of the path's text."""
        return self.node.location


@dataclass(frozen=True, kw_only=True, eq=False)
class Task:
    """One task of a job; for a `for_each` task `inner` is the task that it repeats."""

    key: str
    kind: TaskKind
    code: CodePath | None
    parameters: tuple[Parameter, ...]
    compute: Compute
    depends_on: tuple[Dependency, ...] = ()
    run_if: str | None = None
    max_retries: int | None = None
    timeout_seconds: int | None = None
    libraries: tuple[YamlMap, ...] = ()
    environment_key: str | None = None
    job_cluster_key: str | None = None
    existing_cluster_id: str | None = None
    notifications: tuple[YamlMap, ...] = ()
    health: YamlMap | None = None
    pipeline_id: str | None = None
    run_job_id: str | None = None
    inner: Task | None = None
    body: YamlMap | None = None
    node: YamlMap

    @property
    def path(self) -> str | None:
        """The project's file that the task runs, if it is one and was found."""
        return self.code.path if self.code else None

    @property
    def location(self) -> Location:
        """The place of the task."""
        return self.node.location

    def key_location(self, key: str) -> Location:
        """The place of one of the task's own keys, or of the task where the key is absent."""
        return self.node.key_location(key)


@dataclass(frozen=True, kw_only=True, eq=False)
class JobCluster:
    """A cluster that a job's tasks share."""

    key: str
    compute: Compute
    node: YamlMap


@dataclass(frozen=True, kw_only=True, eq=False)
class Environment:
    """A serverless environment of a job: its version and the packages it installs."""

    key: str
    version: str | None
    dependencies: tuple[YamlScalar, ...]
    node: YamlMap


@dataclass(frozen=True, kw_only=True, eq=False)
class Job:
    """One job as one target deploys it."""

    key: str
    name: str | None
    tasks: tuple[Task, ...]
    schedule: Schedule | None
    trigger: Trigger | None
    continuous: YamlMap | None
    job_clusters: tuple[JobCluster, ...]
    environments: tuple[Environment, ...]
    parameters: tuple[Parameter, ...]
    max_concurrent_runs: int | None
    queue: YamlMap | None
    timeout_seconds: int | None
    notifications: tuple[YamlMap, ...]
    health: YamlMap | None
    tags: YamlMap | None
    run_as: Identity | None
    permissions: tuple[Permission, ...]
    git_source: YamlMap | None
    edit_mode: str | None
    node: YamlMap

    @property
    def location(self) -> Location:
        """The place of the job."""
        return self.node.location

    @property
    def is_scheduled(self) -> bool:
        """Whether it starts without a person: a schedule, trigger or continuous mode that is not paused."""
        if self.schedule is not None and not self.schedule.paused:
            return True
        if self.trigger is not None and not self.trigger.paused:
            return True
        return self.continuous is not None and self.continuous.text("pause_status") != "PAUSED"

    @cached_property
    def all_tasks(self) -> tuple[Task, ...]:
        """The tasks, each followed by the task that it repeats if it is a `for_each`."""
        return tuple(each for task in self.tasks for each in (task, task.inner) if each is not None)

    def task(self, key: str) -> Task | None:
        """The task of that key."""
        return next((task for task in self.tasks if task.key == key), None)


@dataclass(frozen=True, kw_only=True, eq=False)
class Pipeline:
    """One declarative pipeline as one target deploys it; `files` are the project's files that it runs."""

    key: str
    name: str | None
    catalog: str | None
    schema: str | None
    target: str | None
    serverless: bool | None
    continuous: bool | None
    development: bool | None
    channel: str | None
    libraries: tuple[CodePath, ...]
    files: tuple[str, ...]
    clusters: tuple[Compute, ...]
    compute: Compute
    configuration: tuple[Parameter, ...]
    notifications: tuple[YamlMap, ...]
    permissions: tuple[Permission, ...]
    tags: YamlMap | None
    run_as: Identity | None
    node: YamlMap

    @property
    def location(self) -> Location:
        """The place of the pipeline."""
        return self.node.location


@dataclass(frozen=True, kw_only=True, eq=False)
class Resource:
    """A resource of a kind that has no view of its own: a schema, volume, endpoint, warehouse, model and so on."""

    kind: str
    key: str
    name: str | None
    node: YamlMap
    permissions: tuple[Permission, ...] = ()

    @property
    def location(self) -> Location:
        """The place of the resource."""
        return self.node.location


@dataclass(frozen=True, kw_only=True, eq=False)
class Cluster:
    """An all-purpose cluster that the bundle deploys."""

    key: str
    name: str | None
    compute: Compute
    node: YamlMap

    @property
    def location(self) -> Location:
        """The place of the cluster."""
        return self.node.location


@dataclass(frozen=True, kw_only=True, eq=False)
class Variable:
    """A variable that the bundle declares."""

    name: str
    default: YamlNode | None
    lookup: YamlMap | None
    is_complex: bool
    description: str | None
    node: YamlNode
    location: Location


@dataclass(frozen=True, kw_only=True, eq=False)
class Duplicate:
    """A resource declared twice outside of targets, which the CLI refuses."""

    kind: str
    key: str
    first: Location
    second: Location


@dataclass(frozen=True, kw_only=True, eq=False)
class Reference:
    """A `${...}` as it is written somewhere in the bundle's files."""

    path: str
    location: Location
    node: YamlScalar


@dataclass(frozen=True, kw_only=True, eq=False)
class BundleFile:
    """One YAML file of a bundle: the root file first, then what it includes."""

    source: SourceFile
    root: YamlMap


@dataclass(frozen=True, kw_only=True, eq=False)
class MissingInclude:
    """An `include` entry that names one file, and the file is not there."""

    pattern: str
    location: Location


ResourcesByKind: TypeAlias = "Mapping[str, tuple[Resource, ...]]"
