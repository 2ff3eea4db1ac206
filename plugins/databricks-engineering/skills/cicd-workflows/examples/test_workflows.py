"""Rules that workflow files must keep. Copy it, and let WORKFLOWS be `.github/workflows` of your repository."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

WORKFLOWS = Path(__file__).parent.parent / "templates" / "github" / "workflows"
FILES = sorted(WORKFLOWS.glob("*.y*ml"))
PINNED = re.compile(r"^\s*-?\s*uses:\s+(?:\./\S+|\S+@[0-9a-f]{40} # v\d+(?:\.\d+)*)\s*$")
UNTRUSTED = re.compile(r"\$\{\{[^}]*\b(?:github\.(?:event|head_ref|base_ref)|inputs)\b")


def load(file: Path) -> dict[Any, Any]:
    """The workflow; YAML 1.1 reads its key `on` as True."""
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert isinstance(document, dict)
    return document


def jobs(file: Path) -> dict[str, dict[str, Any]]:
    """The jobs by name."""
    return load(file)["jobs"]


def test_there_are_workflows() -> None:
    assert FILES


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_nothing_is_permitted_but_what_a_job_states(file: Path) -> None:
    assert load(file)["permissions"] == {}
    assert all("permissions" in job for job in jobs(file).values())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_only_jobs_of_an_environment_can_log_in(file: Path) -> None:
    for name, job in jobs(file).items():
        if job["permissions"].get("id-token") == "write":
            assert "environment" in job, name


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_actions_are_pinned_to_a_commit_with_their_version(file: Path) -> None:
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if re.match(r"\s*-?\s*uses:", line)]
    assert lines
    assert [line for line in lines if not PINNED.match(line)] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_stored_credential_and_no_privileged_trigger(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"secrets\.\w|DATABRICKS_TOKEN|DATABRICKS_CLIENT_SECRET|pull_request_target", text)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_text_of_a_pull_request_is_put_into_a_script(file: Path) -> None:
    scripts = [step["run"] for job in jobs(file).values() for step in job["steps"] if "run" in step]
    assert [script for script in scripts if UNTRUSTED.search(script)] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_deployment_is_never_cancelled_half_way(file: Path) -> None:
    if "bundle deploy" in file.read_text(encoding="utf-8"):
        assert load(file)["concurrency"]["cancel-in-progress"] is False


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_prod_deployment_comes_after_a_checked_plan(file: Path) -> None:
    for job in jobs(file).values():
        scripts = " ; ".join(step.get("run", "") for step in job["steps"])
        if "bundle deploy -t prod" in scripts:
            assert scripts.index("check_plan.py") < scripts.index("bundle deploy -t prod")
            assert "--auto-approve" not in scripts
