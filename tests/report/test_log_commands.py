"""A report that a CI job prints gives that job no command."""

from __future__ import annotations

import json

import pytest

from orchestrator.report.log_commands import without_commands


@pytest.mark.parametrize(
    "line", ["::error::x", "  ::add-mask::x", "a ##vso[task.setvariable]b", "##[error]x", "##VSO[x]"]
)
def test_a_command_in_a_line_is_spelled(line: str) -> None:
    shown = without_commands("text", line)
    assert "##" not in shown
    assert not shown.lstrip().startswith("::")


@pytest.mark.parametrize("line", ["a::b", "x[::2]", "## Findings", "std::move", "#[derive]", ": : x"])
def test_ordinary_text_stays(line: str) -> None:
    assert without_commands("markdown", line) == line


def test_json_means_the_same_afterwards() -> None:
    text = json.dumps({"message": "##vso[x]"})
    shown = without_commands("json", text)
    assert "##" not in shown
    assert json.loads(shown) == json.loads(text)
