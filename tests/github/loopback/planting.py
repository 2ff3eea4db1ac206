"""Real git repositories with a pull request in them, made of texts."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.github.loopback.records import PullRequest, Repository

Texts = Mapping[str, str | bytes | None]
"""Content by path; None deletes the file."""
_PLAIN = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


def git(folder: Path, *arguments: str, check: bool = True) -> bytes:
    """What git says; it knows neither the configuration of this machine nor the time.

    Raises:
        subprocess.CalledProcessError: git failed and `check` is set.
    """
    ended = subprocess.run(
        ["git", "-c", "core.autocrlf=false", *arguments],
        cwd=folder,
        env={**os.environ, **_PLAIN},
        capture_output=True,
        check=check,
    )
    return ended.stdout


def planted(
    folder: Path,
    *,
    base: Texts,
    head: Texts,
    name: str = "acme/lakehouse",
    number: int = 1,
    branch: str = "feature",
) -> Repository:
    """A repository in `folder/repository` whose pull request takes `base` to `head`; the rest stays."""
    place = folder / "repository"
    place.mkdir(parents=True)
    git(place, "init", "--quiet", "--initial-branch=main")
    _commit(place, base, "Base")
    git(place, "checkout", "--quiet", "-b", branch)
    _commit(place, head, "Change")
    git(place, "checkout", "--quiet", "--detach")
    return Repository(name=name, folder=place, pulls={number: PullRequest(number=number, head=branch)})


def push(repository: Repository, number: int, texts: Texts, *, branch: str | None = None, amend: bool = False) -> str:
    """A new commit on the head of a pull request (or on the branch named), amended for a force-push; its sha."""
    place = repository.folder
    name = branch or repository.pulls[number].head
    git(place, "checkout", "--quiet", name)
    _commit(place, texts, "More", amend=amend)
    git(place, "checkout", "--quiet", "--detach")
    return git(place, "rev-parse", name).decode().strip()


def _commit(place: Path, texts: Texts, message: str, *, amend: bool = False) -> None:
    for path, content in texts.items():
        file = place / path
        if content is None:
            file.unlink()
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    git(place, "add", "--all", "--force")
    git(place, "commit", "--quiet", "--allow-empty", "-m", message, *(("--amend",) if amend else ()))
