"""Which tasks of a job wait for which, and which never both run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.code.bundle import Job, Parameter, Task


@dataclass(frozen=True, kw_only=True)
class Order:
    """The order of a job's tasks: for each task those before it, and the outcomes of conditions it hangs on."""

    before: Mapping[str, frozenset[str]]
    outcomes: Mapping[str, frozenset[tuple[str, str]]]

    @classmethod
    def of(cls, job: Job) -> Order:
        """The order of the job; a task that waits for itself in a circle is simply before itself."""
        direct = {task.key: task.depends_on for task in job.tasks}
        before: dict[str, frozenset[str]] = {}
        outcomes: dict[str, frozenset[tuple[str, str]]] = {}
        for key in direct:
            seen: set[str] = set()
            hung: set[tuple[str, str]] = set()
            waiting = [key]
            while waiting:
                for edge in direct.get(waiting.pop(), ()):
                    hung |= {(edge.task_key, edge.outcome.lower())} if edge.outcome else set()
                    waiting += [] if edge.task_key in seen else [edge.task_key]
                    seen.add(edge.task_key)
            before[key], outcomes[key] = frozenset(seen), frozenset(hung)
        return cls(before=before, outcomes=outcomes)

    def is_fixed(self, first: str, second: str) -> bool:
        """Whether one waits for the other, or the two hang on opposite outcomes and never both run."""
        if second in self.before.get(first, ()) or first in self.before.get(second, ()):
            return True
        mine, yours = self.outcomes.get(first, frozenset()), self.outcomes.get(second, frozenset())
        return any(one[0] == other[0] and one[1] != other[1] for one in mine for other in yours)


def shared_values(job: Job, first: Task, second: Task) -> dict[str, bool]:
    """The parameters that two tasks both get, and whether they get the same value for them."""
    mine, yours = values_of(job, first), values_of(job, second)
    return {name: mine[name] == yours[name] for name in mine.keys() & yours.keys()}


def values_of(job: Job, task: Task) -> dict[str, str | None]:
    """What a task gets for each parameter: its own, and the job's."""
    return {**_named(task.parameters), **_named(job.parameters)}


def _named(parameters: tuple[Parameter, ...]) -> dict[str, str | None]:
    """The parameters by name; of positional ones `--name value` and `--name=value` count as named."""
    found = {parameter.name: parameter.value for parameter in parameters if parameter.name}
    texts = [parameter.value or "" for parameter in parameters if not parameter.name]
    for at, text in enumerate(texts):
        if not text.startswith("-"):
            continue
        name, equals, value = text.lstrip("-").partition("=")
        found[name] = value if equals else next(iter(texts[at + 1 : at + 2]), None)
    return found
