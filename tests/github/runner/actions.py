"""The actions of others that ours uses, done by hand: what they leave behind is what the real ones leave."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.github.loopback.planting import git


class ActionError(Exception):
    """An action failed."""


@dataclass(kw_only=True, slots=True)
class Surroundings:
    """What the actions work on: the repository on the server, a workspace, and the artifacts of all runs."""

    source: Path
    workspace: Path
    artifacts: Path
    run: str
    interpreter: Path = field(default_factory=lambda: Path(sys.executable))
    uploaded: list[str] = field(default_factory=list)
    """The files that were given to code scanning."""


def use(name: str, given: Mapping[str, str], around: Surroundings) -> dict[str, str]:
    """The outputs of the action of that name.

    Raises:
        ActionError: the real one would fail.
    """
    match name:
        case "actions/setup-python":
            return {"python-path": str(around.interpreter)}
        case "actions/checkout":
            _check_out(given, around)
        case "actions/upload-artifact":
            _upload(given, around)
        case "actions/download-artifact":
            _download(given, around)
        case "github/codeql-action/upload-sarif":
            around.uploaded.append((around.workspace / given["sarif_file"]).read_text(encoding="utf-8"))
        case _:
            raise ActionError(f"this runner does not know the action {name!r}")
    return {}


def _check_out(given: Mapping[str, str], around: Surroundings) -> None:
    if given.get("persist-credentials") != "false":
        raise ActionError("the token would be left in .git/config")
    place = around.workspace
    git(place.parent, "clone", "--quiet", "--no-checkout", "--no-local", str(around.source), str(place))
    git(place, "fetch", "--quiet", "origin", "+refs/pull/*/head:refs/remotes/pull/*")
    git(place, "checkout", "--quiet", "--detach", given["ref"])


def _upload(given: Mapping[str, str], around: Surroundings) -> None:
    source = Path(given["path"])
    if not source.is_dir():
        raise ActionError(f"No files were found with the provided path: {source}")
    shutil.copytree(source, around.artifacts / around.run / given["name"])


def _download(given: Mapping[str, str], around: Surroundings) -> None:
    source = around.artifacts / (given.get("run-id") or around.run) / given["name"]
    if not source.is_dir():
        raise ActionError(f"Unable to download artifact(s): Artifact not found for name: {given['name']}")
    shutil.copytree(source, around.workspace / given["path"], dirs_exist_ok=True)
