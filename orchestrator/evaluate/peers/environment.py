"""Where other people's linters are installed: pinned versions in one environment of their own, in a checkout only."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from orchestrator.errors import OrchestratorError, UsageError

VERSIONS = {
    "cylint": "0.1.5",
    "databricks-labs-pylint": "0.5.0",
    "pipeline-lint": "0.1.0",
    "pylint": "4.1.4",
    "pyspark-antipattern": "0.4.1",
    "ruff": "0.15.0",
    "semgrep": "1.182.0",
    "sqlfluff": "4.5.0",
}
"""Every version that our numbers beside other tools are of, by distribution."""
INSTALLED = ("cylint", "databricks-labs-pylint", "pipeline-lint", "pylint", "pyspark-antipattern", "ruff", "sqlfluff")
"""What the environment holds; semgrep is timed in `bench/` and finds nothing without rules from its maker's site."""
_SECONDS = 900


def pinned(*names: str) -> tuple[str, ...]:
    """The requirements of these distributions, such as `ruff==0.15.0`."""
    return tuple(f"{name}=={VERSIONS[name]}" for name in names)


def folder() -> Path:
    """The environment's folder in this checkout; it need not exist yet.

    Raises:
        UsageError: this is no checkout but an installation, which has no place for it.
    """
    root = Path(__file__).resolve().parents[3]
    if not (root / "pyproject.toml").is_file():
        raise UsageError("other linters are run from a clone of the repository, which has a place to install them")
    return root / ".bench" / "rule-peers"


def program(name: str) -> Path:
    """The program of that name in the environment.

    Raises:
        UsageError: it is not installed.
    """
    found = folder() / "bin" / name
    if not is_installed() or not found.exists():
        raise UsageError(f"the linter {name!r} is not installed; `python evals/install_peers.py` installs it, pinned")
    return found


def is_installed() -> bool:
    """Whether the environment holds these very versions."""
    stamp = folder() / "pinned.txt"
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == _wanted()


def install() -> None:
    """Makes the environment anew, from the package index, unless it holds these very versions.

    Raises:
        OrchestratorError: a version could not be installed.
    """
    if is_installed():
        return
    place = folder()
    venv.create(place, with_pip=True, clear=True)
    python = str(place / "bin" / "python")
    if shutil.which("uv"):
        tool = ["uv", "pip", "install", "--quiet", "--python", python]
    else:
        tool = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [*tool, *pinned(*INSTALLED)], capture_output=True, encoding="utf-8", timeout=_SECONDS, check=False
    )
    if done.returncode:
        told = done.stderr.strip().splitlines()[-1:] or ["nothing was said"]
        raise OrchestratorError(f"the linters could not be installed into {place.name!r}: {told[0][:300]}")
    (place / "pinned.txt").write_text(_wanted(), encoding="utf-8")


def variables() -> dict[str, str]:
    """The environment variables that a linter is started with: its own programs first, its caches with them."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "SYSTEMROOT", "TMPDIR") if name in os.environ}
    place = folder()
    path = os.pathsep.join([str(place / "bin"), os.environ.get("PATH", "")])
    return {**kept, "PATH": path, "PYLINTHOME": str(place / "pylint-home"), "PYTHONHASHSEED": "0", "NO_COLOR": "1"}


def _wanted() -> str:
    return "\n".join([*pinned(*INSTALLED), f"python {sys.version_info.major}.{sys.version_info.minor}"])
