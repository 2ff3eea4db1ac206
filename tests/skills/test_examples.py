"""The examples of the skills run as a reader would run them: in their folder, against real Spark and MLflow."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.real
ROOT = Path(__file__).parent.parent.parent
PYTHON = ROOT / ".venv-real" / "bin" / "python"
CONFIGURED = ("pytest.ini", "pyproject.toml")


def projects(examples: Path) -> list[Path]:
    """The folders that bring a configuration of pytest; the folder of the examples where none does."""
    return sorted({path.parent for name in CONFIGURED for path in examples.rglob(name)}) or [examples]


EXAMPLES = {
    f"{examples.parent.name}/{project.name}": project
    for examples in sorted((ROOT / "plugins").glob("*/skills/*/examples"))
    for project in projects(examples)
}
SECONDS = 600
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


def test_every_skill_has_an_example_that_runs() -> None:
    skills = {path.parent.name for path in (ROOT / "plugins").glob("*/skills/*/SKILL.md")}
    assert {name.partition("/")[0] for name in EXAMPLES} == skills


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_passes_its_tests(name: str, tmp_path: Path) -> None:
    assert PYTHON.exists(), "Spark and MLflow are not installed: run `make env-real`"
    project = EXAMPLES[name]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTEST"))}
    settings = {
        "SPARK_LOCAL_IP": "127.0.0.1",
        "JAVA_TOOL_OPTIONS": JAVA,
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "PATH": f"{PYTHON.parent}:{os.environ['PATH']}",
        "PYTHONPATH": "",
    }
    # Without a configuration of its own an example would be run by that of this repository.
    own = [] if any((project / name).exists() for name in CONFIGURED) else ["-c", os.devnull]
    ended = subprocess.run(
        [
            PYTHON,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            f"--basetemp={tmp_path / 'made'}",
            *own,
            f"--rootdir={project}",
            ".",
        ],
        cwd=project,
        env=kept | settings,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-2000:]
    assert " passed" in ended.stdout
