"""The compute context: for each file of code, every task and pipeline of every target that runs it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from orchestrator.code.bundle.compute import Compute
    from orchestrator.code.bundle.model import Job, Parameter, Pipeline, Task
    from orchestrator.code.bundle.target import Bundle, Target


@dataclass(frozen=True, kw_only=True, eq=False)
class Binding:
    """One way in which a file is run: by a task of a job, or by a pipeline; `parameters` are the task's and the job's.

    `scheduled` means that it starts without a person in this target, `production` that the target is production.
    """

    path: str
    bundle: Bundle
    target: Target
    job: Job | None = None
    task: Task | None = None
    pipeline: Pipeline | None = None
    compute: Compute
    scheduled: bool
    production: bool
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class ComputeContext:
    """Bindings by the project-relative path of the file that is run."""

    by_path: Mapping[str, tuple[Binding, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, bundles: Iterable[Bundle]) -> ComputeContext:
        """The context over all targets of all bundles."""
        found: dict[str, list[Binding]] = defaultdict(list)
        for bundle in bundles:
            for target in bundle.targets:
                for binding in _bindings(bundle, target):
                    found[binding.path].append(binding)
        return cls(by_path={path: tuple(bindings) for path, bindings in found.items()})

    def bindings(self, path: str) -> tuple[Binding, ...]:
        """Every way in which the file is run; empty where no bundle says."""
        return self.by_path.get(path, ())


def _bindings(bundle: Bundle, target: Target) -> Iterator[Binding]:
    for job in target.jobs:
        for task in job.all_tasks:
            if task.path is not None:
                yield _task_binding(task.path, bundle, target, job, task)
    scheduled = _scheduled_pipelines(target)
    for pipeline in target.pipelines:
        for path in pipeline.files:
            yield Binding(
                path=path,
                bundle=bundle,
                target=target,
                pipeline=pipeline,
                compute=pipeline.compute,
                scheduled=pipeline.key in scheduled or pipeline.continuous is True,
                production=target.is_production,
                parameters=pipeline.configuration,
            )


def _task_binding(path: str, bundle: Bundle, target: Target, job: Job, task: Task) -> Binding:
    return Binding(
        path=path,
        bundle=bundle,
        target=target,
        job=job,
        task=task,
        compute=task.compute,
        scheduled=job.is_scheduled and not target.triggers_paused,
        production=target.is_production,
        parameters=(*task.parameters, *job.parameters),
    )


def _scheduled_pipelines(target: Target) -> frozenset[str]:
    """Keys of the pipelines that a scheduled job of the same target starts."""
    if target.triggers_paused:
        return frozenset()
    references = (
        task.pipeline_id for job in target.jobs if job.is_scheduled for task in job.all_tasks if task.pipeline_id
    )
    prefix, suffix = "${resources.pipelines.", ".id}"
    return frozenset(
        reference.removeprefix(prefix).removesuffix(suffix) for reference in references if reference.startswith(prefix)
    )
