"""Where the content folders are: beside the package in a checkout, inside it when installed from a wheel."""

from __future__ import annotations

from pathlib import Path

from orchestrator.errors import OrchestratorError

FOLDERS = ("agents", "skills", "tools", "plugins")


def content_folder(name: str) -> Path:
    """The folder `agents`, `skills`, `tools` or `plugins`.

    Raises:
        OrchestratorError: this installation does not hold it.
    """
    package = Path(__file__).resolve().parent
    for candidate in (package / "_bundled" / name, package.parent / name):
        if candidate.is_dir():
            return candidate
    raise OrchestratorError(f"this installation has no folder {name!r}; install the package again")
