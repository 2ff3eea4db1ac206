"""What a project imports and its compute lacks: the runtime that a file is bound to, and what the project installs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.code.bundle import Binding
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile

_LISTS = re.compile(
    r"(?:requirements[\w.-]*\.(?:txt|in)|pyproject\.toml|setup\.(?:py|cfg)|pipfile|[\w-]*env[\w-]*\.ya?ml)\Z"
)
_ABSENCE = frozenset({"ImportError", "ModuleNotFoundError", "Exception"})


def imports_of(file: PythonFile, module: str) -> Iterator[ast.Import | ast.ImportFrom]:
    """The statements that import the module or something inside it, without those that are ready for its absence."""
    statements: list[ast.Import | ast.ImportFrom] = [*file.nodes(ast.Import), *file.nodes(ast.ImportFrom)]
    for statement in statements:
        names = [f"{name}." for name in _modules(statement)]
        if any(name.startswith(f"{module}.") for name in names) and not _is_optional(file, statement):
            yield statement


def runtime_without(facts: Facts, path: str, api: str) -> str | None:
    """The ML runtime of a task that runs the file and lacks the API, as it is written; None where none does."""
    for binding in facts.bindings(path):
        runtime = binding.compute.runtime
        if runtime is not None and _is_ml(binding) and facts.platform.removed_from(api, runtime.version, ml=True):
            return runtime.raw
    return None


def runs_only_with(facts: Facts, path: str, api: str) -> bool:
    """Whether tasks run the file and the ML runtime of each of them still has the API."""
    bindings = facts.bindings(path)
    return bool(bindings) and all(
        binding.compute.runtime is not None
        and _is_ml(binding)
        and not facts.platform.removed_from(api, binding.compute.runtime.version, ml=True)
        for binding in bindings
    )


def is_installed(facts: Facts, package: str) -> bool:
    """Whether anything in the project installs the package: a list of requirements, `pip`, a library of a task."""
    installs = re.compile(rf"\bpip3?\s+install\b[^\n]*\b{re.escape(package)}\b", re.IGNORECASE)
    named = re.compile(rf"(?<![\w.-]){re.escape(package)}(?![\w-])", re.IGNORECASE)
    for source in facts.project.sources:
        if package not in source.text.lower():
            continue
        listed = _LISTS.search(source.path.rpartition("/")[2].lower()) is not None
        if installs.search(source.text) or (listed and named.search(source.text)):
            return True
    return any(named.search(text) for bundle in facts.project.bundles for text in _libraries(bundle.targets))


def _libraries(targets: object) -> Iterator[str]:
    from orchestrator.code.bundle import Target

    for target in targets if isinstance(targets, tuple) else ():
        for job in target.jobs if isinstance(target, Target) else ():
            yield from (scalar.text for environment in job.environments for scalar in environment.dependencies)
            packages = (library.map("pypi") for task in job.all_tasks for library in task.libraries)
            yield from (package.text("package") or "" for package in packages if package is not None)


def _modules(statement: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(statement, ast.Import):
        return [alias.name for alias in statement.names]
    module = f"{'.' * statement.level}{statement.module or ''}"
    return [f"{module}.{alias.name}" for alias in statement.names]


def _is_optional(file: PythonFile, statement: ast.stmt) -> bool:
    """Whether the import stands in a `try` that catches its failure, or is itself what is done on such a failure."""
    for parent in file.ancestors(statement):
        handlers = list(parent.handlers) if isinstance(parent, ast.Try) else []
        handlers += [parent] if isinstance(parent, ast.ExceptHandler) else []
        if any(handler.type is None or _catches_absence(handler.type) for handler in handlers):
            return True
    return False


def _catches_absence(caught: ast.expr) -> bool:
    return any(isinstance(node, ast.Name) and node.id in _ABSENCE for node in ast.walk(caught))


def _is_ml(binding: Binding) -> bool:
    runtime, node = binding.compute.runtime, binding.compute.node
    return (runtime is not None and runtime.ml) or (node is not None and node.boolean("use_ml_runtime") is True)
