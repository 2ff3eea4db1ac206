"""Which tasks run a streaming query: those of its file, and those of files that import and call its function."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.index import FunctionNode
from orchestrator.code.python import PythonFile

if TYPE_CHECKING:
    from orchestrator.code.bundle import Binding
    from orchestrator.code.facts import Facts
    from orchestrator.code.writes import Write

_CALLERS_DEPTH = 4


def bindings_of(file: PythonFile, facts: Facts, write: Write) -> Iterator[Binding]:
    """Every way in which a task runs the query, one for each target; none where no bundle says."""
    own = facts.bindings(file.path)
    yield from own
    if own:
        return
    names = _entries(file, file.function(write.call.node))
    module = "." + file.path.removesuffix(".py").replace("/", ".")
    for path in facts.compute.by_path if names else ():
        other = facts.project.python_by_path.get(path)
        if other is not None and _calls_one(other, module, names):
            yield from facts.bindings(path)


def _entries(file: PythonFile, function: FunctionNode | None) -> set[str]:
    """The names of the function and of those of the file that call it, directly or not."""
    found = {function.name} if function is not None else set()
    for _ in range(_CALLERS_DEPTH if found else 0):
        callers = {caller.name for call in file.calls_named(*found) if (caller := file.function(call.node)) is not None}
        if callers <= found:
            break
        found |= callers
    return found


def _calls_one(other: PythonFile, module: str, names: set[str]) -> bool:
    """Whether a file calls one of the functions by a name that it imports from the module."""
    for call in other.calls_named(*names):
        dotted = (other.dotted(call.node.func) or "").lstrip(".")
        source, _, _ = dotted.rpartition(".")
        if source and module.endswith(f".{source}"):
            return True
    return False
