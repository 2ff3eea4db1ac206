"""Bundles as files: roots, includes, target overrides, variables, and what hostile ones cost."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.code.bundle import Bundle, Target, load_bundles
from orchestrator.code.source import SourceFile
from orchestrator.code.yaml import YamlScalar
from orchestrator.types import Coverage


def load(files: dict[str, str], *on_disk: str) -> tuple[tuple[Bundle, ...], tuple[Coverage, ...]]:
    sources = {path: SourceFile(path=path, text=text, digest="") for path, text in files.items()}
    return load_bundles(sources, {*files, *on_disk})


def bundle(text: str, **others: str) -> Bundle:
    bundles, ledger = load({"databricks.yml": text, **{f"{name}.yml": each for name, each in others.items()}})
    assert ledger == ()
    return bundles[0]


def target(text: str, name: str, **others: str) -> Target:
    found = bundle(text, **others).target(name)
    assert found is not None
    return found


def scalar(of: Target, *keys: str) -> YamlScalar:
    node = of.node.at(*keys)
    assert isinstance(node, YamlScalar)
    return node


def test_each_directory_with_a_root_file_is_a_bundle() -> None:
    text = "bundle: {name: x}\n"
    bundles, _ = load({"databricks.yml": text, "b/bundle.yml": text, "b/databricks.yaml": text, "c/other.yml": text})
    assert [(each.path, each.root_dir) for each in bundles] == [("b/databricks.yaml", "b"), ("databricks.yml", "")]


def test_file_of_that_name_without_bundle_settings_is_no_bundle() -> None:
    assert load({"bundle.yml": "steps: []\n"}) == ((), ())


def test_included_files_follow_the_order_of_the_patterns_and_none_comes_twice() -> None:
    text = "bundle: {name: x}\n"
    root = "include: [z.yml, '*.yml', 'deep/**/*.yml']\n" + text
    files = ("z.yml", "a.yml", "deep/one/b.yml", "deep/one/two/c.yml")
    bundles, _ = load({"databricks.yml": root, **dict.fromkeys(files, "variables: {}\n")})
    assert [file.source.path for file in bundles[0].files] == ["databricks.yml", "z.yml", "a.yml", "deep/one/b.yml"]


def test_include_that_names_a_file_that_is_not_there_is_kept_with_its_place() -> None:
    found = bundle("bundle: {name: x}\ninclude:\n  - '*.yaml'\n  - gone.yml\n").missing_includes
    assert [(each.pattern, str(each.location)) for each in found] == [("gone.yml", "databricks.yml:4")]


def test_include_cycle_ends_because_only_the_root_file_includes() -> None:
    found = bundle(
        "bundle: {name: x}\ninclude: [a.yml, databricks.yml]\n",
        a="include: [b.yml, databricks.yml]\nvariables: {x: {}}\n",
        b="include: [a.yml]\n",
    )
    assert [file.source.path for file in found.files] == ["databricks.yml", "a.yml"]
    assert list(found.declared_variables) == ["x"]


def test_include_may_reach_a_sibling_directory_but_not_leave_the_project() -> None:
    files = {"one/databricks.yml": "include: [../shared/a.yml, ../../out.yml]\n", "shared/a.yml": "bundle: {name: s}\n"}
    bundles, ledger = load(files)
    assert bundles[0].name == "s"
    assert [entry.reason for entry in ledger] == ["line 1 includes '../../out.yml', which is outside the project"]


def test_broken_include_is_an_entry_of_the_ledger_and_the_rest_is_loaded() -> None:
    bundles, ledger = load({"databricks.yml": "bundle: {name: x}\ninclude: [a.yml]\n", "a.yml": "a:\n\tb: 1\n"})
    assert bundles[0].name == "x"
    assert [(entry.path, entry.incomplete) for entry in ledger] == [("a.yml", True)]
    assert ledger[0].reason == "line 2 is not valid YAML: found character that cannot start any token"


def test_resource_declared_in_two_files_is_a_duplicate_with_both_places() -> None:
    found = bundle(
        "include: [a.yml]\nresources:\n  jobs:\n    load: {}\n",
        a="resources:\n  jobs:\n    other: {}\n    load: {}\n",
    ).duplicates
    assert [(each.kind, each.key, str(each.first), str(each.second)) for each in found] == [
        ("jobs", "load", "databricks.yml:4", "a.yml:4")
    ]


OVERRIDE = """
bundle: {name: shop}
resources:
  jobs:
    load:
      max_concurrent_runs: 1
      tags: {team: a}
      job_clusters:
        - job_cluster_key: main
          new_cluster: {num_workers: 2, spark_version: 15.4.x-scala2.12}
      tasks:
        - task_key: one
          libraries: [{pypi: {package: a}}]
        - task_key: two
run_as: {user_name: me}
permissions: [{level: CAN_VIEW, group_name: users}]
targets:
  prod:
    mode: production
    run_as: {service_principal_name: robot}
    permissions: [{level: CAN_MANAGE, group_name: admins}]
    git: {branch: main}
    resources:
      jobs:
        load:
          tags: {cost: b}
          job_clusters:
            - job_cluster_key: main
              new_cluster: {num_workers: 8}
          tasks:
            - task_key: two
              max_retries: 3
            - task_key: one
              libraries: [{pypi: {package: b}}]
  empty:
"""


def test_target_is_laid_over_the_bundle_key_by_key_and_each_value_keeps_its_line() -> None:
    job = target(OVERRIDE, "prod").jobs[0]
    assert [(task.key, task.max_retries, len(task.libraries)) for task in job.tasks] == [
        ("one", None, 2),
        ("two", 3, 0),
    ]
    assert job.tags is not None
    assert list(job.tags) == ["team", "cost"]
    cluster = job.job_clusters[0].compute.node
    assert cluster is not None
    assert (cluster.integer("num_workers"), cluster.text("spark_version")) == (8, "15.4.x-scala2.12")
    assert [cluster.key_location(key).start_line for key in ("num_workers", "spark_version")] == [29, 10]


def test_run_as_is_replaced_and_permissions_follow_each_other() -> None:
    prod = target(OVERRIDE, "prod")
    assert prod.run_as is not None
    assert (prod.run_as.user, prod.run_as.service_principal) == (None, "robot")
    assert [each.level for each in prod.permissions] == ["CAN_VIEW", "CAN_MANAGE"]
    assert prod.git_branch is not None
    assert prod.git_branch.text == "main"


def test_target_that_is_null_has_the_bundle_as_it_is() -> None:
    empty = target(OVERRIDE, "empty")
    assert (empty.mode, empty.is_production, empty.default) == (None, False, False)
    assert empty.jobs[0].tasks[1].max_retries is None
    assert empty.location.start_line == 35


@pytest.mark.parametrize(
    ("name", "settings_", "production", "development"),
    [
        ("prod", "{}", True, False),
        ("PRD", "{}", True, False),
        ("prod_eu", "{}", True, False),
        ("prod2", "{}", True, False),
        ("pre-prod", "{}", False, False),
        ("prod-test", "{}", False, False),
        ("product", "{}", False, False),
        ("live", "{mode: development}", False, True),
        ("acme", "{mode: production}", True, False),
        ("dev", "{}", False, True),
        ("staging", "{}", False, False),
    ],
)
def test_mode_decides_what_a_target_is_and_the_name_where_there_is_none(
    name: str, settings_: str, *, production: bool, development: bool
) -> None:
    found = target(f"targets:\n  {name}: {settings_}\n", name)
    assert (found.is_production, found.is_development) == (production, development)


def test_bundle_without_targets_gets_the_one_that_the_cli_makes() -> None:
    found = bundle("bundle: {name: x}\nresources: {jobs: {a: {name: 'n ${bundle.target}'}}}\n")
    assert [(each.name, each.declared) for each in found.targets] == [("default", None)]
    assert not found.declares_targets
    assert found.targets[0].jobs[0].name == "n default"
    assert found.base.jobs[0].name == "n ${bundle.target}"


def test_legacy_environments_are_targets() -> None:
    assert target("environments:\n  dev: {mode: development}\n", "dev").is_development


VARIABLES = """
bundle: {name: shop}
variables:
  catalog: {default: dev}
  table: {default: "${var.catalog}.sales"}
  workers: {default: 4}
  unset: {description: no default}
  looked: {lookup: {warehouse: w}}
  spec:
    type: complex
    default: {spark_version: "${var.version}", sizes: [1, 2]}
  version: {default: 13.3.x-scala2.12}
  loop: {default: "${var.pool}"}
  pool: {default: "${var.loop}"}
workspace: {host: https://x.cloud, root_path: "/a/${bundle.name}/${bundle.target}"}
resources:
  jobs:
    a:
      name: "${var.table} on ${workspace.host}"
      workers: ${var.workers}
      unset: "${var.unset}-${var.catalog}"
      looked: ${var.looked}
      cluster: ${var.spec}
      size: ${var.spec.sizes[1]}
      loop: ${var.loop}
      user: ${workspace.current_user.userName}
      other: ${resources.jobs.b.id}
      path: ${workspace.root_path}/x
targets:
  prod:
    variables:
      catalog: live
      version: {default: 15.4.x-scala2.12}
      unset: given
      looked: {lookup: {warehouse: v}}
  dev:
"""


@pytest.mark.parametrize(
    ("key", "dev", "prod"),
    [
        ("name", "dev.sales on https://x.cloud", "live.sales on https://x.cloud"),
        ("unset", "${var.unset}-dev", "given-live"),
        ("looked", "${var.looked}", "${var.looked}"),
        ("size", "2", "2"),
        ("loop", "${var.loop}", "${var.loop}"),
        ("user", "${workspace.current_user.userName}", "${workspace.current_user.userName}"),
        ("other", "${resources.jobs.b.id}", "${resources.jobs.b.id}"),
        ("path", "/a/shop/dev/x", "/a/shop/prod/x"),
    ],
)
def test_references_are_filled_with_what_is_known_and_the_rest_stays_a_hole(key: str, dev: str, prod: str) -> None:
    for name, text in (("dev", dev), ("prod", prod)):
        found = scalar(target(VARIABLES, name), "resources", "jobs", "a", key)
        assert found.text == text
        assert found.has_hole == ("${" in text)


def test_whole_reference_takes_the_type_of_its_variable_and_keeps_the_place_of_use() -> None:
    found = scalar(target(VARIABLES, "dev"), "resources", "jobs", "a", "workers")
    assert (found.value, found.raw, found.start_line) == (4, "${var.workers}", 20)
    assert found.resolved_from is not None
    assert found.resolved_from.start_line == 6


def test_complex_variable_brings_its_map_with_the_target_s_values() -> None:
    version = ("resources", "jobs", "a", "cluster", "spark_version")
    assert scalar(target(VARIABLES, "dev"), *version).text == "13.3.x-scala2.12"
    assert scalar(target(VARIABLES, "prod"), *version).text == "15.4.x-scala2.12"


def test_declared_variables_and_written_references_can_be_compared() -> None:
    found = bundle("variables: {a: {default: 1}}\nresources: {jobs: {j: {name: '${var.a} ${var.b}'}}}\n")
    used = [each.path for each in found.references]
    assert used == ["var.a", "var.b"]
    assert list(found.declared_variables) == ["a"]
    assert {str(each.location) for each in found.references} == {"databricks.yml:2"}


def test_resources_made_by_python_are_noted() -> None:
    assert bundle("experimental: {python: {resources: ['r:load']}}\nbundle: {}\n").python_resources
    assert bundle("python: {resources: ['r:load']}\nbundle: {}\n").python_resources
    assert not bundle("bundle: {}\n").python_resources


@pytest.mark.parametrize(
    "text",
    [
        "bundle: []\nresources: 3\ntargets: {a: {resources: {jobs: [1]}}}\n",
        "bundle: {name: x}\nresources: {jobs: {a: [1, 2], b: {tasks: {x: 1}}, c: null}}\n",
        "bundle: {name: x}\ninclude: {a: b}\nvariables: [1]\ntargets: {p: {variables: {a: 1}}}\n",
        "bundle: {name: x}\nresources: {jobs: {a: {tasks: [1, [2], null, {task_key: [1]}]}}}\ntargets: {p: 5}\n",
        "bundle: {name: [x]}\npermissions: {a: 1}\nrun_as: text\nworkspace: null\n",
    ],
)
def test_wrong_shapes_are_read_as_absent(text: str) -> None:
    for each in bundle(text).targets:
        assert each.pipelines == ()
        assert all(job.schedule is None for job in each.jobs)
        assert (each.run_as, each.root_path, each.host) == (None, None, None)


def test_targets_that_are_a_list_are_noted() -> None:
    _, ledger = load({"databricks.yml": "bundle: {}\ntargets: [dev]\n"})
    assert [entry.reason for entry in ledger] == ["line 2 'targets' is not a map"]


def test_root_that_is_no_map_is_noted() -> None:
    bundles, ledger = load({"databricks.yml": "- a\n"})
    assert bundles == ()
    assert [entry.reason for entry in ledger] == ["is not a map of bundle settings"]


def test_variables_that_multiply_are_resolved_once_each() -> None:
    rows = "".join(
        f"  v{i}:\n    type: complex\n    default:\n" + f"      - ${{var.v{i + 1}}}\n" * 9 for i in range(18)
    )
    jobs = "".join(f"    j{i}: {{tags: '${{var.v0}}'}}\n" for i in range(200))
    targets = "".join(f"  t{i}: {{mode: development}}\n" for i in range(80))
    text = f"variables:\n{rows}  v18: {{default: end}}\nresources:\n  jobs:\n{jobs}targets:\n{targets}"
    started = time.perf_counter()
    bundles, ledger = load({"databricks.yml": text})
    assert time.perf_counter() - started < 10
    assert len(bundles[0].targets) == 50
    assert [entry.reason for entry in ledger] == ["declares more than 50 targets; the rest was not resolved"]


def test_bundle_too_large_for_its_many_targets_is_given_up_with_a_reason() -> None:
    rows = ("  - [" + "1, " * 400 + "1]\n") * 60
    targets = "".join(f"  t{i}: {{mode: development}}\n" for i in range(50))
    bundles, ledger = load({"databricks.yml": f"bundle: {{name: x}}\nsync:\n{rows}targets:\n{targets}"})
    assert bundles == ()
    assert [entry.reason for entry in ledger] == ["the bundle is too large once its targets and variables are resolved"]
    assert ledger[0].incomplete


def test_text_that_doubles_with_every_variable_is_cut_off() -> None:
    rows = "".join(f'  v{i}: {{default: "${{var.v{i + 1}}}${{var.v{i + 1}}}"}}\n' for i in range(18))
    found = target(f"variables:\n{rows}  v18: {{default: abcdefgh}}\nworkspace: {{host: '${{var.v0}}'}}\n", "default")
    assert found.host is not None
    assert len(found.host) <= 20_000


TOKENS = st.sampled_from(
    ["bundle", "targets", "resources", "jobs", "tasks", "include", "variables", "prod", "${var.a}", "a", "*.yml", "&x",
     "*x", "<<", ":", ": ", "\n", "\n  ", "\n    ", "- ", "[", "]", "{", "}", ",", "'", "\"", "|", "~", "1"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(TOKENS, max_size=40).map("".join))
def test_text_like_a_bundle_never_raises(text: str) -> None:
    bundles, _ = load({"databricks.yml": text, "a.yml": text})
    for each in bundles:
        assert all(job.all_tasks is not None for found in each.targets for job in found.jobs)
