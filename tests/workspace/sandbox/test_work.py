"""Jobs, pipelines, workspace files and views that calls make: what is there afterwards, and what is refused."""

from __future__ import annotations

import base64

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import BadRequest, InvalidParameterValue, NotFound, ResourceConflict
from databricks.sdk.errors.base import DatabricksError
from databricks.sdk.service.jobs import JobSettings, NotebookTask, RunResultState, SparkPythonTask, Task, TaskDependency
from databricks.sdk.service.workspace import ExportFormat, ImportFormat, ObjectType

from tests.workspace.sandbox.asking import ran, refused, rows

pytestmark = pytest.mark.enable_socket
LOAD = Task(task_key="load", notebook_task=NotebookTask(notebook_path="/Shared/retail/ingest"))


def text(content: str) -> str:
    return base64.b64encode(content.encode()).decode()


def started(client: WorkspaceClient, job: int, token: str | None = None) -> int:
    return int(str(client.jobs.run_now(job, idempotency_token=token).bind()["run_id"]))


def test_a_job_is_made_changed_and_deleted(admin: WorkspaceClient) -> None:
    job = admin.jobs.create(name="mine", tasks=[LOAD], max_concurrent_runs=3).job_id or 0
    assert [each.job_id for each in admin.jobs.list(name="mine")] == [job]
    admin.jobs.update(job, new_settings=JobSettings(name="other"), fields_to_remove=["max_concurrent_runs"])
    settings = admin.jobs.get(job).settings
    assert settings is not None
    assert (settings.name, settings.max_concurrent_runs) == ("other", None)
    admin.jobs.delete(job)
    with pytest.raises((NotFound, InvalidParameterValue)):
        admin.jobs.get(job)


def test_a_job_whose_tasks_do_not_fit_is_refused(admin: WorkspaceClient) -> None:
    with pytest.raises(BadRequest, match="at least one task"):
        admin.jobs.create(name="empty")
    with pytest.raises(BadRequest, match="must be unique"):
        admin.jobs.create(name="twice", tasks=[LOAD, LOAD])
    with pytest.raises(BadRequest, match="depends on absent, which does not exist"):
        admin.jobs.create(name="torn", tasks=[Task(task_key="a", depends_on=[TaskDependency(task_key="absent")])])


def test_a_run_fails_where_its_file_is_not_there_and_is_started_once_for_a_token(admin: WorkspaceClient) -> None:
    gone = Task(task_key="gone", spark_python_task=SparkPythonTask(python_file="/Shared/absent.py"))
    job = admin.jobs.create(name="mine", tasks=[LOAD, gone]).job_id or 0
    first = started(admin, job, "once")
    assert started(admin, job, "once") == first
    assert [run.run_id for run in admin.jobs.list_runs(job_id=job)] == [first]
    run = admin.jobs.get_run(first)
    results = {task.task_key: task.state.result_state if task.state else None for task in run.tasks or []}
    assert results == {"load": RunResultState.SUCCESS, "gone": RunResultState.FAILED}
    second = started(admin, job)
    assert [run.run_id for run in admin.jobs.list_runs(job_id=job)] == [second, first], "the newest first"


def test_permissions_of_a_new_job_belong_to_whoever_made_it(admin: WorkspaceClient) -> None:
    job = admin.jobs.create(name="mine", tasks=[LOAD]).job_id
    entries = admin.permissions.get("jobs", str(job)).access_control_list or []
    assert entries[0].user_name == admin.current_user.me().user_name


def test_a_pipeline_is_made_once_and_keeps_its_catalog(admin: WorkspaceClient) -> None:
    made = admin.pipelines.create(name="mine", catalog="retail_prod", schema="gold", tags={"a": "b"}).pipeline_id or ""
    with pytest.raises(ResourceConflict):
        admin.pipelines.create(name="mine", catalog="retail_prod")
    with pytest.raises(BadRequest, match="Modifying the catalog"):
        admin.pipelines.update(made, name="mine", catalog="ml_platform")
    admin.pipelines.update(made, name="mine", catalog="retail_prod", schema="silver")
    spec = admin.pipelines.get(made).spec
    assert spec is not None
    assert (spec.schema, spec.tags) == ("silver", None), "settings are put in place of all others"
    admin.pipelines.delete(made)
    with pytest.raises(NotFound):
        admin.pipelines.get(made)


def test_a_notebook_loses_its_ending_and_a_file_keeps_it(admin: WorkspaceClient) -> None:
    admin.workspace.mkdirs("/Workspace/Shared/new/deep")
    notebook = "# Databricks notebook source\nprint(1)\n"
    admin.workspace.import_("/Shared/new/one.py", content=text(notebook), format=ImportFormat.AUTO)
    admin.workspace.import_("/Shared/new/two.py", content=text("x = 1\n"), format=ImportFormat.AUTO)
    kinds = {each.path: each.object_type for each in admin.workspace.list("/Workspace/Shared/new")}
    assert kinds == {
        "/Shared/new/deep": ObjectType.DIRECTORY,
        "/Shared/new/one": ObjectType.NOTEBOOK,
        "/Shared/new/two.py": ObjectType.FILE,
    }
    content = admin.workspace.export("/Shared/new/two.py", format=ExportFormat.AUTO).content or ""
    assert base64.b64decode(content) == b"x = 1\n"
    source = admin.workspace.export("/Shared/new/one", format=ExportFormat.SOURCE).content or ""
    assert base64.b64decode(source).decode() == notebook


def test_what_stands_in_the_way_of_an_import_or_a_deletion_is_said(admin: WorkspaceClient) -> None:
    with pytest.raises(NotFound, match="parent folder"):
        admin.workspace.import_("/Shared/absent/a.txt", content=text("a"), format=ImportFormat.AUTO)
    admin.workspace.import_("/Shared/a.txt", content=text("a"), format=ImportFormat.AUTO)
    with pytest.raises(DatabricksError, match="already exists"):
        admin.workspace.import_("/Shared/a.txt", content=text("b"), format=ImportFormat.AUTO)
    admin.workspace.import_("/Shared/a.txt", content=text("b"), format=ImportFormat.AUTO, overwrite=True)
    with pytest.raises(DatabricksError, match="not empty"):
        admin.workspace.delete("/Shared")
    with pytest.raises(DatabricksError, match="no folder"):
        admin.workspace.mkdirs("/Shared/a.txt/b")
    admin.workspace.delete("/Shared/a.txt")
    with pytest.raises(NotFound):
        admin.workspace.get_status("/Shared/a.txt")


def test_a_view_has_the_types_of_the_table_behind_it(admin: WorkspaceClient) -> None:
    made = (
        "CREATE VIEW retail_prod.gold.mine (shop COMMENT 'the shop\\'s number', revenue) COMMENT 'mine' "
        "AS SELECT store_id, revenue FROM retail_prod.gold.store_kpis"
    )
    assert rows(admin, made) == []
    view = admin.tables.get("retail_prod.gold.mine")
    assert [(each.name, each.type_text) for each in view.columns or []] == [
        ("shop", "bigint"),
        ("revenue", "decimal(14,2)"),
    ]
    assert (view.view_definition or "").startswith("SELECT store_id")
    assert rows(admin, "SELECT count(*) FROM retail_prod.gold.mine") == [["0"]]
    ran(admin, "DROP VIEW retail_prod.gold.mine")
    ran(admin, "DROP VIEW IF EXISTS retail_prod.gold.mine")
    assert not admin.tables.exists("retail_prod.gold.mine").table_exists


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("CREATE VIEW retail_prod.gold.v AS SELECT count(*) FROM retail_prod.gold.store_kpis", "one table"),
        ("CREATE VIEW retail_prod.gold.v (a, b) AS SELECT store_id FROM retail_prod.gold.store_kpis", "another number"),
        ("CREATE VIEW retail_prod.gold.v AS SELECT absent FROM retail_prod.gold.store_kpis", "absent"),
        (
            "CREATE OR REPLACE VIEW retail_prod.gold.daily_sales AS SELECT week FROM retail_prod.gold.store_kpis",
            "exists",
        ),
        ("DROP VIEW retail_prod.gold.daily_sales", "no view"),
    ],
)
def test_a_view_that_cannot_be_is_refused(client: WorkspaceClient, statement: str, said: str) -> None:
    assert said in str(refused(client, statement))
