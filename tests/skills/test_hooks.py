"""The hook of the plugins: a command that applies a change set, or hides whether it does, is asked about."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parent.parent.parent / "plugins"
HOOKS = sorted(PLUGINS.glob("*/hooks/ask_before_apply.py"))


def _said(command: str) -> str:
    given = json.dumps({"tool_name": "Bash", "tool_input": {"command": command}})
    return subprocess.run([sys.executable, HOOKS[0]], input=given, capture_output=True, text=True, check=True).stdout


def test_the_three_plugins_have_one_hook() -> None:
    assert len(HOOKS) == 3
    assert len({hook.read_bytes() for hook in HOOKS}) == 1
    assert len({hook.with_name("hooks.json").read_bytes() for hook in HOOKS}) == 1


@pytest.mark.parametrize(
    "command",
    [
        "orchestrate configure-access-control --catalog x --apply --approve 0123456789ab",
        "orchestrate optimize-costs '--apply' --approve 0123456789ab",
        "cd x && orchestrate deploy-bundle . --apply",
        "orchestrate deploy-bundle . $(printf -- --app)ly",
        "A=--apply; orchestrate deploy-bundle . $A",
        "orchestrate deploy-bundle . --app\\\nly",
    ],
)
def test_applying_is_asked_about(command: str) -> None:
    assert json.loads(_said(command))["hookSpecificOutput"]["permissionDecision"] == "ask"


@pytest.mark.parametrize(
    "command",
    [
        "orchestrate configure-access-control --catalog x --output json=.orchestrate/x.json --quiet",
        "orchestrate merge . --claims .orchestrate/claims/a.json --claims .orchestrate/claims/b.json",
        "git status --short",
        "python -m pytest -q",
    ],
)
def test_reading_is_not_asked_about(command: str) -> None:
    assert _said(command) == ""
