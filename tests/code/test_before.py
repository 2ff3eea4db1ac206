"""The base of a change: files, contracts and bundles as they were where it began."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.code.before import Before
from orchestrator.code.diff import changed_lines
from orchestrator.code.project import parse_project
from orchestrator.code.reading import read_project
from tests.code.test_diff import git, write

CONTRACT = ("kind: DataContract", "id: orders", "version: 1.0.0", "status: active")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    write(folder / "contracts" / "orders.yaml", *CONTRACT)
    write(folder / "databricks.yml", "bundle: {name: shop}", "include: [resources/*.yml]")
    write(folder / "resources" / "storage.yml", "resources:", "  schemas:", "    gold: {name: gold}")
    write(folder / "same.py", "x = 1")
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "start")
    return folder


def before(folder: Path, base: str = "HEAD") -> Before:
    return Before(parse_project(read_project(folder)), changed_lines(folder, base))


def test_a_changed_file_is_what_it_was(root: Path) -> None:
    write(root / "contracts" / "orders.yaml", *CONTRACT[:2], "version: 2.0.0", "status: active")
    found = before(root)
    assert [contract.version for contract in found.contracts] == ["1.0.0"]


def test_a_file_that_did_not_change_is_the_one_of_the_project(root: Path) -> None:
    found = before(root)
    assert found.source("same.py") is found.project.by_path["same.py"]


def test_a_file_that_was_deleted_is_still_there(root: Path) -> None:
    (root / "resources" / "storage.yml").unlink()
    found = before(root)
    assert [schema.key for schema in found.bundles[0].base.schemas] == ["gold"]


def test_a_new_file_was_not_there(root: Path) -> None:
    write(root / "new.py", "y = 2")
    assert before(root).source("new.py") is None


def test_what_the_base_gained_meanwhile_does_not_count(root: Path) -> None:
    git(root, "checkout", "-q", "-b", "work")
    git(root, "checkout", "-q", "main")
    write(root / "contracts" / "orders.yaml", *CONTRACT[:2], "version: 9.0.0", "status: active")
    git(root, "commit", "-q", "-a", "-m", "later")
    git(root, "checkout", "-q", "work")
    write(root / "contracts" / "orders.yaml", *CONTRACT[:2], "version: 2.0.0", "status: active")
    assert [contract.version for contract in before(root, "main").contracts] == ["1.0.0"]


def test_paths_are_those_below_the_folder_under_review(root: Path) -> None:
    write(root / "contracts" / "orders.yaml", *CONTRACT[:2], "version: 2.0.0", "status: active")
    found = before(root / "contracts")
    assert found.paths == {"orders.yaml"}
    assert [contract.version for contract in found.contracts] == ["1.0.0"]
