"""Git, asked without running anything that the repository configures: no hooks, filters, monitors or transports."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TIMEOUT_SECONDS = 60
_GIT = "git"
_SETTINGS = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.quotePath": "true",
    "core.untrackedCache": "false",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What git said: its exit code, its output as bytes, and its complaint as text."""

    code: int
    output: bytes
    complaint: str


def ask_git(folder: Path, *arguments: str, settings: Mapping[str, str] | None = None) -> Answer:
    """Run git in a folder and hand back its answer, whatever its exit code.

    Raises:
        GitError: git is missing, or did not answer within `TIMEOUT_SECONDS`.
    """
    try:
        done = subprocess.run(
            [_GIT, "--no-pager", *arguments],
            cwd=folder,
            env=_environment({**_SETTINGS, **(settings or {})}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise GitError(f"git did not answer within {TIMEOUT_SECONDS} seconds in {str(folder)!r}") from None
    except OSError as error:
        raise GitError(f"git cannot be run in {str(folder)!r}: {error.strerror}; install git first") from None
    return Answer(code=done.returncode, output=done.stdout, complaint=done.stderr.decode("utf-8", "replace").strip())


def filters_off(folder: Path) -> dict[str, str]:
    """Settings that disarm every content filter the repository configures, so that comparing files runs no program."""
    found = ask_git(folder, "config", "-z", "--name-only", "--get-regexp", r"^filter\..*\.(clean|smudge|process)$")
    keys = [key for key in found.output.decode("utf-8", "replace").split("\0") if key]
    names = {key.removeprefix("filter.").rpartition(".")[0] for key in keys}
    settings = dict.fromkeys(keys, "")
    return {**settings, **{f"filter.{name}.required": "false" for name in names}}


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The process's environment without its git variables, with our settings laid over the repository's own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    numbered: dict[str, str] = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (key, value) in enumerate(settings.items()):
        numbered[f"GIT_CONFIG_KEY_{number}"] = key
        numbered[f"GIT_CONFIG_VALUE_{number}"] = value
    ours = {
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "",
        "LC_ALL": "C",
    }
    return {**kept, **numbered, **ours}
