"""Which references inside a job lead nowhere: clusters, environments, other tasks, files."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from orchestrator.code.yaml import YamlList
from orchestrator.rules.bundle_validator._references import Broken

if TYPE_CHECKING:
    from orchestrator.code.bundle import CodePath, Job, Pipeline, Target

_BUILT = frozenset({"dist", "build", "target", ".build", "generated"})


def unknown_keys(job: Job) -> Iterator[Broken]:
    """Keys of job clusters and environments that the job does not declare."""
    declared = {
        "job_cluster_key": {cluster.key for cluster in job.job_clusters},
        "environment_key": {environment.key for environment in job.environments},
    }
    sections = {"job_cluster_key": "job_clusters", "environment_key": "environments"}
    for task in job.all_tasks:
        for name, known in declared.items():
            written = task.node.scalar(name)
            if written is None or written.has_hole or written.text in known or job.node.scalar(sections[name]):
                continue
            message = f"task `{task.key}` names `{written.text}`, which `{sections[name]}` of job `{job.key}` lacks"
            yield Broken(written.location, f"{message}; the job is refused", task.key)


def unknown_tasks(job: Job) -> Iterator[Broken]:
    """Dependencies on tasks that the job does not have."""
    keys = {task.key for task in job.tasks}
    if any("${" in key for key in keys):
        return
    for task in job.tasks:
        for dependency in task.depends_on:
            if dependency.task_key not in keys and not dependency.has_hole:
                message = f"task `{task.key}` waits for `{dependency.task_key}`, which job `{job.key}` does not have"
                yield Broken(dependency.location, f"{message}; the job is refused", task.key)


def cycle(job: Job) -> Iterator[Broken]:
    """One circle of tasks that wait for each other, if there is one."""
    waits = {task.key: task.depends_on for task in job.tasks}
    sorter = TopologicalSorter({key: [each.task_key for each in edges] for key, edges in waits.items()})
    try:
        sorter.prepare()
    except CycleError as error:
        first, second, *_ = circle = error.args[1]
        closing = next(each for each in waits[second] if each.task_key == first)
        shown = " -> ".join(f"`{key}`" for key in circle)
        yield Broken(closing.location, f"tasks of job `{job.key}` wait for each other: {shown}", second)


def missing_files(job: Job, made: tuple[str, ...]) -> Iterator[Broken]:
    """Paths of tasks at which the project has no file, outside of the folders that are `made` before deployment."""
    for task in job.all_tasks:
        if task.code is not None and _is_missing(task.code, made):
            yield _missing(task.code, f"task `{task.key}`", task.key)


def missing_libraries(pipeline: Pipeline, made: tuple[str, ...]) -> Iterator[Broken]:
    """Paths of a pipeline at which the project has no file, outside of folders that are `made` before deployment."""
    for code in pipeline.libraries:
        if _is_missing(code, made):
            yield _missing(code, f"pipeline `{pipeline.key}`", pipeline.key)


def made_folders(target: Target) -> tuple[str, ...]:
    """What `sync.include` names before its first wildcard: files that git ignores and a build makes."""
    included = target.node.at("sync", "include")
    patterns = [each.text for each in included.scalars()] if isinstance(included, YamlList) else []
    return tuple(folder for each in patterns if (folder := each.partition("*")[0].removeprefix("./")))


def _is_missing(code: CodePath, made: tuple[str, ...]) -> bool:
    plain = code.raw.replace("../", "").removeprefix("./")
    return code.missing and not plain.startswith(made) and _BUILT.isdisjoint(plain.split("/"))


def _missing(code: CodePath, owner: str, symbol: str) -> Broken:
    return Broken(code.location, f"{owner} runs `{code.raw}`, and the project has no such file", symbol)


def tasks_of(job: Job) -> Iterator[Broken]:
    """Everything inside the job that leads nowhere."""
    yield from unknown_keys(job)
    yield from unknown_tasks(job)
    yield from cycle(job)
