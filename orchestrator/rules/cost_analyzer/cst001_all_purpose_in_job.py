"""A production job runs on an all-purpose cluster.

What: a task with `existing_cluster_id` in a job that starts by itself or belongs to a target called production; the
same for a job that Python creates with a schedule, and for Airflow's Databricks operators.

Why: an all-purpose cluster costs two to four times as much per unit as the same machines for jobs, and it stays up
between runs. The job also shares memory, libraries and restarts with everyone who works on that cluster: a notebook
that somebody runs at night can make it fail.

Silent when: the target is for development or deploys its schedules paused and is not production; the job or the DAG is
started by hand; the cluster is a value of the run; the bundle or file is a demo or a test, or the DAG calls itself an
example. A job is reported once, whatever the number of its tasks.

Source: Databricks documentation, compute for jobs; Databricks price list, jobs and all-purpose compute.

Bad::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          schedule:
            quartz_cron_expression: 0 0 4 * * ?
            timezone_id: UTC
          tasks:
            - task_key: load
              existing_cluster_id: 0923-164208-meows279
              notebook_task:
                notebook_path: /Workspace/Shared/load

Bad: the cluster is looked up, the job belongs to production::

    # file: databricks.yml
    bundle:
      name: orders
    variables:
      cluster_id:
        lookup: {cluster: analysts}
    resources:
      jobs:
        load:
          tasks:
            - task_key: load
              existing_cluster_id: ${var.cluster_id}
            - task_key: publish
              existing_cluster_id: ${var.cluster_id}
    targets:
      prod:
        mode: production
      prod_eu:
        mode: production

Bad: with the SDK::

    # file: src/deploy.py
    w.jobs.create(
        name="load",
        schedule=jobs.CronSchedule(quartz_cron_expression="0 0 4 * * ?", timezone_id="UTC"),
        tasks=[jobs.Task(task_key="load", existing_cluster_id=cluster_id, notebook_task=load)],
    )

Bad: from Airflow::

    # file: dags/orders.py
    load = DatabricksSubmitRunOperator(task_id="load", existing_cluster_id="0923-164208-meows279", notebook_task=load)

Good::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          schedule:
            quartz_cron_expression: 0 0 4 * * ?
            timezone_id: UTC
          job_clusters:
            - job_cluster_key: etl
              new_cluster: {spark_version: 17.3.x-scala2.13, num_workers: 2}
          tasks:
            - task_key: load
              job_cluster_key: etl
    targets:
      dev:
        mode: development
        resources:
          jobs:
            load:
              tasks:
                - task_key: load
                  existing_cluster_id: 0923-164208-meows279
      prod:
        mode: production

Good: started by hand, in no production::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        explore:
          tasks:
            - task_key: explore
              existing_cluster_id: 0923-164208-meows279
        paused:
          schedule:
            quartz_cron_expression: 0 0 4 * * ?
            timezone_id: UTC
            pause_status: PAUSED
          tasks:
            - task_key: load
              existing_cluster_id: 0923-164208-meows279
    targets:
      staging:
        workspace:
          host: https://orders.cloud.databricks.com

Good: a demo for people at the screen::

    # file: examples/quickstart/databricks.yml
    bundle:
      name: quickstart
    resources:
      jobs:
        show:
          schedule:
            quartz_cron_expression: 0 0 4 * * ?
            timezone_id: UTC
          tasks:
            - task_key: show
              existing_cluster_id: 0923-164208-meows279

Bad: from Airflow, inside the request::

    # file: dags/orders.py
    request = {"existing_cluster_id": "{{ var.value.cluster_id }}", "notebook_task": {"notebook_path": "/Shared/load"}}
    load = DatabricksSubmitRunOperator(task_id="load", json=request)

Good: a DAG that people start::

    # file: dags/orders.py
    with DAG(dag_id="orders", schedule=None) as dag:
        load = DatabricksSubmitRunOperator(task_id="load", existing_cluster_id="0923-164208-meows279")

Good: a DAG that shows how it is done::

    from airflow import DAG
    from airflow.providers.databricks.operators.databricks import DatabricksNotebookOperator

    with DAG(dag_id="example_orders", schedule="@daily") as dag:
        DatabricksNotebookOperator(task_id="load", existing_cluster_id="0923-164208-meows279", notebook_path="/load")

Good: a cluster of the run itself, and requests with a cluster of their own::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          continuous: {}
          tasks:
            - task_key: load
              existing_cluster_id: "{{tasks.start.values.cluster_id}}"
    # file: tests/test_dag.py
    load = DatabricksSubmitRunOperator(task_id="load", existing_cluster_id="0923-164208-meows279")
    # file: dags/orders.py
    load = DatabricksSubmitRunOperator(task_id="load", json={"new_cluster": cluster, "comment": "existing_cluster_id"})

Good: without a schedule, or on a cluster of its own::

    # file: src/deploy.py
    w.jobs.create(name="load", tasks=[jobs.Task(task_key="load", existing_cluster_id=cluster_id, notebook_task=load)])
    load = DatabricksSubmitRunOperator(task_id="load", new_cluster=cluster, notebook_task=load)
    other = DatabricksSubmitRunOperator(task_id="other", existing_cluster_id=None, new_cluster=cluster)
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.python import as_call
from orchestrator.code.roles import role_of
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle, Job, Target
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import Call, PythonFile

RULE = Rule(
    id="CST001",
    name="all-purpose-in-job",
    severity=Severity.HIGH,
    default=True,
    references=("https://docs.databricks.com/aws/en/jobs/compute",),
)
_OPERATORS = ("DatabricksSubmitRunOperator", "DatabricksNotebookOperator", "DatabricksTaskOperator")
_EXAMPLE = re.compile(r"(?:\A|[_\-.])(?:examples?|demo|tutorial|sample)(?:\Z|[_\-.])", re.IGNORECASE)
_STARTS = frozenset({"schedule", "trigger", "continuous"})


@RULE.on_bundle
def check_bundle(bundle: Bundle, _facts: Facts) -> Iterator[Hit]:
    """Each job that runs unattended on all-purpose compute, once for all targets."""
    if not role_of(bundle.path).is_serious:
        return
    seen = set()
    for target in bundle.targets:
        for job in target.jobs if not target.is_development else ():
            tasks = [
                task for task in job.all_tasks if task.existing_cluster_id and "{{" not in task.existing_cluster_id
            ]
            why = _unattended(job, target)
            if not tasks or why is None:
                continue
            place = tasks[0].key_location("existing_cluster_id")
            if place not in seen:
                seen.add(place)
                others = f" and {len(tasks) - 1} more" if len(tasks) > 1 else ""
                yield Hit(
                    location=place,
                    message=f"job `{job.key}` {why} and runs `{tasks[0].key}`{others} on an all-purpose cluster; give "
                    "it a job cluster or serverless compute",
                    symbol=job.key,
                )


def _unattended(job: Job, target: Target) -> str | None:
    if job.is_scheduled and not target.triggers_paused:
        return "starts by itself"
    return f"belongs to `{target.name}`" if target.is_named_production and not target.is_development else None


@RULE.on_python
def check_python(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Tasks of scheduled jobs that the SDK creates, and Airflow's operators."""
    if "existing_cluster_id" not in file.source.text or not facts.role(file.path).is_serious:
        return
    left_out = _is_started_by_hand(file) or _is_example(file)
    for call in file.calls_named("Task", *_OPERATORS):
        cluster = _cluster(file, call)
        if cluster is None or (isinstance(cluster, ast.Constant) and not cluster.value):
            continue
        if _is_scheduled(file, call) if call.name == "Task" else not left_out:
            what = "task of a scheduled job" if call.name == "Task" else "Airflow task"
            yield Hit(
                location=file.location(cluster),
                message=f"this {what} runs on an all-purpose cluster; give it a `new_cluster` or a job cluster",
            )


def _cluster(file: PythonFile, call: Call) -> ast.expr | None:
    """The cluster that a task names, as an argument or inside an operator's `json`."""
    request = call.argument(-1, "json")
    settings = file.value_of(request) if request is not None else None
    if not isinstance(settings, ast.Dict):
        return call.argument(-1, "existing_cluster_id")
    named = zip(settings.keys, settings.values, strict=True)
    return next(
        (value for key, value in named if isinstance(key, ast.Constant) and key.value == "existing_cluster_id"), None
    )


def _is_started_by_hand(file: PythonFile) -> bool:
    """Whether the file's DAG says that it has no schedule."""
    given = (keyword for call in file.calls_named("DAG", "dag") for keyword in call.node.keywords)
    return any(
        keyword.arg in {"schedule", "schedule_interval"}
        and isinstance(keyword.value, ast.Constant)
        and keyword.value.value is None
        for keyword in given
    )


def _is_example(file: PythonFile) -> bool:
    """Whether the file's DAG calls itself an example."""
    names = (file.string(call.argument(0, "dag_id")) or "" for call in file.calls_named("DAG", "dag"))
    return any(_EXAMPLE.search(name) for name in names)


def _is_scheduled(file: PythonFile, task: Call) -> bool:
    """Whether the task stands inside a `jobs.create` that also says when the job starts."""
    calls = (as_call(parent) for parent in file.ancestors(task.node))
    creating = next((call for call in calls if call is not None and call.name in {"create", "reset"}), None)
    return creating is not None and any(given.arg in _STARTS for given in creating.node.keywords)
