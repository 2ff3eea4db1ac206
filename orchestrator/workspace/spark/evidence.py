"""What a run measured about a piece of code: facts that a review can put beside a finding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.workspace.spark.advice import tips
from orchestrator.workspace.spark.operators import is_scan, is_write, table
from orchestrator.workspace.spark.plan import PlanNode
from orchestrator.workspace.spark.profile import Execution, Profile, Stage
from orchestrator.workspace.spark.thresholds import Thresholds
from orchestrator.workspace.spark.tip import Tip


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePlace:
    """A line of code that Spark named; `path` is as Spark wrote it, often absolute and of another machine."""

    path: str
    line: int

    def is_in(self, relative: str) -> bool:
        """Whether it is the project's file of that path: one path ends with the other, whole names only."""
        own, other = self.path.replace("\\", "/").split("/"), relative.split("/")
        return own[-len(other) :] == other or other[-len(own) :] == own


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One table or location that was read or written; a number is None where the log does not give it."""

    table: str
    bytes: int | None
    files: int | None
    rows: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What one SQL execution did: times are ms, sizes are bytes."""

    execution: int
    description: str
    place: CodePlace | None
    notebook: str
    duration: int
    task_time: int
    read: tuple[Access, ...]
    written: tuple[Access, ...]
    shuffled: int
    memory_spilled: int
    disk_spilled: int
    worst_skew: float
    """The largest ratio of longest to median task over its stages; 1.0 where nothing is skewed."""
    skewed_stage: int | None
    failed_tasks: int
    tips: tuple[Tip, ...]


def evidence(profile: Profile, thresholds: Thresholds | None = None) -> tuple[Evidence, ...]:
    """The facts of every SQL execution of a run, with the tips that are about it."""
    found = tips(profile, thresholds)
    return tuple(_of(profile, execution, found) for execution in profile.executions)


def evidence_at(facts: tuple[Evidence, ...], path: str, first: int, last: int) -> tuple[Evidence, ...]:
    """The facts whose code stands in these lines (both counted from 1) of the project's file."""
    return tuple(fact for fact in facts if fact.place and fact.place.is_in(path) and first <= fact.place.line <= last)


def evidence_on(facts: tuple[Evidence, ...], name: str) -> tuple[Evidence, ...]:
    """The facts of executions that read or wrote the table of that name; a shorter name matches the end of a longer."""
    wanted = name.lower().replace("`", "").split(".")

    def matches(access: Access) -> bool:
        own = access.table.lower().replace("`", "").split(".")
        return own[-len(wanted) :] == wanted

    return tuple(fact for fact in facts if any(matches(access) for access in (*fact.read, *fact.written)))


def _of(profile: Profile, execution: Execution, found: tuple[Tip, ...]) -> Evidence:
    stages = profile.stages_of(execution.id)
    skewed = max(stages, key=_skew, default=None)
    jobs = [job for job in profile.jobs if job.execution == execution.id]
    return Evidence(
        execution=execution.id,
        description=execution.description,
        place=_place(execution.call_site),
        notebook=next((job.notebook for job in jobs if job.notebook), ""),
        duration=execution.duration,
        task_time=sum(stage.run_time.total for stage in stages),
        read=tuple(_reads(execution)),
        written=tuple(_writes(execution)),
        shuffled=sum(stage.shuffle_write.total for stage in stages),
        memory_spilled=sum(stage.memory_spilled for stage in stages),
        disk_spilled=sum(stage.disk_spilled for stage in stages),
        worst_skew=round(_skew(skewed), 2) if skewed else 1.0,
        skewed_stage=skewed.id if skewed and _skew(skewed) > 1 else None,
        failed_tasks=sum(stage.failed for stage in stages),
        tips=tuple(tip for tip in found if tip.execution == execution.id),
    )


def _skew(stage: Stage) -> float:
    return stage.run_time.skew if stage.run_time.count > 1 else 1.0


def _place(call_site: str) -> CodePlace | None:
    path, _, line = call_site.rpartition(":")
    return CodePlace(path=path, line=int(line)) if path and line.isdecimal() else None


def _reads(execution: Execution) -> Iterator[Access]:
    for node in execution.plan.walk() if execution.plan else ():
        if is_scan(node) and table(node):
            yield Access(
                table=table(node),
                bytes=node.metric("size of files read"),
                files=node.metric("number of files read"),
                rows=node.metric("number of output rows"),
            )


def _writes(execution: Execution) -> Iterator[Access]:
    for node in execution.plan.walk() if execution.plan else ():
        if is_write(node):
            yield Access(
                table=_target(node),
                bytes=node.metric("written output"),
                files=node.metric("number of written files"),
                rows=node.metric("number of output rows"),
            )


def _target(node: PlanNode) -> str:
    """The first argument of a write: the path or the table."""
    return node.detail.partition(",")[0].strip()[:200]
