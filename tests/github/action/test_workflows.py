"""action.yml and the example workflows: audited by zizmor, pinned by commit, without a word of a stranger in a shell.

The examples name our own action by placeholders, since nobody knows the commit that holds them before it exists.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
ACTION = ROOT / "action.yml"
EXAMPLES = sorted((ROOT / "examples" / "github").glob("*.yml"))
OURS = "OWNER/databricks-platform-marketplace@COMMIT"
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
POSTS = {"pull-requests": "write", "checks": "write"}
WRITES = {
    ("pull-requests.yml", "post"): {**POSTS, "contents": "write"},
    ("forks-post.yml", "post"): POSTS,
    ("code-scanning.yml", "upload"): {"security-events": "write"},
}
"""Resolving threads wants `contents: write`: never for what strangers sent."""


def filled(text: str) -> str:
    """An example as a user has it, with a name and a commit."""
    return text.replace(OURS, f"example/databricks-platform-marketplace@{'0123456789' * 4}")


def jobs(example: Path) -> dict[str, dict[str, Any]]:
    return dict(yaml.safe_load(example.read_text(encoding="utf-8"))["jobs"])


def laid_out(folder: Path) -> Path:
    """The action and the examples where a runner looks for them."""
    (folder / ".github" / "workflows").mkdir(parents=True)
    shutil.copy(ACTION, folder)
    for example in EXAMPLES:
        text = filled(example.read_text(encoding="utf-8"))
        (folder / ".github" / "workflows" / example.name).write_text(text, encoding="utf-8")
    return folder


def audited(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "zizmor"
    return subprocess.run(
        [program, "--offline", "--no-config", "--strict-collection", "--collect=all", "--format=plain", folder],
        capture_output=True,
        text=True,
        check=False,
    )


def test_zizmor_finds_nothing(tmp_path: Path) -> None:
    ended = audited(laid_out(tmp_path))
    assert ended.returncode == 0, ended.stdout
    assert "No findings to report" in ended.stdout


def test_zizmor_would_find_a_title_in_a_shell(tmp_path: Path) -> None:
    workflow = laid_out(tmp_path) / ".github" / "workflows" / "pull-requests.yml"
    text = workflow.read_text(encoding="utf-8")
    workflow.write_text(
        f"{text}      - run: echo ${{{{ github.event.pull_request.title }}}}\n        shell: bash\n", encoding="utf-8"
    )
    ended = audited(tmp_path)
    assert ended.returncode != 0
    assert "template-injection" in ended.stdout


def test_no_expression_stands_in_a_script() -> None:
    steps = yaml.safe_load(ACTION.read_text(encoding="utf-8"))["runs"]["steps"]
    scripts = [step["run"] for step in steps if "run" in step]
    assert len(scripts) == 3
    assert [script for script in scripts if "${{" in script] == []


def test_scripts_of_the_action_are_sound_bash() -> None:
    for step in yaml.safe_load(ACTION.read_text(encoding="utf-8"))["runs"]["steps"]:
        if "run" in step:
            ended = subprocess.run(["bash", "-n", "-c", step["run"]], capture_output=True, text=True, check=False)
            assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("file", [ACTION, *EXAMPLES], ids=lambda file: file.name)
def test_every_action_is_pinned_by_its_commit(file: Path) -> None:
    used = re.findall(r"^\s*(?:- )?uses: (\S+)", filled(file.read_text(encoding="utf-8")), flags=re.MULTILINE)
    assert used
    assert [each for each in used if not PINNED.fullmatch(each)] == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda file: file.name)
def test_job_that_reads_code_cannot_write_and_job_that_writes_reads_no_code(example: Path) -> None:
    text = yaml.safe_load(example.read_text(encoding="utf-8"))
    assert text["permissions"] == {}
    # YAML 1.1 takes the key `on` for a truth value.
    assert "pull_request_target" not in str(text[True])
    for name, job in jobs(example).items():
        parts = [step.get("with", {}).get("part") for step in job["steps"]]
        written = {scope: access for scope, access in job["permissions"].items() if access == "write"}
        assert written == WRITES.get((example.name, name), {})
        assert ("review" in parts) == (name == "review")
        assert not any("checkout" in step["uses"] for step in job["steps"])


def test_no_step_keeps_a_cache_and_no_secret_goes_to_a_fork() -> None:
    for file in (ACTION, *EXAMPLES):
        text = file.read_text(encoding="utf-8")
        assert "actions/cache" not in text
        assert "cache:" not in text
        assert "secrets." not in text


def test_workflow_for_pull_requests_has_at_most_25_lines() -> None:
    assert len((ROOT / "examples/github/pull-requests.yml").read_text(encoding="utf-8").splitlines()) <= 25


def test_post_of_forks_follows_the_workflow_that_reviews_them() -> None:
    review, post = (
        yaml.safe_load((ROOT / "examples/github" / name).read_text(encoding="utf-8"))
        for name in ("forks-review.yml", "forks-post.yml")
    )
    assert post[True]["workflow_run"]["workflows"] == [review["name"]]
