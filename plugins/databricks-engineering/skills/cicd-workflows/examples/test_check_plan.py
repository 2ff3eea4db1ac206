"""The plan check on plans like those of the CLI; it runs the script as CI does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
SCRIPT = HERE.parent / "templates" / "check_plan.py"


def check(plan: Path, *more: str) -> tuple[int, str]:
    """Exit code and what was printed."""
    ended = subprocess.run(
        [sys.executable, str(SCRIPT), str(plan), *more], capture_output=True, text=True, encoding="utf-8", check=False
    )
    return ended.returncode, ended.stdout + ended.stderr


def test_a_plan_that_deletes_a_job_and_grants_loses_no_data() -> None:
    code, printed = check(HERE / "plans" / "harmless.json")
    assert code == 0, printed
    assert "Plan: 2 delete, 2 skip, 1 update" in printed


def test_a_removed_schema_and_a_recreated_pipeline_are_refused_by_name() -> None:
    code, printed = check(HERE / "plans" / "removes_schema.json")
    assert code == 1
    assert "REFUSED: delete of resources.schemas.orders" in printed
    assert "REFUSED: recreate of resources.pipelines.marts" in printed


def test_what_is_allowed_by_name_may_go_and_nothing_else(tmp_path: Path) -> None:
    allowed = tmp_path / "allowed.txt"
    allowed.write_text("# agreed in the pull request\nresources.schemas.orders\n", encoding="utf-8")
    code, printed = check(HERE / "plans" / "removes_schema.json", "--allow", str(allowed))
    assert code == 1
    assert "resources.pipelines.marts loses data" in printed
    assert "resources.schemas.orders loses data" not in printed


def test_an_allowance_that_is_no_longer_needed_is_reported(tmp_path: Path) -> None:
    allowed = tmp_path / "allowed.txt"
    allowed.write_text("resources.volumes.landing\n", encoding="utf-8")
    code, printed = check(HERE / "plans" / "harmless.json", "--allow", str(allowed))
    assert code == 0
    assert "STALE: resources.volumes.landing" in printed


def test_an_action_that_nobody_has_seen_is_refused(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"plan": {"resources.jobs.load": {"action": "teleport"}}}), encoding="utf-8")
    code, printed = check(plan)
    assert code == 1
    assert "unknown action 'teleport'" in printed


def test_an_error_message_is_no_plan(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text("Error: cannot resolve the target", encoding="utf-8")
    code, printed = check(plan)
    assert code == 2
    assert "is not JSON" in printed


def test_json_without_a_plan_is_no_plan(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text('{"plan_version": 2}', encoding="utf-8")
    assert check(plan)[0] == 2
