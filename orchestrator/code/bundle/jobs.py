"""Reads jobs and their tasks from a target's merged view."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestrator.code.bundle.compute import Compute, cluster_compute
from orchestrator.code.bundle.identities import identity, permissions
from orchestrator.code.bundle.model import (
    Dependency,
    Environment,
    Job,
    JobCluster,
    Schedule,
    Task,
    TaskKind,
    Trigger,
)
from orchestrator.code.bundle.parameters import declared_parameters, named_parameters, positional_parameters
from orchestrator.code.yaml import YamlMap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.code.bundle.model import CodePath, Parameter
    from orchestrator.code.bundle.paths import Tree
    from orchestrator.code.yaml import YamlScalar

_KINDS: Final[Mapping[str, TaskKind]] = {
    "notebook_task": "notebook",
    "spark_python_task": "python_file",
    "python_wheel_task": "python_wheel",
    "sql_task": "sql",
    "pipeline_task": "pipeline",
    "dbt_task": "dbt",
    "run_job_task": "run_job",
    "for_each_task": "for_each",
    "condition_task": "condition",
    "spark_jar_task": "jar",
    "spark_submit_task": "spark_submit",
    "dashboard_task": "dashboard",
    "clean_rooms_notebook_task": "clean_rooms",
    "power_bi_task": "power_bi",
}
_WAREHOUSE_KINDS = frozenset({"sql", "sql_file", "dashboard", "power_bi"})
_SERVERLESS_KINDS = frozenset({"notebook", "python_file", "python_wheel"})
_CLUSTER_REFERENCE = re.compile(r"\$\{resources\.clusters\.([\w-]+)\.(?:id|cluster_id)\}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobScope:
    """What a job's tasks may refer to."""

    tree: Tree
    clusters: Mapping[str, Compute]
    job_clusters: Mapping[str, Compute]
    environments: Mapping[str, Environment]
    from_git: bool


def read_job(key: str, node: YamlMap, *, tree: Tree, clusters: Mapping[str, Compute]) -> Job:
    """The job that the map describes; `clusters` are the all-purpose clusters of the bundle by key."""
    job_clusters = tuple(_job_clusters(node))
    environments = tuple(_environment(each) for each in node.maps("environments"))
    scope = JobScope(
        tree=tree,
        clusters=clusters,
        job_clusters={each.key: each.compute for each in job_clusters},
        environments={each.key: each for each in environments},
        from_git=node.map("git_source") is not None,
    )
    schedule, trigger = node.map("schedule"), node.map("trigger")
    return Job(
        key=key,
        name=node.text("name"),
        tasks=tuple(read_task(each, scope) for each in node.maps("tasks")),
        schedule=_schedule(schedule) if schedule else None,
        trigger=_trigger(trigger) if trigger else None,
        continuous=node.map("continuous"),
        job_clusters=job_clusters,
        environments=environments,
        parameters=declared_parameters(node.maps("parameters")),
        max_concurrent_runs=node.integer("max_concurrent_runs"),
        queue=node.map("queue"),
        timeout_seconds=node.integer("timeout_seconds"),
        notifications=_notifications(node),
        health=node.map("health"),
        tags=node.map("tags"),
        run_as=identity(node.map("run_as")),
        permissions=permissions(node),
        git_source=node.map("git_source"),
        edit_mode=node.text("edit_mode"),
        node=node,
    )


def read_task(node: YamlMap, scope: JobScope, *, nested: bool = False) -> Task:
    """The task that the map describes; a `for_each` inside a `for_each` is not followed."""
    name = next((name for name in node.entries if name.endswith("_task")), None)
    body = node.map(name) if name else None
    kind = _kind(name, body)
    inner = body.map("task") if kind == "for_each" and body and not nested else None
    return Task(
        key=node.text("task_key") or "",
        kind=kind,
        code=_code(kind, node, body, scope),
        parameters=_parameters(body),
        compute=_compute(kind, node, body, scope),
        depends_on=tuple(_dependency(each) for each in node.maps("depends_on") if each.text("task_key")),
        run_if=node.text("run_if"),
        max_retries=node.integer("max_retries"),
        timeout_seconds=node.integer("timeout_seconds"),
        libraries=node.maps("libraries"),
        environment_key=node.text("environment_key"),
        job_cluster_key=node.text("job_cluster_key"),
        existing_cluster_id=node.text("existing_cluster_id"),
        notifications=_notifications(node),
        health=node.map("health"),
        pipeline_id=body.text("pipeline_id") if body and kind == "pipeline" else None,
        run_job_id=body.text("job_id") if body and kind == "run_job" else None,
        inner=read_task(inner, scope, nested=True) if inner else None,
        body=body,
        node=node,
    )


def _kind(name: str | None, body: YamlMap | None) -> TaskKind:
    if name is None:
        return "unknown"
    if name == "sql_task" and body and body.map("file"):
        return "sql_file"
    return _KINDS.get(name, "other")


def _code(kind: TaskKind, node: YamlMap, body: YamlMap | None, scope: JobScope) -> CodePath | None:
    path: YamlScalar | None = None
    settings = body
    if body is None:
        return None
    match kind:
        case "notebook":
            path = body.scalar("notebook_path")
        case "python_file":
            path = body.scalar("python_file")
        case "sql_file":
            settings = body.map("file") or body
            path = settings.scalar("path")
    source = settings.text("source") if settings else None
    return scope.tree.code(path, node, from_git=source == "GIT" or (scope.from_git and source != "WORKSPACE"))


def _parameters(body: YamlMap | None) -> tuple[Parameter, ...]:
    if body is None:
        return ()
    named = (body.map(key) for key in ("base_parameters", "named_parameters", "parameters", "job_parameters"))
    found = [parameter for node in named for parameter in named_parameters(node)]
    return (*found, *positional_parameters(body.list("parameters")))


def _compute(kind: TaskKind, node: YamlMap, body: YamlMap | None, scope: JobScope) -> Compute:
    new, key, existing = node.map("new_cluster"), node.text("job_cluster_key"), node.text("existing_cluster_id")
    if new is not None:
        return cluster_compute(new, "job_cluster")
    if key is not None:
        return scope.job_clusters.get(key) or Compute(kind="job_cluster", key=key)
    if existing is not None:
        reference = _CLUSTER_REFERENCE.match(existing)
        return (scope.clusters.get(reference[1]) if reference else None) or Compute(kind="all_purpose")
    if kind == "pipeline":
        return Compute(kind="pipeline")
    if kind in _WAREHOUSE_KINDS or (body is not None and "warehouse_id" in body):
        return Compute(kind="warehouse")
    return _serverless(kind, node.text("environment_key"), scope)


def _serverless(kind: TaskKind, key: str | None, scope: JobScope) -> Compute:
    if key is None and kind not in _SERVERLESS_KINDS:
        return Compute(kind="unknown")
    environment = scope.environments.get(key or "")
    if environment is None:
        return Compute(kind="serverless", serverless=True, key=key)
    return Compute(
        kind="serverless",
        serverless=True,
        environment_version=environment.version,
        dependencies=environment.dependencies,
        key=key,
        node=environment.node,
    )


def _notifications(node: YamlMap) -> tuple[YamlMap, ...]:
    found = (node.map(key) for key in ("email_notifications", "webhook_notifications"))
    return tuple(each for each in found if each)


def _job_clusters(node: YamlMap) -> list[JobCluster]:
    found = []
    for each in node.maps("job_clusters"):
        key, cluster = each.text("job_cluster_key") or "", each.map("new_cluster")
        compute = cluster_compute(cluster, "job_cluster", key=key) if cluster else Compute(kind="job_cluster", key=key)
        found.append(JobCluster(key=key, compute=compute, node=each))
    return found


def _environment(node: YamlMap) -> Environment:
    spec = node.map("spec")
    return Environment(
        key=node.text("environment_key") or "",
        version=(spec.text("environment_version") or spec.text("client")) if spec else None,
        dependencies=spec.scalars("dependencies") if spec else (),
        node=node,
    )


def _dependency(node: YamlMap) -> Dependency:
    scalar = node.scalar("task_key")
    return Dependency(
        task_key=scalar.text if scalar else "",
        outcome=node.text("outcome"),
        location=(scalar or node).location,
        has_hole=scalar.has_hole if scalar else False,
    )


def _schedule(node: YamlMap) -> Schedule:
    return Schedule(
        quartz=node.text("quartz_cron_expression"), timezone=node.text("timezone_id"), paused=paused(node), node=node
    )


def _trigger(node: YamlMap) -> Trigger:
    periodic = node.map("periodic")
    if periodic is not None:
        interval, unit = periodic.integer("interval"), periodic.text("unit")
        return Trigger(kind="periodic", paused=paused(node), interval=interval, unit=unit, node=node)
    if "file_arrival" in node:
        return Trigger(kind="file_arrival", paused=paused(node), node=node)
    if "table_update" in node or "table" in node:
        return Trigger(kind="table_update", paused=paused(node), node=node)
    return Trigger(kind="model" if "model" in node else "unknown", paused=paused(node), node=node)


def paused(node: YamlMap) -> bool | None:
    """Whether a schedule or trigger is paused; None where a reference decides it."""
    status = node.scalar("pause_status")
    if status is None:
        return False
    return None if status.has_hole else status.text.upper() == "PAUSED"
