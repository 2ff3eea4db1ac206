"""What the tests of the templates share: scaffolding a project, its texts, a review of it, and programs run in it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
TEMPLATES = ROOT / "plugins" / "databricks-engineering" / "templates"
ORCHESTRATE = Path(sys.executable).with_name("orchestrate")
# Spark, MLflow and the types of bundles; only tests marked `real` may start something of it.
REAL = ROOT / ".venv-real" / "bin"
SECONDS = 600
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
MADE = frozenset({"__pycache__", ".pytest_cache", ".ruff_cache", "spark-warehouse", "metastore_db"})
CATALOG = "shop"


def scaffold(template: str, into: Path, name: str = "shop-orders") -> Path:
    """The folder of a new project made from the template, in `into`; its catalogs are `shop_dev` and so on.

    `orchestrate scaffold-project` makes it where that command exists; else the four words are replaced here.
    """
    if not (TEMPLATES / template).is_dir():
        raise FileNotFoundError(f"there is no template {template!r} in {TEMPLATES}")
    if not _has_command():
        return _rendered(template, into / name, _words(name))
    ended = run(
        [ORCHESTRATE, "scaffold-project", name, "--template", template, "--into", into, "--catalog", CATALOG], into
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return into / name


def texts(project: Path) -> dict[str, str]:
    """Each file of a project by its path in it, without what running it has left there."""
    return {
        path.relative_to(project).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(project.rglob("*"))
        if path.is_file() and not MADE.intersection(path.parts)
    }


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


def make_test(project: Path) -> subprocess.CompletedProcess[str]:
    """The ended `make test` of a project, with the Python of the real environment."""
    return run_really(["make", "test", f"PYTHON={REAL / 'python'}"], project)


def _has_command() -> bool:
    return (ROOT / "plugins" / "databricks-engineering" / "commands" / "scaffold-project.md").is_file() and (
        ROOT / "orchestrator" / "workflows" / "generate" / "scaffold_project.py"
    ).is_file()


def _words(name: str) -> dict[str, str]:
    words = name.replace("_", "-").split("-")
    return {
        "template_project": "_".join(words),
        "template-project": "-".join(words),
        "template_catalog": CATALOG,
        "Template project": " ".join(words).capitalize(),
    }


def _rendered(template: str, target: Path, words: Mapping[str, str]) -> Path:
    for path, text in texts(TEMPLATES / template).items():
        made = target / _replaced(path, words)
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text(_replaced(text, words), encoding="utf-8")
    return target


def _replaced(text: str, words: Mapping[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text
