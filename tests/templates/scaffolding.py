"""What the tests of the templates share: scaffolding a project, its texts, a review of it, and programs run in it."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent.parent
ORCHESTRATE = Path(sys.executable).with_name("orchestrate")
RUFF = Path(sys.executable).with_name("ruff")
ZIZMOR = Path(sys.executable).with_name("zizmor")
LOAD_BUNDLE = ROOT / "tests" / "samples" / "bundles" / "load_types.py"
# Spark, MLflow and the types of bundles; only tests marked `real` may start something of it.
REAL = ROOT / ".venv-real" / "bin"
SECONDS = 600
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
MADE = frozenset({".orchestrate", "__pycache__", ".pytest_cache", ".ruff_cache", "spark-warehouse", "metastore_db"})
CATALOG = "shop"


def scaffold(template: str, into: Path, name: str = "shop-orders") -> Path:
    """The folder of a project that `orchestrate scaffold-project` made in `into`; its catalogs are `shop_dev` ..."""
    project = into / name
    ended = run(
        [ORCHESTRATE, "scaffold-project", name, "--template", template, "--into", project, "--catalog", CATALOG], into
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return project


def texts(project: Path) -> dict[str, str]:
    """Each file of a project by its path in it, without what running it has left there."""
    return {
        path.relative_to(project).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(project.rglob("*"))
        if path.is_file() and not MADE.intersection(path.parts)
    }


def change(project: Path, path: str, before: str, after: str) -> None:
    """Replace a text of a file, which must be there."""
    file = project / path
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


def unexplained(project: Path) -> list[str]:
    """The files whose names the README does not mention; package markers need no mention."""
    files = texts(project)
    readme = files["README.md"]
    names = {path: Path(path).name for path in files}
    return [path for path, name in names.items() if name not in {"README.md", "__init__.py"} and name not in readme]


def leftovers(project: Path) -> list[str]:
    """The paths in which one of the words that rendering replaces is still there, in the name or in the text."""
    words = ("template_", "template-project", "Template project")
    return [path for path, text in texts(project).items() if any(word in path or word in text for word in words)]


def unparsed(project: Path) -> list[str]:
    """Each Python, YAML or TOML file that does not parse, and why; SQL is parsed by the review."""
    parsers: dict[str, Callable[[str], object]] = {".py": ast.parse, ".yml": yaml.safe_load, ".toml": tomllib.loads}
    wrong = []
    for path, text in texts(project).items():
        try:
            parsers.get(Path(path).suffix, str)(text)
        except (SyntaxError, ValueError, yaml.YAMLError) as error:
            wrong.append(f"{path}: {error}")
    return wrong


def unlinted(project: Path) -> str:
    """What ruff says of the project by its own settings, and zizmor of its workflow; empty when all is well."""
    commands: list[list[str | Path]] = [
        [RUFF, "format", "--no-cache", "--check", "."],
        [RUFF, "check", "--no-cache", "."],
        [ZIZMOR, "--offline", "--no-progress", ".github/workflows/ci.yml"],
    ]
    ended = [run(command, project) for command in commands]
    return "".join(one.stdout + one.stderr for one in ended if one.returncode != 0)


def review(project: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The ended `orchestrate review-pipeline . --select ALL --fail-on low` on a project."""
    return run([ORCHESTRATE, "review-pipeline", ".", "--select", "ALL", "--fail-on", "low", *options], project)


def run(
    command: list[str | Path], folder: Path, settings: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """The ended command, started in a folder without what this run of pytest has set in the environment."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("COV", "PYTEST")) and key not in {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH"}
    }
    return subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=kept | dict(settings or {}),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )


def run_really(
    command: list[str | Path], folder: Path, settings: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """The ended command with the programs of the real environment first on its path, and a quick start of Java."""
    assert REAL.is_dir(), "Spark and MLflow are not installed: run `make env-real`"
    usual = {
        "PATH": f"{REAL}{os.pathsep}{os.environ['PATH']}",
        "SPARK_LOCAL_IP": "127.0.0.1",
        "JAVA_TOOL_OPTIONS": JAVA,
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    return run(command, folder, usual | dict(settings or {}))


def load_bundle(project: Path) -> subprocess.CompletedProcess[str]:
    """The ended load of each resource into the types of `databricks-bundles`; its lines are `kind.key`."""
    return run_really([REAL / "python", LOAD_BUNDLE, project], project)


def make_test(project: Path) -> subprocess.CompletedProcess[str]:
    """The ended `make test` of a project, with the Python of the real environment."""
    return run_really(["make", "test", f"PYTHON={REAL / 'python'}"], project)
