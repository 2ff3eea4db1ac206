"""The SARIF format, judged by the standard's own tool: schema, SARIF rules and the ingestion rules of GitHub."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import jsonschema
import pytest

from orchestrator.report import render
from orchestrator.types import Review
from tests.report.reviews import CLEAN, FULL, INCOMPLETE, TRAPS, context, hostile, hostile_context

pytestmark = pytest.mark.real

PACKAGE = Path("node_modules/@microsoft/sarif-multitool-linux")


@pytest.fixture(scope="session")
def multitool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the validator, installed once from the npm registry, or the one `SARIF_MULTITOOL` names."""
    given = os.environ.get("SARIF_MULTITOOL")
    folder = Path(given) if given else tmp_path_factory.mktemp("multitool") / PACKAGE
    if not given:
        prefix = folder.parents[2]
        command = ["npm", "install", "--prefix", str(prefix), "--no-save", "@microsoft/sarif-multitool-linux@5.7.0"]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
    (folder / "Sarif.Multitool").chmod(0o755)
    return folder


def printed(review: Review) -> str:
    return render("sarif", review, context())


LOGS = {
    "clean": printed(CLEAN),
    "full": printed(FULL),
    "incomplete": printed(INCOMPLETE),
    **{f"trap {index}": render("sarif", hostile(trap), hostile_context(trap)) for index, trap in enumerate(TRAPS)},
}


@pytest.mark.parametrize("name", LOGS)
def test_the_log_is_valid_by_the_schema(name: str, multitool: Path) -> None:
    schema = json.loads((multitool / "sarif-2.1.0.json").read_text(encoding="utf-8-sig"))
    errors = jsonschema.Draft202012Validator(schema).iter_errors(json.loads(LOGS[name]))
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


@pytest.mark.parametrize("name", ["clean", "full", "incomplete"])
def test_the_tool_and_github_find_no_error(name: str, multitool: Path, tmp_path: Path) -> None:
    log, verdict = tmp_path / "log.sarif", tmp_path / "verdict.sarif"
    log.write_text(LOGS[name], encoding="utf-8")
    options = ["--rule-kind", "Sarif;Gh", "--output", str(verdict), "--log", "ForceOverwrite"]
    subprocess.run(
        [str(multitool / "Sarif.Multitool"), "validate", str(log), *options],
        check=True,
        capture_output=True,
        timeout=60,
        env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
    )
    (run,) = json.loads(verdict.read_text(encoding="utf-8-sig"))["runs"]
    found = [(result["ruleId"], result.get("level", "warning"), result["message"]) for result in run["results"]]
    assert [each for each in found if each[1] == "error"] == []
