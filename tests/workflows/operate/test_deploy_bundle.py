"""`deploy-bundle`: what a bundle deploys without the Databricks CLI, on a running sandbox."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.service.jobs import JobSettings, NotebookTask, Task

from tests.workflows.operate.failing import (
    CLEAN,
    INCOMPLETE,
    ROOT,
    USAGE,
    Stage,
    a_lost_answer_is_taken_back,
    every_step_fails_in_turn,
    it_is_killed_half_way,
    staged,
    the_network_drops_half_way,
)

pytestmark = pytest.mark.enable_socket
SHOP = ROOT / "examples/commands/deploy-bundle/shop"
JOB, PIPELINE = "[dev platform_admin] shop-nightly", "[dev platform_admin] shop-orders"
API = ("deploy-bundle", "shop", "--engine", "api")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    shutil.copytree(SHOP, tmp_path / "shop")
    with staged(tmp_path) as found:
        change(found, "databricks.yml", "https://dev.databricks.example.com", found.wire.host)
        yield found


def client(stage: Stage) -> WorkspaceClient:
    return stage.workspace().client


def job_settings(stage: Stage) -> JobSettings:
    found = next(iter(client(stage).jobs.list(name=JOB)))
    settings = client(stage).jobs.get(found.job_id or 0).settings
    assert settings is not None
    return settings


def change(stage: Stage, path: str, old: str, new: str) -> None:
    file = stage.folder / "shop" / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_applied_it_is_what_the_files_say_and_then_there_is_nothing_to_do(stage: Stage) -> None:
    ran = stage.applied(*API)
    assert (ran.code, ran.standings) == (CLEAN, ["verified"] * 3), ran
    settings = job_settings(stage)
    assert settings.schedule is not None
    assert settings.schedule.pause_status is not None
    assert settings.schedule.pause_status.value == "PAUSED", "mode development pauses what starts by itself"
    tasks = {task.task_key: task for task in settings.tasks or []}
    pipeline = next(iter(client(stage).pipelines.list_pipelines(filter=f"name LIKE '{PIPELINE}'")))
    update, load, totals = tasks["update"].pipeline_task, tasks["load"].notebook_task, tasks["totals"].sql_task
    assert update is not None
    assert load is not None
    assert totals is not None
    assert update.pipeline_id == pipeline.pipeline_id
    assert totals.warehouse_id == stage.sandbox.seed.compute.warehouses[0].id, "looked up by its name"
    assert client(stage).workspace.get_status(load.notebook_path).object_type is not None
    assert "nothing is to be changed" in stage.run(*API).notes


def test_a_changed_file_and_setting_are_the_change_and_the_way_back_leads_to_before(stage: Stage) -> None:
    stage.applied(*API)
    before = job_settings(stage)
    change(stage, "src/totals.sql", "count(*)", "count(DISTINCT order_id)")
    change(stage, "resources/nightly.job.yml", "timeout_seconds: 7200", "timeout_seconds: 3600")
    ran = stage.applied(*API)
    assert (ran.code, len(ran.standings)) == (CLEAN, 3), ran
    assert job_settings(stage).timeout_seconds == 3600
    back = stage.applied(*API, "--take-back", ran.sha[:12])
    assert set(back.standings) == {"verified"}, back
    assert job_settings(stage) == before


def test_what_somebody_changed_by_hand_is_seen_and_brought_back(stage: Stage) -> None:
    stage.applied(*API)
    job = next(iter(client(stage).jobs.list(name=JOB)))
    client(stage).jobs.update(job.job_id or 0, new_settings=JobSettings(max_concurrent_runs=9, timeout_seconds=1))
    shown = stage.run(*API)
    [row] = shown.table("Changes")
    assert row[1] == f"job {JOB}"
    assert "max_concurrent_runs: 9" in row[2]
    assert stage.applied(*API).standings == ["verified"]
    assert job_settings(stage).max_concurrent_runs == 1


def test_every_step_fails_in_turn(stage: Stage) -> None:
    every_step_fails_in_turn(stage, *API)


def test_a_job_that_was_made_though_its_answer_is_lost_is_taken_back(stage: Stage) -> None:
    a_lost_answer_is_taken_back(stage, *API, step=3)
    assert not list(client(stage).jobs.list(name=JOB))


def test_the_network_drops_half_way(stage: Stage) -> None:
    the_network_drops_half_way(stage, *API)


def test_it_is_killed_half_way(stage: Stage) -> None:
    it_is_killed_half_way(stage, *API)


def test_what_is_to_be_built_is_told_and_stops(stage: Stage) -> None:
    example = stage.folder / "c360"
    shutil.copytree(ROOT / "examples/customer-360", example)
    shown = stage.run("deploy-bundle", "c360", "--var", "warehouse_id=w,cluster_policy_id=p")
    assert shown.code == USAGE, "the cluster that the other variable looks up is not there"
    assert "customer-analytics" in shown.said
    named = ("--var", "warehouse_id=w,cluster_policy_id=p,analytics_cluster_id=c")
    shown = stage.run("deploy-bundle", "c360", "--engine", "api", *named)
    assert "another-workspace" in [rule for rule, _ in shown.findings]
    said = [message for rule, message in shown.findings if rule == "not-deployable-here"]
    assert any("../dist/*.whl" in message for message in said), shown
    ran = stage.run("deploy-bundle", "c360", "--engine", "api", *named, "--apply", "--approve", shown.sha[:12])
    assert "nothing was applied" in ran.notes
    assert not list(client(stage).jobs.list(name="[dev platform_admin] customer-360-nightly"))


def test_a_name_that_somebody_has_stops_until_it_is_taken_over(stage: Stage) -> None:
    taken = client(stage).jobs.create(name=JOB, tasks=job_tasks()).job_id
    shown = stage.run(*API)
    assert [rule for rule, _ in shown.findings] == ["name-is-taken"]
    words = (*API, "--adopt", "nightly")
    ran = stage.applied(*words)
    assert set(ran.standings) == {"verified"}, ran
    assert [job.job_id for job in client(stage).jobs.list(name=JOB)] == [taken]
    back = stage.applied(*words, "--take-back", ran.sha[:12])
    assert set(back.standings) == {"verified"}, back
    left = client(stage).jobs.get(taken or 0).settings
    assert left is not None
    assert [task.task_key for task in left.tasks or []] == ["daily"]


def job_tasks() -> list[Task]:
    return [Task(task_key="daily", notebook_task=NotebookTask(notebook_path="/Shared/retail/ingest"))]


def test_what_the_files_have_no_more_stays_until_it_is_named(stage: Stage) -> None:
    stage.applied(*API)
    (stage.folder / "shop/resources/orders.pipeline.yml").unlink()
    change(
        stage, "resources/nightly.job.yml", "${resources.pipelines.orders.id}", "5f1d7c1e-0000-4000-8000-000000000001"
    )
    shown = stage.run(*API)
    assert [rule for rule, _ in shown.findings] == ["left-behind"]
    assert [row[1] for row in shown.table("Changes") if PIPELINE in row[1]] == []
    ran = stage.applied(*API, "--remove", PIPELINE)
    assert "is-removed" in [rule for rule, _ in ran.findings]
    assert set(ran.standings) == {"verified"}, ran
    assert not list(client(stage).pipelines.list_pipelines(filter=f"name LIKE '{PIPELINE}'"))


def test_another_catalog_of_a_pipeline_stops(stage: Stage) -> None:
    stage.applied(*API)
    words = (*API, "--var", "catalog=ml_platform")
    shown = stage.run(*words)
    assert "pipeline-must-be-made-anew" in [rule for rule, _ in shown.findings]
    assert "nothing was applied" in stage.run(*words, "--apply", "--approve", shown.sha[:12]).notes


def test_production_is_deployed_from_committed_files_with_permissions_of_the_target(stage: Stage) -> None:
    shown = stage.run(*API, "-t", "prod")
    assert ("not-as-committed", "the files are in no git repository, so nobody could say later what was deployed") in (
        shown.findings
    )
    assert any(rule == "another-workspace" for rule, _ in shown.findings)
    ran = stage.run(*API, "-t", "prod", "--fail-on", "never", "--apply", "--approve", shown.sha[:12])
    assert set(ran.standings) == {"verified"}, ran
    job = next(iter(client(stage).jobs.list(name="shop-nightly")))
    entries = client(stage).permissions.get("jobs", str(job.job_id)).access_control_list or []
    assert "data-analysts" in [entry.group_name for entry in entries]
    assert client(stage).jobs.get(job.job_id or 0).run_as_user_name == "00000000-0000-0000-0000-000000000002"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("deploy-bundle", "nowhere"), "there is no bundle 'nowhere'"),
        (("deploy-bundle", "shop", "-t", "qa"), "has no target 'qa'; it has dev, prod"),
        (("deploy-bundle", "shop", "--var", "color=red"), "is no NAME=VALUE of a variable of the bundle"),
        (("deploy-bundle", "shop", "--engine", "cli"), "there is no program 'databricks'"),
        ((*API, "--apply", "--approve", "0123456789ab"), "of another change set"),
    ],
)
def test_what_cannot_be_asked_for_is_one_sentence(stage: Stage, words: tuple[str, ...], said: str) -> None:
    ran = stage.run(*words)
    assert (ran.code, said in ran.said) == (USAGE, True), ran


def test_a_reference_without_a_value_and_a_path_without_a_file_are_told_with_their_place(stage: Stage) -> None:
    change(stage, "resources/nightly.job.yml", "../src/load.py", "../src/gone.py")
    change(stage, "resources/nightly.job.yml", "catalog: ${var.catalog}", "catalog: ${bundle.git.commit}")
    said = [message for rule, message in stage.run(*API).findings if rule == "reference-without-value"]
    assert any("../src/gone.py (resources/nightly.job.yml:" in message for message in said), said
    assert any("${bundle.git.commit} (resources/nightly.job.yml:" in message for message in said), said


def test_a_refused_answer_of_the_workspace_is_a_sentence(stage: Stage) -> None:
    ran = stage.run(*API, env={"DATABRICKS_TOKEN": "wrong"})
    assert ran.code in {USAGE, INCOMPLETE}, ran
    assert "credentials" in ran.said
