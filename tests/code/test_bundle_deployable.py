"""What a target deploys, as the interfaces take it: presets, paths, references, and what is lacking."""

from __future__ import annotations

import json
from hashlib import sha256

from orchestrator.code.bundle import load_bundles
from orchestrator.code.bundle.assigning import assigned
from orchestrator.code.bundle.deployable import Deployable, deployable
from orchestrator.code.bundle.presets import Presets, short_name
from orchestrator.code.source import SourceFile

ROOT = """
bundle: {name: shop}
variables:
  catalog: {default: main}
  day: {description: no default}
targets:
  dev:
    mode: development
    presets: {tags: {team: shop}}
  prod:
    mode: production
    variables: {catalog: prod}
    run_as: {service_principal_name: runner}
    permissions: [{level: CAN_RUN, group_name: shops}]
resources:
  schemas:
    out: {catalog_name: "${var.catalog}", name: shop}
  pipelines:
    orders:
      name: orders
      schema: ${resources.schemas.out.name}
      continuous: true
      libraries: [{glob: {include: pipeline/**}}]
      lifecycle: {prevent_destroy: true}
  jobs:
    nightly:
      schedule: {quartz_cron_expression: 0 0 1 * * ?, timezone_id: UTC}
      tasks:
        - task_key: load
          notebook_task: {notebook_path: src/load.py, base_parameters: {catalog: "${var.catalog}"}}
        - task_key: update
          pipeline_task: {pipeline_id: "${resources.pipelines.orders.id}"}
    hourly:
      trigger: {pause_status: UNPAUSED, periodic: {interval: 1, unit: HOURS}}
      max_concurrent_runs: 2
      tasks: [{task_key: file, spark_python_task: {python_file: ./src/run.py}}]
"""
FILES = ("pipeline/a.sql", "src/load.py", "src/run.py")


def made(target: str, text: str = ROOT, **variables: str) -> Deployable:
    source = SourceFile(path="databricks.yml", text=text, digest=sha256(text.encode()).hexdigest())
    [bundle], _ = load_bundles({source.path: source}, {source.path, *FILES})
    found = bundle.target(target)
    assert found is not None
    found = assigned(bundle, found, variables)
    known = {"workspace.file_path": "/Workspace/f"}
    return deployable(bundle, found, Presets.of(bundle, found, "ada_l"), known.get)


def settings(found: Deployable, key: str) -> dict[str, object]:
    return dict(next(each.settings for each in found.resources if each.key == key))


def test_development_prefixes_tags_and_pauses_what_does_not_say_otherwise() -> None:
    found = made("dev")
    assert not found.lacking
    nightly, hourly, orders = (settings(found, key) for key in ("nightly", "hourly", "orders"))
    assert nightly["name"] == "[dev ada_l] nightly"
    assert nightly["tags"] == {"dev": "ada_l", "team": "shop"}
    assert nightly["schedule"] == {
        "quartz_cron_expression": "0 0 1 * * ?",
        "timezone_id": "UTC",
        "pause_status": "PAUSED",
    }
    assert hourly["trigger"] == {"pause_status": "UNPAUSED", "periodic": {"interval": 1, "unit": "HOURS"}}
    assert (nightly["max_concurrent_runs"], hourly["max_concurrent_runs"]) == (4, 2)
    assert (orders["development"], orders["continuous"], orders["schema"]) == (True, False, "dev_ada_l_shop")
    assert "lifecycle" not in orders
    assert settings(found, "out")["name"] == "dev_ada_l_shop"


def test_paths_become_those_of_the_workspace_and_ids_stay_references() -> None:
    found = made("prod")
    tasks = json.dumps(settings(found, "nightly")["tasks"])
    assert '"notebook_path": "/Workspace/f/src/load"' in tasks
    assert '"pipeline_id": "${resources.pipelines.orders.id}"' in tasks
    assert settings(found, "orders")["libraries"] == [{"glob": {"include": "/Workspace/f/pipeline/**"}}]
    assert str(settings(found, "hourly")["tasks"]).count("/Workspace/f/src/run.py") == 1


def test_production_runs_as_and_is_seen_by_whom_the_target_names() -> None:
    found = made("prod")
    nightly = next(each for each in found.resources if each.key == "nightly")
    assert (nightly.name, nightly.settings["run_as"]) == ("nightly", {"service_principal_name": "runner"})
    assert [(each.holder, each.name, each.level) for each in nightly.permissions] == [
        ("group_name", "shops", "CAN_RUN")
    ]
    assert "pause_status" not in str(nightly.settings["schedule"])


def test_a_given_variable_wins_over_target_and_default() -> None:
    assert settings(made("prod"), "out")["catalog_name"] == "prod"
    assert settings(made("dev"), "out")["catalog_name"] == "main"
    assert settings(made("prod", catalog="other"), "out")["catalog_name"] == "other"


def test_a_job_needs_what_it_refers_to_and_nothing_else() -> None:
    found = made("prod")
    assert {each.key for each in found.needed_by("jobs", "nightly")} == {"nightly", "orders", "out"}
    assert {each.key for each in found.needed_by("jobs", "hourly")} == {"hourly"}


def test_what_is_lacking_is_told_with_its_place() -> None:
    text = ROOT.replace("src/load.py", "src/gone.py").replace('{catalog: "${var.catalog}"}}', '{day: "${var.day}"}}')
    text += "      environments: [{environment_key: e, spec: {dependencies: [./dist/*.whl, requests]}}]\n"
    text += "  dashboards: {sales: {display_name: Sales}}\n"
    said = {(each.kind, each.what) for each in made("prod", text).lacking}
    assert said == {
        ("file", "src/gone.py"),
        ("reference", "${var.day}"),
        ("artifact", "./dist/*.whl"),
        ("resource", "dashboards.sales"),
    }


def test_a_short_name_has_small_letters_and_no_other_signs() -> None:
    assert short_name("Ada.Lovelace-1@example.com") == "ada_lovelace_1"
