"""Which MLflow a file runs with, as far as the project says it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from orchestrator.code.facts import Facts
from orchestrator.code.python import Call, PythonFile

_PIN = re.compile(r"\bmlflow(?:-skinny)?(?:\[[\w,-]*\])?[\"']?\s*(==|~=|>=|>|<=|<)\s*[\"']?(\d+)")
_ONLY_IN_3 = frozenset(
    {"initialize_logged_model", "create_external_model", "search_logged_models", "get_logged_model", "set_active_model"}
)
_OLDEST_NAMED = 3


def mlflow_major(file: PythonFile, facts: Facts) -> int | None:
    """The major version that runs the file, 3 for any later one; None where the project does not say.

    Asked in this order: the runtime that a bundle binds, the notebook's `%pip`, calls that only MLflow 3 has, and the
    project's requirements.
    """
    for found in (_of_runtime(file, facts), _of_magics(file), _of_calls(file), _of_requirements(facts)):
        if found is not None:
            return found
    return None


def log_model_flavor(file: PythonFile, call: Call) -> str | None:
    """The flavor in `mlflow.<flavor>.log_model(...)`; None where the call is another one, such as a method."""
    dotted = file.dotted(call.node.func) or ""
    parts = dotted.split(".")
    return parts[1] if len(parts) == 3 and parts[0] == "mlflow" and parts[2] == "log_model" else None


def _pinned(text: str) -> int | None:
    """The major version that a requirement leaves open; None where it allows several or none is written."""
    majors = {_major(operator, int(number)) for operator, number in _PIN.findall(text)}
    return majors.pop() if len(majors) == 1 else None


def _major(operator: str, number: int) -> int | None:
    if operator in {"==", "~="}:
        return min(number, _OLDEST_NAMED)
    if operator == ">=":
        return _OLDEST_NAMED if number >= _OLDEST_NAMED else None
    return number - 1 if operator == "<" and number <= _OLDEST_NAMED else None


def _of_runtime(file: PythonFile, facts: Facts) -> int | None:
    for binding in facts.bindings(file.path):
        runtime = binding.compute.runtime
        release = facts.platform.runtime(runtime.version) if runtime is not None and runtime.ml else None
        if release is not None and release.mlflow is not None:
            return int(release.mlflow.partition(".")[0])
    return None


def _of_magics(file: PythonFile) -> int | None:
    if file.notebook is None:
        return None
    lines = [magic.arguments for cell in file.notebook.cells for magic in cell.magics if magic.name in {"pip", "uv"}]
    return _pinned("\n".join(lines))


def _of_calls(file: PythonFile) -> int | None:
    if file.imports_any("mlflow.genai") or any(True for _ in file.calls_named(*_ONLY_IN_3)):
        return _OLDEST_NAMED
    named = any(
        log_model_flavor(file, call) and any(given.arg == "name" for given in call.node.keywords)
        for call in file.calls_named("log_model")
    )
    return _OLDEST_NAMED if named else None


def _of_requirements(facts: Facts) -> int | None:
    majors = {major for text in _requirements(facts) if (major := _pinned(text)) is not None}
    return majors.pop() if len(majors) == 1 else None


def _requirements(facts: Facts) -> Iterator[str]:
    for source in facts.project.sources:
        name = source.path.rpartition("/")[2].lower()
        if name == "pyproject.toml" or (name.startswith("requirements") and name.endswith(".txt")):
            yield source.text
