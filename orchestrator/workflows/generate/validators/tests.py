"""The tests that were generated pass, run by pytest in the project's folder."""

from __future__ import annotations

from orchestrator.workflows.generate.outside import run
from orchestrator.workflows.generate.validators import Target, Validated

NAME = "tests pass"
SECONDS = 600.0
_NO_TESTS = 5
"""The exit code of pytest where it collected nothing."""


def validate(target: Target) -> Validated | None:
    """Whether pytest passes; nothing where no test was generated."""
    if target.run_in is None or not any(_is_test(file.path) for file in target.files):
        return None
    if not target.full:
        return Validated(name=NAME, standing="not run", detail="give --check full")
    probe = run([target.python, "-c", "import pytest"], target.run_in, seconds=60)
    if probe.code != 0:
        return Validated(name=NAME, standing="not run", detail=f"{target.python} has no pytest; give --python")
    target.progress("running the tests")
    ended = run([target.python, "-m", "pytest", "-q", "-p", "no:cacheprovider"], target.run_in, seconds=SECONDS)
    if ended.code == 0:
        return Validated(name=NAME, standing="passed", detail=ended.said.rpartition("\n")[2])
    what = "no test was collected" if ended.code == _NO_TESTS else ended.said
    return Validated(name=NAME, standing="failed", detail=what)


def _is_test(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.startswith("test_") and name.endswith(".py")
