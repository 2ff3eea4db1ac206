"""The lock files: whole, hashed, satisfying pyproject.toml, and naming no registry."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME: list[str] = PROJECT["project"]["dependencies"]
EXTRAS: dict[str, list[str]] = PROJECT["project"]["optional-dependencies"]
DEVELOPMENT: list[str] = PROJECT["dependency-groups"]["dev"]


def pinned(name: str) -> dict[str, str]:
    """The version of each package that the lock file pins."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9.-]+)==([^\s;]+)", text, flags=re.MULTILINE))


@pytest.mark.parametrize(
    ("lock", "requirements"),
    [
        ("requirements.lock", RUNTIME),
        ("requirements-dev.lock", RUNTIME + DEVELOPMENT),
        ("requirements-action.lock", RUNTIME + EXTRAS["github"]),
        ("requirements-action-model.lock", RUNTIME + EXTRAS["github"] + EXTRAS["model"]),
    ],
)
def test_lock_satisfies_the_project(lock: str, requirements: list[str]) -> None:
    versions = pinned(lock)
    wanted = [Requirement(requirement) for requirement in requirements]
    wrong = [str(one) for one in wanted if not one.specifier.contains(versions.get(canonicalize_name(one.name), "0"))]
    assert not wrong, f"{lock} does not satisfy {', '.join(wrong)}: run `make lock`"


def test_development_lock_holds_the_runtime_lock() -> None:
    assert pinned("requirements.lock").items() <= pinned("requirements-dev.lock").items(), "run `make lock`"


@pytest.mark.parametrize("lock", sorted(file.name for file in ROOT.glob("requirements*.lock")))
def test_lock_is_hashed_and_names_no_registry(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z])", text.strip())
    assert [entry.split("==")[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert not re.search(r"://|--index|--find-links|@ ", text), "make lock writes no address: docs/decisions/0001"
