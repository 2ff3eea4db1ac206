"""The server databricks-workspace as a client sees it, against a workspace that runs things."""

from __future__ import annotations

import json
from typing import Any

import pytest

from orchestrator.toolbox.options import ServerOptions
from orchestrator.workspace.sandbox import Fault, Sandbox, Trouble
from tests.tools.governed import ANALYST, SECRET, WAREHOUSE, answered, refused, served
from tests.tools.running import CLUSTER, FOREVER, JOB, NOTEBOOK, PIPELINE

NAME = "databricks_workspace"
JOBS = "/api/2.2/jobs/list"
pytestmark = [pytest.mark.anyio, pytest.mark.enable_socket]


async def called(sandbox: Sandbox, tool: str, **arguments: object) -> dict[str, Any]:
    async with served(NAME, sandbox) as client:
        return answered(await client.call_tool(tool, arguments))


async def said(sandbox: Sandbox, tool: str, token: str | None = None, **arguments: object) -> str:
    async with served(NAME, sandbox, token=token) as client:
        return refused(await client.call_tool(tool, arguments))


async def test_jobs_are_listed_with_how_they_start_and_found_by_their_whole_name(workspace: Sandbox) -> None:
    every = await called(workspace, "list_jobs")
    one = await called(workspace, "list_jobs", name="NIGHTLY")
    assert [(item["job_id"], item["name"], item["paused"]) for item in every["items"]] == [
        (JOB, "nightly", True),
        (102, "hourly orders", False),
    ]
    assert [(item["starts"], item["tags"]) for item in one["items"]] == [("cron 0 0 5 * * ? UTC", {"team": "sales"})]


async def test_a_job_tells_its_tasks_their_order_and_where_each_runs(workspace: Sandbox) -> None:
    job = await called(workspace, "get_job", job_id=JOB)
    tasks = [(item["key"], item["kind"], item["source"], item["depends_on"], item["compute"]) for item in job["tasks"]]
    assert tasks == [
        ("load", "notebook", NOTEBOOK, [], "job cluster main"),
        ("check", "sql", "/checks.sql", ["load"], f"warehouse {WAREHOUSE}"),
    ]
    assert job["notified_on_failure"] == ["oncall@example.com"]
    assert job["parameters"] == {"day": "today"}
    assert [(item["key"], item["workers"]) for item in job["clusters"]] == [("main", "2")]


async def test_runs_come_newest_first_and_a_cursor_gives_the_rest_once(workspace: Sandbox) -> None:
    async with served(NAME, workspace) as client:
        first = answered(await client.call_tool("get_job_runs", {"job_id": JOB, "limit": 4}))
        arguments = {"job_id": JOB, "limit": 4, "cursor": first["next_cursor"]}
        rest = answered(await client.call_tool("get_job_runs", arguments))
    runs = first["items"] + rest["items"]
    assert [item["ending"] for item in runs] == ["failed", "failed", *["succeeded"] * 4]
    assert len({item["run_id"] for item in runs}) == 6
    assert [item["started"] for item in runs] == sorted((item["started"] for item in runs), reverse=True)
    assert rest["next_cursor"] is None
    assert runs[0]["seconds"] == 720


async def test_the_output_of_a_failed_run_is_that_of_its_tasks_without_the_credential(workspace: Sandbox) -> None:
    runs = await called(workspace, "get_job_runs", job_id=JOB, limit=1)
    found = await called(workspace, "get_run_output", run_id=runs["items"][0]["run_id"])
    load = found["outputs"][0]
    assert (load["key"], load["ending"]) == ("load", "failed")
    assert "no such column" in load["error"]
    assert SECRET not in json.dumps(found)
    assert found["run"]["ending"] == "failed"


async def test_a_long_output_is_cut_and_says_so(workspace: Sandbox) -> None:
    runs = await called(workspace, "get_job_runs", job_id=JOB, limit=1)
    found = await called(workspace, "get_run_output", run_id=runs["items"][0]["run_id"], max_characters=100)
    texts = [output[name] or "" for output in found["outputs"] for name in ("error", "error_trace", "logs", "result")]
    assert max(len(text) for text in texts) < 150


async def test_the_status_of_jobs_puts_the_failing_one_first_with_its_streak(workspace: Sandbox) -> None:
    found = await called(workspace, "job_status_summary", days=7)
    assert (found["runs"], found["succeeded"], found["failed"]) == (9, 7, 2)
    worst = found["jobs"][0]
    assert (worst["job_id"], worst["failing_streak"], worst["success_rate"]) == (JOB, 2, pytest.approx(4 / 6))
    assert (worst["median_seconds"], worst["last_ending"]) == (720, "failed")
    cut = await called(workspace, "job_status_summary", days=7, max_runs=3)
    assert (cut["runs"], cut["more"]) == (3, True)


async def test_clusters_tell_when_they_end_and_never_what_their_environment_holds(workspace: Sandbox) -> None:
    listed = await called(workspace, "list_clusters")
    assert {item["cluster_id"]: item["workers"] for item in listed["items"]} == {FOREVER: "4", CLUSTER: "2 to 8"}
    found = await called(workspace, "get_cluster", cluster_id=FOREVER)
    assert (found["state"], found["autotermination_minutes"], found["environment"]) == ("RUNNING", 0, ["API_KEY"])
    assert "not-to-be-seen" not in json.dumps(found)
    assert "abc123abc" not in json.dumps(found)
    assert found["spark_conf"]["spark.sql.shuffle.partitions"] == "64"


async def test_costs_are_usage_times_list_price_and_name_what_has_no_price(workspace: Sandbox) -> None:
    found = await called(workspace, "cluster_cost_analysis", days=30)
    costs = {item["cluster_id"]: (item["dbu"], item["list_cost"], item["days_used"]) for item in found["clusters"]}
    assert costs == {FOREVER: (300, 165, 30), CLUSTER: (40, None, 10)}
    assert (found["dbu"], found["list_cost"], found["currency"], found["unpriced_dbu"]) == (340, 165, "USD", 40)
    assert found["clusters"][0]["autotermination_minutes"] == 0
    assert any("cloud provider" in text for text in found["not_known"])


async def test_the_cost_of_one_cluster_is_of_that_cluster_alone(workspace: Sandbox) -> None:
    found = await called(workspace, "cluster_cost_analysis", cluster_id=CLUSTER, days=30)
    assert [item["cluster_id"] for item in found["clusters"]] == [CLUSTER]
    other = await called(workspace, "cluster_cost_analysis", cluster_id="' OR 1=1 --", days=30)
    assert other["clusters"] == []


async def test_warehouses_are_read_without_how_to_connect(workspace: Sandbox) -> None:
    listed = await called(workspace, "list_warehouses")
    found = await called(workspace, "get_warehouse", warehouse_id=WAREHOUSE)
    assert listed["items"] == [found]
    assert (found["name"], found["auto_stop_minutes"], found["state"]) == ("reports", 0, "RUNNING")
    assert "jdbc" not in json.dumps(found)


async def test_a_pipeline_tells_its_failed_update_and_the_errors_of_its_log(workspace: Sandbox) -> None:
    listed = await called(workspace, "list_pipelines", name="ORDERS")
    assert [item["pipeline_id"] for item in listed["items"]] == [PIPELINE]
    assert (await called(workspace, "list_pipelines", name="nothing"))["items"] == []
    found = await called(workspace, "get_pipeline", pipeline_id=PIPELINE)
    assert found["updates"][0].startswith("FAILED ")
    assert [item["message"] for item in found["notices"]] == ["flow daily failed"]
    assert (found["continuous"], found["schema_name"]) == (True, "sales")


async def test_notebooks_are_listed_in_one_folder_or_below_it(workspace: Sandbox) -> None:
    flat = await called(workspace, "list_notebooks", path="/Shared/etl")
    deep = await called(workspace, "list_notebooks", path="/Shared", recursive=True)
    assert {item["path"] for item in flat["items"]} == {NOTEBOOK, "/Shared/etl/sub"}
    assert {item["path"] for item in deep["items"] if item["kind"] == "notebook"} == {NOTEBOOK, "/Shared/etl/sub/clean"}


async def test_a_notebook_is_exported_in_parts_and_without_its_credential(workspace: Sandbox) -> None:
    whole = await called(workspace, "export_notebook", path=NOTEBOOK)
    assert "spark.table('main.sales.orders')" in whole["text"]
    assert SECRET not in whole["text"]
    part = await called(workspace, "export_notebook", path=NOTEBOOK, offset=5, max_characters=100)
    assert (part["offset"], part["text"]) == (5, whole["text"][5:105])
    inside = [
        (await called(workspace, "export_notebook", path=NOTEBOOK, offset=offset, max_characters=100))["text"]
        for offset in range(0, len(whole["text"]), 10)
    ]
    assert not any(SECRET[start : start + 12] in text for text in inside for start in range(8, len(SECRET) - 12))


@pytest.mark.parametrize("identifier", ["../../2.0/token/list", "a?b", "a#b", "%2e%2e"])
async def test_an_id_cannot_lead_to_another_address(workspace: Sandbox, identifier: str) -> None:
    before = len(workspace.calls)
    await said(workspace, "get_warehouse", warehouse_id=identifier)
    await said(workspace, "get_pipeline", pipeline_id=identifier)
    assert workspace.calls[before:] == ()


async def test_behind_the_end_of_a_notebook_is_nothing(workspace: Sandbox) -> None:
    assert "behind its end" in await said(workspace, "export_notebook", path=NOTEBOOK, offset=9_999)


async def test_dbfs_tells_files_with_their_size(workspace: Sandbox) -> None:
    found = await called(workspace, "list_dbfs", path="/landing")
    assert [(item["path"], item["directory"], item["size"]) for item in found["items"]] == [
        ("/landing/2026", True, 0),
        ("/landing/orders.csv", False, 2048),
    ]


async def test_a_search_finds_every_kind_of_thing_by_a_part_of_its_name(workspace: Sandbox) -> None:
    kinds = ["notebook", "job", "pipeline", "cluster", "warehouse"]
    found = await called(workspace, "workspace_search", text="ORDERS", kinds=kinds)
    assert {(item["kind"], item["name"]) for item in found["items"]} == {
        ("notebook", NOTEBOOK),
        ("job", "hourly orders"),
        ("pipeline", "orders-pipeline"),
    }
    cut = await called(workspace, "workspace_search", text="ORDERS", limit=1)
    assert (len(cut["items"]), cut["more"]) == (1, True)


async def test_a_search_goes_on_without_the_kind_that_is_refused(faulty: Sandbox) -> None:
    faulty.fault(Fault(kind=Trouble.DENIED, path=JOBS, count=0))
    found = await called(faulty, "workspace_search", text="orders")
    assert {item["kind"] for item in found["items"]} == {"notebook", "pipeline"}
    assert "cannot search the jobs" in found["unread"][0]


async def test_what_is_not_there_is_named_and_not_a_fault(workspace: Sandbox) -> None:
    for tool, arguments in (
        ("get_job", {"job_id": 999}),
        ("get_run_output", {"run_id": 999}),
        ("get_cluster", {"cluster_id": "none"}),
        ("get_warehouse", {"warehouse_id": "none"}),
        ("get_pipeline", {"pipeline_id": "none"}),
        ("export_notebook", {"path": "/none"}),
        ("list_notebooks", {"path": "/none"}),
        ("list_dbfs", {"path": "/none"}),
    ):
        assert "cannot " in await said(workspace, tool, **arguments), tool


async def test_bad_arguments_name_the_bound(workspace: Sandbox) -> None:
    assert "greater than or equal to 1" in await said(workspace, "get_job", job_id=0)
    assert "less than or equal to 1000" in await said(workspace, "list_jobs", limit=5_000)
    assert "match pattern" in await said(workspace, "list_notebooks", path="relative")


async def test_a_refusal_names_the_privilege(faulty: Sandbox) -> None:
    faulty.fault(Fault(kind=Trouble.DENIED, path="/api/2.2/jobs/get"))
    text = await said(faulty, "get_job", job_id=JOB)
    assert "permission denied; it needs CAN VIEW" in text


async def test_wrong_credentials_ask_to_sign_in_and_are_not_repeated(workspace: Sandbox) -> None:
    text = await said(workspace, "list_jobs", token="not-a-token-of-it")
    assert "sign in again" in text
    assert "not-a-token-of-it" not in text


async def test_billing_that_somebody_may_not_read_is_refused_in_a_sentence(workspace: Sandbox) -> None:
    text = await said(workspace, "cluster_cost_analysis", token=workspace.token_for(ANALYST))
    assert "cannot read the usage of clusters" in text
    assert "Traceback" not in text


async def test_a_rate_limit_is_waited_for(faulty: Sandbox) -> None:
    faulty.fault(Fault(kind=Trouble.RATE_LIMIT, path=JOBS, count=1, retry_after=0))
    assert len((await called(faulty, "list_jobs"))["items"]) == 2


async def test_a_workspace_that_hangs_ends_at_the_deadline(faulty: Sandbox) -> None:
    faulty.fault(Fault(kind=Trouble.HANG, path="/api/2.1/clusters/*"))
    options = ServerOptions(deadline_seconds=0.5, answer_seconds=0.2)
    async with served(NAME, faulty, options=options) as client:
        text = refused(await client.call_tool("list_clusters", {}))
    assert "did not end within 0.5 s" in text or "did not answer in time" in text


async def test_a_truncated_answer_is_an_error_and_no_half_result(faulty: Sandbox) -> None:
    faulty.fault(Fault(kind=Trouble.TRUNCATED, path=JOBS, count=0))
    options = ServerOptions(deadline_seconds=2, answer_seconds=1)
    async with served(NAME, faulty, options=options) as client:
        text = refused(await client.call_tool("list_jobs", {}))
    assert "list_jobs" in text or "cannot list jobs" in text
