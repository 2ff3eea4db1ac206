"""Jobs, tasks, pipelines and compute as a target deploys them, and which file runs where."""

from __future__ import annotations

import pytest

from orchestrator.code.bundle import Bundle, ComputeContext, Job, Runtime, Task, load_bundles, parse_runtime
from orchestrator.code.source import SourceFile


def bundle(files: dict[str, str], *on_disk: str) -> Bundle:
    sources = {path: SourceFile(path=path, text=text, digest="") for path, text in files.items()}
    bundles, ledger = load_bundles(sources, {*files, *on_disk})
    assert ledger == ()
    return bundles[0]


def job(body: str, *on_disk: str) -> Job:
    indented = "\n".join(f"      {line}" for line in body.strip("\n").splitlines())
    return bundle({"databricks.yml": f"resources:\n  jobs:\n    j:\n{indented}\n"}, *on_disk).targets[0].jobs[0]


def task(body: str, *on_disk: str) -> Task:
    return job(f"tasks:\n  - {{task_key: t, {body}}}\n", *on_disk).tasks[0]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("notebook_task: {notebook_path: a.py}", "notebook"),
        ("spark_python_task: {python_file: a.py}", "python_file"),
        ("python_wheel_task: {package_name: p, entry_point: main}", "python_wheel"),
        ("sql_task: {file: {path: a.sql}, warehouse_id: w}", "sql_file"),
        ("sql_task: {query: {query_id: q}, warehouse_id: w}", "sql"),
        ("pipeline_task: {pipeline_id: p}", "pipeline"),
        ("dbt_task: {commands: [dbt run]}", "dbt"),
        ("run_job_task: {job_id: 1}", "run_job"),
        ("condition_task: {op: EQUAL_TO, left: a, right: b}", "condition"),
        ("spark_jar_task: {main_class_name: M}", "jar"),
        ("future_task: {}", "other"),
        ("notes: nothing", "unknown"),
    ],
)
def test_kind_of_a_task_is_that_of_its_body(body: str, kind: str) -> None:
    assert task(body).kind == kind


@pytest.mark.parametrize(
    ("path", "found", "missing"),
    [
        ("src/a.py", "src/a.py", False),
        ("./src/../src/a", "src/a.py", False),
        ("src/q", "src/q.sql", False),
        ("src/gone.py", None, True),
        ("../outside.py", None, False),
        ("/Workspace/Shared/a", None, False),
        ("${var.folder}/a.py", None, False),
        ("'${workspace.file_path}/src/a.py'", "src/a.py", False),
        ("'${workspace.file_path}/src/gone.py'", None, False),
    ],
)
def test_path_of_a_notebook_leads_to_the_file_on_disk(path: str, found: str | None, *, missing: bool) -> None:
    quoted = path if path.startswith("'") else f"'{path}'"
    code = task(f"notebook_task: {{notebook_path: {quoted}}}", "src/a.py", "src/q.sql").code
    assert code is not None
    assert (code.path, code.missing) == (found, missing)


def test_path_is_relative_to_the_file_that_writes_it() -> None:
    files = {
        "databricks.yml": "include: [jobs/*.yml]\ntargets: {prod: {resources: {jobs: {j: {tasks: [\n"
        "{task_key: b, notebook_task: {notebook_path: src/b.py}}]}}}}}\n",
        "jobs/j.yml": "resources: {jobs: {j: {tasks: [{task_key: a, notebook_task: {notebook_path: ../src/a.py}}]}}}\n",
    }
    tasks = bundle(files, "src/a.py", "src/b.py").targets[0].jobs[0].tasks
    assert [each.path for each in tasks] == ["src/a.py", "src/b.py"]


def test_task_from_git_is_looked_for_from_the_project_s_root_and_never_missing() -> None:
    files = {
        "b/databricks.yml": "resources: {jobs: {j: {git_source: {git_url: u}, tasks: [\n"
        "{task_key: a, notebook_task: {notebook_path: src/a}},\n"
        "{task_key: b, notebook_task: {notebook_path: src/gone}}]}}}\n"
    }
    codes = [each.code for each in bundle(files, "src/a.py").targets[0].jobs[0].tasks]
    assert [(code.path, code.missing) for code in codes if code] == [("src/a.py", False), (None, False)]


COMPUTE = """
job_clusters:
  - job_cluster_key: main
    new_cluster:
      spark_version: 15.4.x-cpu-ml-scala2.12
      data_security_mode: SINGLE_USER
      autoscale: {min_workers: 1, max_workers: 4}
environments:
  - environment_key: env
    spec: {client: "2", dependencies: [mlflow==3.1.0]}
tasks:
  - {task_key: shared, job_cluster_key: main, notebook_task: {notebook_path: a.py}}
  - {task_key: undefined, job_cluster_key: gone, notebook_task: {notebook_path: a.py}}
  - {task_key: own, new_cluster: {num_workers: 0, spark_version: auto:latest}, notebook_task: {notebook_path: a.py}}
  - {task_key: old, existing_cluster_id: 1-2-x, notebook_task: {notebook_path: a.py}}
  - {task_key: env, environment_key: env, spark_python_task: {python_file: a.py}}
  - {task_key: plain, notebook_task: {notebook_path: a.py}}
  - {task_key: warehouse, notebook_task: {notebook_path: a.sql, warehouse_id: w}}
  - {task_key: sql, sql_task: {file: {path: a.sql}}}
  - {task_key: pipe, pipeline_task: {pipeline_id: p}}
  - {task_key: call, run_job_task: {job_id: 1}}
"""


def test_compute_of_each_task_is_what_its_keys_lead_to() -> None:
    kinds = {each.key: each.compute.kind for each in job(COMPUTE).tasks}
    assert kinds == {
        "shared": "job_cluster",
        "undefined": "job_cluster",
        "own": "job_cluster",
        "old": "all_purpose",
        "env": "serverless",
        "plain": "serverless",
        "warehouse": "warehouse",
        "sql": "warehouse",
        "pipe": "pipeline",
        "call": "unknown",
    }


def test_settings_of_a_job_cluster_and_of_an_environment_are_read() -> None:
    tasks = {each.key: each.compute for each in job(COMPUTE).tasks}
    shared, env = tasks["shared"], tasks["env"]
    assert shared.runtime is not None
    assert (shared.runtime.version, shared.runtime.ml, shared.access_mode) == ("15.4", True, "dedicated")
    assert shared.autoscale is not None
    assert (shared.autoscale.min_workers, shared.autoscale.max_workers) == (1, 4)
    assert shared.runtime_node is not None
    assert shared.runtime_node.start_line == 7
    assert (env.environment_version, [each.text for each in env.dependencies]) == ("2", ["mlflow==3.1.0"])
    assert (tasks["own"].runtime, tasks["own"].num_workers) == (None, 0)


def test_existing_cluster_that_the_bundle_declares_is_known() -> None:
    text = (
        "resources:\n  clusters: {c: {spark_version: 14.3.x-scala2.12, autotermination_minutes: 30}}\n"
        "  jobs: {j: {tasks: [{task_key: t, existing_cluster_id: '${resources.clusters.c.id}'}]}}\n"
    )
    compute = bundle({"databricks.yml": text}).targets[0].jobs[0].tasks[0].compute
    assert (compute.kind, compute.autotermination_minutes, compute.key) == ("all_purpose", 30, "c")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13.3.x-scala2.12", "13.3 2.12"),
        ("15.4.x-gpu-ml-scala2.12", "15.4 2.12 ml gpu"),
        ("16.4.x-photon-scala2.13", "16.4 2.13 photon"),
        ("18.x-scala2.13", "18 2.13"),
        ("custom:custom-local__13.3.x-scala2.12", None),
        ("auto:latest-lts", None),
        ("${var.version}", None),
        ("12", None),
        ("", None),
    ],
)
def test_runtime_is_parsed_from_the_spark_version(text: str, expected: str | None) -> None:
    assert described(parse_runtime(text)) == expected


def described(runtime: Runtime | None) -> str | None:
    if runtime is None:
        return None
    variants = (name for name in ("ml", "gpu", "photon") if getattr(runtime, name))
    return " ".join([runtime.version, runtime.scala or "", *variants])


def test_parameters_keep_names_values_and_places() -> None:
    body = job(
        "parameters: [{name: day, default: '2026'}]\n"
        "tasks:\n"
        "  - {task_key: n, notebook_task: {notebook_path: a, base_parameters: {x: 1, y: '${var.q}'}}}\n"
        "  - {task_key: p, spark_python_task: {python_file: a, parameters: [run, --x=1]}}\n"
        "  - {task_key: w, python_wheel_task: {named_parameters: {z: b}}}\n"
    )
    found = {each.key: [(p.name, p.value, p.has_hole) for p in each.parameters] for each in body.tasks}
    assert found["n"] == [("x", "1", False), ("y", "${var.q}", True)]
    assert found["p"] == [("", "run", False), ("x", "1", False)]
    assert found["w"] == [("z", "b", False)]
    assert [(p.name, p.value, p.location.start_line) for p in body.parameters] == [("day", "2026", 4)]


def test_dependencies_and_settings_of_a_task_are_read() -> None:
    found = task(
        "depends_on: [{task_key: a, outcome: 'true'}, {}], run_if: ALL_DONE, max_retries: 2, timeout_seconds: 60"
    )
    assert [(each.task_key, each.outcome) for each in found.depends_on] == [("a", "true")]
    assert (found.run_if, found.max_retries, found.timeout_seconds) == ("ALL_DONE", 2, 60)


def test_inner_task_of_a_for_each_is_read_and_deeper_ones_are_not() -> None:
    inner = "{task_key: b, notebook_task: {notebook_path: a.py}}"
    deep = f"{{task_key: c, for_each_task: {{task: {inner}}}}}"
    outer = task(f"for_each_task: {{inputs: '[1]', task: {inner}}}", "a.py")
    assert outer.inner is not None
    assert (outer.path, outer.inner.path, outer.inner.compute.kind) == (None, "a.py", "serverless")
    nested = task(f"for_each_task: {{task: {deep}}}").inner
    assert nested is not None
    assert nested.inner is None


@pytest.mark.parametrize(
    ("body", "scheduled"),
    [
        ("schedule: {quartz_cron_expression: 0 0 1 * * ?, timezone_id: UTC}", True),
        ("schedule: {quartz_cron_expression: 0 0 1 * * ?, pause_status: PAUSED}", False),
        ("trigger: {periodic: {interval: 1, unit: DAYS}}", True),
        ("trigger: {pause_status: PAUSED, file_arrival: {url: x}}", False),
        ("continuous: {pause_status: UNPAUSED}", True),
        ("continuous: {pause_status: PAUSED}", False),
        ("name: manual", False),
    ],
)
def test_job_is_scheduled_when_it_starts_by_itself(body: str, *, scheduled: bool) -> None:
    assert job(body).is_scheduled is scheduled


PIPELINES = """
bundle: {name: p}
resources:
  jobs:
    nightly:
      schedule: {quartz_cron_expression: 0 0 1 * * ?}
      tasks:
        - {task_key: run, pipeline_task: {pipeline_id: "${resources.pipelines.sales.id}"}}
        - {task_key: report, notebook_task: {notebook_path: src/report, base_parameters: {day: x}}}
  pipelines:
    sales:
      serverless: true
      catalog: main
      schema: sales
      configuration: {source: raw}
      libraries:
        - glob: {include: flows/**}
        - notebook: {path: src/extra}
        - file: {path: sql/*.sql}
    other: {continuous: false, libraries: [{file: {path: src/extra.py}}]}
targets:
  dev: {mode: development}
  prod: {mode: production}
"""
ON_DISK = ("flows/a.py", "flows/deep/b.sql", "flows/readme.md", "src/extra.py", "src/report.ipynb", "sql/c.sql")


def test_files_of_a_pipeline_are_those_of_its_paths_folders_and_patterns() -> None:
    pipeline = bundle({"databricks.yml": PIPELINES}, *ON_DISK).targets[0].pipelines[0]
    assert pipeline.files == ("flows/a.py", "flows/deep/b.sql", "src/extra.py", "sql/c.sql")
    assert (pipeline.compute.kind, pipeline.compute.serverless) == ("pipeline", True)
    assert (pipeline.catalog, pipeline.schema, pipeline.target) == ("main", "sales", None)


def test_context_knows_every_way_in_which_a_file_runs() -> None:
    context = ComputeContext.of([bundle({"databricks.yml": PIPELINES}, *ON_DISK)])
    report = context.bindings("src/report.ipynb")
    assert [(each.target.name, each.scheduled, each.production) for each in report] == [
        ("dev", False, False),
        ("prod", True, True),
    ]
    assert [parameter.name for parameter in report[0].parameters] == ["day"]
    prod = [each for each in context.bindings("src/extra.py") if each.target.name == "prod"]
    assert [(each.pipeline.key, each.scheduled) for each in prod if each.pipeline] == [
        ("sales", True),
        ("other", False),
    ]
    assert context.bindings("flows/readme.md") == ()


def test_other_resources_are_listed_by_kind_with_names_and_places() -> None:
    text = (
        "resources:\n  volumes:\n    v: {name: raw}\n"
        "  model_serving_endpoints: {e: {name: m, permissions: [{level: CAN_QUERY, user_name: u}]}}\n"
    )
    found = bundle({"databricks.yml": text}).targets[0]
    assert [(each.key, each.name, each.location.start_line) for each in found.volumes] == [("v", "raw", 3)]
    assert [(each.level, each.identity.user) for each in found.endpoints[0].permissions] == [("CAN_QUERY", "u")]
    assert found.resource_kinds == ("volumes", "model_serving_endpoints")
