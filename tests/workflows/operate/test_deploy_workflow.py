"""`deploy-workflow`: one job of a bundle with what it refers to, and one observed run of it, on a running sandbox."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workflows.operate.failing import CLEAN, INCOMPLETE, ROOT, USAGE, Stage, every_step_fails_in_turn, staged

pytestmark = pytest.mark.enable_socket
API = ("deploy-workflow", "nightly", "--path", "shop", "--engine", "api")
JOB = "[dev platform_admin] shop-nightly"
_CLI = """#!{python}
import json, pathlib, sys
done = pathlib.Path({state!r})
words = sys.argv[1:]
log = done.with_suffix(".log")
log.write_text((log.read_text() if log.exists() else "") + " ".join(words) + "\\n")
if words[1] == "deploy":
    if done.with_suffix(".fails").exists():
        sys.exit("Error: cannot reach dapi0123456789abcdef the workspace")
    done.write_text("deployed")
elif words[1] == "plan":
    action = "skip" if done.exists() else {action!r}
    other = {{"action": "skip"}}
    steps = {{"resources.jobs.nightly": {{"action": action}}, "resources.pipelines.orders": other}}
    print(json.dumps({{"plan": steps}}))
"""


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    shutil.copytree(ROOT / "examples/commands/deploy-bundle/shop", tmp_path / "shop")
    with staged(tmp_path) as found:
        change(found, "databricks.yml", "https://dev.databricks.example.com", found.wire.host)
        yield found


def change(stage: Stage, path: str, old: str, new: str) -> None:
    file = stage.folder / "shop" / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def cli(stage: Stage, action: str) -> dict[str, str]:
    """A stand-in for the Databricks CLI on the path, and the environment in which it is found."""
    program = stage.folder / "bin/databricks"
    program.parent.mkdir()
    state = str(stage.folder / "bin/state")
    program.write_text(_CLI.format(python=sys.executable, state=state, action=action), encoding="utf-8")
    program.chmod(0o755)
    return {"PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}


def test_the_job_is_deployed_with_its_pipeline_and_run_once(stage: Stage) -> None:
    words = (*API, "--run")
    ran = stage.applied(*words)
    assert (ran.code, ran.standings) == (CLEAN, ["verified"] * 4), ran
    assert "cannot be taken back: what it writes stays" in ran.notes
    client = stage.workspace().client
    job = next(iter(client.jobs.list(name=JOB)))
    assert len(list(client.jobs.list_runs(job_id=job.job_id))) == 1
    again = stage.run(*words)
    assert next(row[1] for row in again.table("Changes")).startswith(f"run of job {JOB} after run "), (
        "each time one more"
    )
    assert "nothing is to be changed" in stage.run(*API).notes


def test_every_step_fails_in_turn_and_the_run_last(stage: Stage) -> None:
    every_step_fails_in_turn(stage, *API, "--run", lasting=1)


def test_a_run_that_fails_takes_the_deployment_back_and_says_why(stage: Stage) -> None:
    change(stage, "resources/nightly.job.yml", "../src/load.py", "/Shared/not/there")
    words = (*API, "--run")
    shown = stage.run(*words)
    ran = stage.run(*words, "--apply", "--approve", shown.sha[:12])
    assert (ran.code, ran.standings) == (INCOMPLETE, ["rolled back"] * 3 + ["not rolled back"]), ran
    assert "task load: Unable to access /Shared/not/there" in ran.missing
    assert "what it wrote stays" in json.dumps(ran.table("What became"))
    assert not list(stage.workspace().client.jobs.list(name=JOB))


def test_an_unknown_job_is_one_sentence_with_those_that_there_are(stage: Stage) -> None:
    ran = stage.run("deploy-workflow", "hourly", "--path", "shop")
    assert (ran.code, "has no job 'hourly'; it has nightly (resources/nightly.job.yml:4)" in ran.said) == (USAGE, True)
    ran = stage.run(*API, "--run", "--minutes", "0")
    assert (ran.code, "minutes" in ran.said) == (USAGE, True), ran


def test_the_databricks_cli_is_taken_where_it_is_installed(stage: Stage) -> None:
    environment = cli(stage, "create")
    words = ("deploy-workflow", "nightly", "--path", "shop", "--var", "alerts=a@example.com")
    shown = stage.run(*words, env=environment)
    [row] = shown.table("Changes")
    assert row[2] == "create resources.jobs.nightly", shown
    assert not (stage.folder / "bin/state").exists(), "nothing is deployed to see the set"
    ran = stage.run(*words, "--apply", "--approve", shown.sha[:12], env=environment)
    assert (ran.code, ran.standings) == (CLEAN, ["verified"]), ran
    said = (stage.folder / "bin/state.log").read_text(encoding="utf-8")
    assert "bundle deploy -t dev --select jobs.nightly --var=alerts=a@example.com\n" in said
    assert "nothing is to be changed" in stage.run(*words, env=environment).notes


def test_a_failed_deployment_of_the_cli_is_a_sentence_without_a_token(stage: Stage) -> None:
    environment = cli(stage, "update")
    (stage.folder / "bin/state.fails").touch()
    words = ("deploy-workflow", "nightly", "--path", "shop")
    shown = stage.run(*words, env=environment)
    ran = stage.run(*words, "--apply", "--approve", shown.sha[:12], env=environment)
    assert (ran.code, ran.standings) == (INCOMPLETE, ["failed and unchanged"]), ran
    assert "ended with exit code 1" in ran.missing
    assert "dapi0123" not in json.dumps(ran.report)


def test_what_the_plan_of_the_cli_would_lose_stops_and_another_file_is_another_set(stage: Stage) -> None:
    environment = cli(stage, "recreate")
    words = ("deploy-bundle", "shop")
    shown = stage.run(*words, env=environment)
    assert shown.code == CLEAN, "a job holds no data"
    change(stage, "src/totals.sql", "orders", "Orders")
    ran = stage.run(*words, "--apply", "--approve", shown.sha[:12], env=environment)
    assert (ran.code, "another change set" in ran.said) == (USAGE, True), ran
    program = stage.folder / "bin/databricks"
    text = program.read_text(encoding="utf-8")
    program.write_text(text.replace('other = {"action": "skip"}', 'other = {"action": "delete"}'), encoding="utf-8")
    assert ("would-be-lost", "the plan of the Databricks CLI says: delete resources.pipelines.orders") in (
        stage.run(*words, env=environment).findings
    )
