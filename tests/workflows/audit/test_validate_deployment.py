"""`validate-deployment` on the sandbox: rules, preflight and plan of a deployment that is never made."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import ROOT, orchestrate, told

pytestmark = pytest.mark.enable_socket

VALIDATE = ("validate-deployment", "shop", "--workspace", "sandbox", "--quiet")
BAD_INPUT, FAILED, INCOMPLETE = 2, 1, 3


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the bundle of the example."""
    shutil.copytree(ROOT / "examples" / "commands" / "deploy-bundle" / "shop", tmp_path / "shop")
    return tmp_path


def _review(folder: Path, *words: str) -> dict[str, Any]:
    ended = orchestrate(folder, *VALIDATE, *words, "--output", "json")
    assert ended.stdout, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def test_the_plan_says_what_would_be_created_and_nothing_is_kept_for_applying(folder: Path) -> None:
    review = _review(folder, "-t", "dev")
    plan = next(table for table in review["tables"] if table["title"] == "What the deployment would do")
    assert {row[0] for row in plan["rows"]} == {"create"}
    assert any("job" in row[1] for row in plan["rows"])
    assert not (folder / ".orchestrate" / "changes").exists()
    assert "nothing was deployed" in "\n".join(review["notes"])


def test_it_says_the_same_as_the_deployment_itself(folder: Path) -> None:
    plan = next(t for t in _review(folder, "-t", "dev")["tables"] if t["title"] == "What the deployment would do")
    words = ("deploy-bundle", "shop", "-t", "dev", "--workspace", "sandbox", "--quiet", "--output", "json")
    tables = json.loads(orchestrate(folder, *words).stdout)["tables"]
    changes = next(table for table in tables if table["title"].startswith("Changes: "))
    assert [row[1] for row in plan["rows"]] == [row[1] for row in changes["rows"]]


def test_without_a_workspace_the_rules_run_and_the_verdict_is_not_known(folder: Path) -> None:
    ended = orchestrate(folder, "validate-deployment", "shop", "-t", "dev", "--quiet", "--fail-on", "never")
    assert ended.returncode == INCOMPLETE
    assert "nobody knows what the deployment would change" in ended.stdout


def test_a_plan_that_cannot_be_made_is_told_and_is_never_clean(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples" / "customer-360", tmp_path / "c360")
    words = ("validate-deployment", "c360", "--workspace", "sandbox", "--quiet", "--fail-on", "never")
    ended = orchestrate(tmp_path, *words)
    assert ended.returncode == INCOMPLETE
    assert "there is no cluster policy 'customer-360-jobs'" in ended.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-t", "nowhere"), "has no target 'nowhere'; it has"),
        (("--var", "no_equals", "-t", "dev"), ""),
    ],
)
def test_a_target_that_is_not_there_is_bad_input_and_a_wrong_variable_stops_the_plan(
    words: tuple[str, ...], said: str, folder: Path
) -> None:
    ended = orchestrate(folder, *VALIDATE, *words, "--fail-on", "never")
    if said:
        assert ended.returncode == BAD_INPUT
        assert said in told(ended)
    else:
        assert ended.returncode == INCOMPLETE
        assert "is no NAME=VALUE" in ended.stdout


def test_a_folder_without_a_bundle_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text("x = 1\n", encoding="utf-8")
    ended = orchestrate(tmp_path, "validate-deployment", ".", "--workspace", "sandbox")
    assert ended.returncode == BAD_INPUT
    assert "there is no bundle in '.'" in told(ended)
