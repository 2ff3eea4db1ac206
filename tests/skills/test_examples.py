"""The examples of the skills run as a reader would run them: in their folder, against real Spark and MLflow."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.real
ROOT = Path(__file__).parent.parent.parent
PYTHON = ROOT / ".venv-real" / "bin" / "python"
SKILLS = sorted(
    {path.parent for path in (ROOT / "plugins").glob("*/skills/*/examples") if any(path.rglob("test_*.py"))}
)
SECONDS = 600
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


def test_every_skill_has_an_example_that_runs() -> None:
    folders = {path.parent for path in (ROOT / "plugins").glob("*/skills/*/SKILL.md")}
    assert {path.name for path in folders} - {path.name for path in SKILLS} == set()


@pytest.mark.parametrize("skill", SKILLS, ids=lambda path: path.name)
def test_the_examples_of_a_skill_pass(skill: Path, tmp_path: Path) -> None:
    assert PYTHON.exists(), "Spark and MLflow are not installed: run `make env-real`"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTEST"))}
    settings = {
        "SPARK_LOCAL_IP": "127.0.0.1",
        "JAVA_TOOL_OPTIONS": JAVA,
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "PATH": f"{PYTHON.parent}:{os.environ['PATH']}",
        "PYTHONPATH": "",
    }
    options = ["-q", "-o", "addopts=", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'made'}"]
    ended = subprocess.run(
        [PYTHON, "-m", "pytest", *options, f"--rootdir={skill}", "examples"],
        cwd=skill,
        env=kept | settings,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-2000:]
    assert " passed" in ended.stdout
