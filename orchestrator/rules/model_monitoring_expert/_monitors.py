"""The calls of the SDK's service of quality monitors."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from orchestrator.code.python import Call, PythonFile

SERVICE = "quality_monitors"


def monitor_calls(file: PythonFile, *names: str) -> Iterator[Call]:
    """The calls of those names on `quality_monitors` of a workspace client."""
    if SERVICE not in file.source.text or not file.imports_any("databricks"):
        return
    for call in file.calls_named(*names):
        if isinstance(call.receiver, ast.Attribute) and call.receiver.attr == SERVICE:
            yield call
