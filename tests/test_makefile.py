"""What `make review` makes of each exit code; the environment is a stand-in, so that nothing is installed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("code", "end", "said"),
    [
        (0, 0, "nothing at or above the gate"),
        (1, 0, "findings at or above the gate"),
        (2, 2, "bad input"),
        (3, 2, "incomplete"),
        (4, 2, "a fault of ours"),
    ],
)
def test_findings_are_an_answer_of_make_review_and_the_rest_is_a_failure(
    tmp_path: Path, code: int, end: int, said: str
) -> None:
    program = tmp_path / "bin" / "orchestrate"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\nexit {code}\n", encoding="utf-8")
    program.chmod(0o755)
    (tmp_path / ".runtime").touch()
    done = subprocess.run(
        ["make", "review", f"VENV={tmp_path}"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == end
    assert said in done.stderr
