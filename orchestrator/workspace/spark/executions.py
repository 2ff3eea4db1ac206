"""SQL executions from their events: the last plan of each, with the values that its metrics reached."""

from __future__ import annotations

import re
from dataclasses import dataclass

from orchestrator.workspace.spark.fields import Event, counted, number, optional_number, record, records, text
from orchestrator.workspace.spark.kept import Largest
from orchestrator.workspace.spark.limits import Limits
from orchestrator.workspace.spark.plan_event import PlanDraft, draft
from orchestrator.workspace.spark.profile import Execution, Setting
from orchestrator.workspace.spark.redaction import masked, settings

_CALL_SITE = re.compile(r"\bat ([^\s:]{1,400}:\d{1,7})\b")
_ENGINE = re.compile(
    r"(?:.*/)?(?:NativeMethodAccessorImpl|DirectMethodHandleAccessor|CompletableFuture|ThreadPoolExecutor|FutureTask"
    r"|SQLExecution|PythonRDD|<unknown>)(?:\.\w+)?:\d+"
)
"""Places in Spark and the JVM that stand where the user's code was called through another process."""
_SETTINGS = 40


@dataclass(slots=True, kw_only=True)
class _Open:
    description: str
    started: int | None
    settings: tuple[Setting, ...]
    plan: PlanDraft | None
    call_site: str = ""


def call_site(description: str) -> str:
    """`file:line` where the description is Spark's own (`count at job.py:42`) and means the user's code, else empty."""
    found = _CALL_SITE.search(description)
    return found[1] if found and not _ENGINE.fullmatch(found[1]) else ""


class Executions:
    """Every SQL execution of a log; the shortest are let go past the limit."""

    def __init__(self, limits: Limits) -> None:
        self.done: Largest[Execution] = Largest(limits.executions, lambda execution: execution.duration)
        self.plans_dropped = 0
        self._limits = limits
        self._open: dict[int, _Open] = {}
        self._values: dict[int, int] = {}
        self._nodes = 0

    def started(self, event: Event) -> None:
        """Begin an execution with its first plan."""
        if len(self._open) >= self._limits.open_executions:
            oldest = next(iter(self._open))
            self._close(oldest, ended=None, error="")
        description = masked(text(event, "description", most=1_000), most=500)
        self._open[number(event, "executionId")] = _Open(
            description=description,
            call_site=call_site(description),
            started=optional_number(event, "time"),
            settings=settings(record(event, "modifiedConfigs"))[:_SETTINGS],
            plan=draft(record(event, "sparkPlanInfo"), self._limits.plan_nodes // 10),
        )

    def replanned(self, event: Event) -> None:
        """Take the plan that adaptive execution went on with."""
        found = self._open.get(number(event, "executionId"))
        if found is not None:
            found.plan = draft(record(event, "sparkPlanInfo"), self._limits.plan_nodes // 10) or found.plan

    def ran_at(self, number: int | None, site: str) -> None:
        """Remember the line of code that a job of the execution came from."""
        if number in self._open and site and not self._open[number].call_site:
            self._open[number].call_site = site

    def driver_counted(self, event: Event) -> None:
        """Take metrics that the driver counted: pairs of accumulator and value."""
        pairs = event.get("accumUpdates")
        for pair in pairs if isinstance(pairs, list) else ():
            if isinstance(pair, list) and len(pair) == 2:
                self._value(pair[0], pair[1])

    def stage_counted(self, event: Event) -> None:
        """Take the metrics that a finished stage reached."""
        for accumulable in records(record(event, "Stage Info"), "Accumulables"):
            if accumulable.get("Metadata") == "sql":
                self._value(accumulable.get("ID"), accumulable.get("Value"))

    def ended(self, event: Event) -> None:
        """Finish an execution."""
        error = text(event, "errorMessage", most=2_000).strip()
        self._close(
            number(event, "executionId"),
            ended=optional_number(event, "time"),
            error=masked(error.splitlines()[0], most=300) if error else "",
        )

    def finish(self) -> None:
        """Finish what never ended: the log stops before it."""
        for execution in list(self._open):
            self._close(execution, ended=None, error="")

    def _value(self, accumulator: object, value: object) -> None:
        amount = counted(value)
        if type(accumulator) is not int or amount is None:
            return
        if accumulator in self._values or len(self._values) < self._limits.accumulators:
            # An accumulator that several stages share only grows.
            self._values[accumulator] = max(amount, self._values.get(accumulator, 0))

    def _close(self, execution: int, *, ended: int | None, error: str) -> None:
        found = self._open.pop(execution, None)
        if found is None:
            return
        plan = None
        if found.plan is not None:
            plan = self._kept(found.plan)
        self.done.add(
            Execution(
                id=execution,
                description=found.description[:300],
                call_site=found.call_site,
                started=found.started,
                ended=ended,
                error=error,
                plan=plan.plan(self._values) if plan else None,
                settings=found.settings,
            )
        )
        for accumulator in found.plan.accumulators if found.plan else ():
            self._values.pop(accumulator, None)

    def _kept(self, plan: PlanDraft) -> PlanDraft | None:
        """The plan, unless as many operators as the limit allows are held already."""
        if self._nodes + plan.nodes > self._limits.plan_nodes:
            self.plans_dropped += 1
            return None
        self._nodes += plan.nodes
        return plan
