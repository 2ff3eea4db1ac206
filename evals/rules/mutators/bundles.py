"""Defects of bundles: targets, identities, references, runtimes, clusters, parallel and overlapping runs."""

from planting import Mutator, edits

_ONE_FILE = """
# file: databricks.yml
bundle:
  name: shop

variables:
  runtime:
    default: 18.0.x-scala2.13
  db_password:
    description: Where it is kept.
    default: ""

resources:
  jobs:
    nightly:
      name: nightly
      schedule:§
        quartz_cron_expression: 0 0 2 * * ?
        timezone_id: UTC
      max_concurrent_runs: 1
      email_notifications:
        on_failure: [shop-alerts@example.com]
      job_clusters:
        - job_cluster_key: etl
          new_cluster:
            spark_version: ${var.runtime}
            node_type_id: m6id.large
            num_workers: 2
            data_security_mode: STANDARD
      tasks:
        - task_key: profile
          job_cluster_key: etl
          notebook_task:
            notebook_path: ./src/profile.py
        - task_key: loyalty§
          job_cluster_key: etl
          depends_on:
            - task_key: profile
          notebook_task:
            notebook_path: ./src/loyalty.py

targets:
  dev:
    mode: development
    default: true
  prod:
    mode: production
    workspace:
      root_path: /Workspace/Applications/shop/prod
    run_as:
      service_principal_name: 3f1c9a52-7d40-4b6e-9c18-5ae02d7b6f91
# file: src/profile.py
# Databricks notebook source
spark.sql("MERGE INTO main.gold.customers t USING main.silver.profiles s ON t.id = s.id WHEN MATCHED THEN UPDATE SET t.city = s.city")§
# file: src/loyalty.py
# Databricks notebook source
spark.sql("MERGE INTO main.gold.customers t USING main.silver.loyalty s ON t.id = s.id WHEN MATCHED THEN UPDATE SET t.tier = s.tier")§
"""

_SPLIT = """
# file: databricks.yml
bundle: {name: sensors}
include:
  - resources/*.yml
variables:
  catalog: {default: main}
targets:
  dev: {mode: development, default: true}
  production:
    mode: production
    workspace: {root_path: /Workspace/Applications/sensors}
    run_as: {service_principal_name: 3f1c9a52-7d40-4b6e-9c18-5ae02d7b6f91}
# file: resources/jobs.yml
x-cluster: &cluster
  spark_version: 17.3.x-scala2.13
  node_type_id: m6id.large
  num_workers: 2
x-schedule: &schedule
  quartz_cron_expression: 0 0 * * * ?
  timezone_id: UTC
resources:
  jobs:
    hourly: &hourly§
      schedule: *schedule
      webhook_notifications: {on_failure: [{id: 7f1c2a90-1111-4c22-9d33-0a1b2c3d4e5f}]}
      tasks:
        - task_key: load
          new_cluster:
            <<: *cluster
            data_security_mode: STANDARD
          notebook_task: {notebook_path: ../src/load.sql}
        - task_key: tell
          depends_on: [{task_key: load}]
          environment_key: light
          spark_python_task: {python_file: ../src/tell.py}
      environments:
        - environment_key: light
          spec: {environment_version: "4"}
# file: resources/pipelines.yml
resources:
  pipelines:
    marts:
      catalog: ${var.catalog}
      schema: gold
      serverless: true
      libraries:
        - notebook: {path: ../src/marts.py}
  clusters:
    desk:
      cluster_name: desk
      spark_version: 17.3.x-scala2.13
      num_workers: 1
      autotermination_minutes: 30
# file: src/load.sql
-- Databricks notebook source
CREATE OR REPLACE TABLE main.silver.sensors AS SELECT * FROM main.bronze.sensors
# file: src/tell.py
print("loaded")
# file: src/marts.py
# Databricks notebook source
from pyspark import pipelines as dp

@dp.materialized_view
def sensors():
    return spark.read.table("main.silver.sensors")
"""

_SQL_TASKS = """
# file: databricks.yml
bundle: {name: prices}
resources:
  jobs:
    prices:
      trigger: {file_arrival: {url: /Volumes/main/landing/prices}}§
      tasks:
        - task_key: eu
          sql_task: {warehouse_id: abc, file: {path: sql/eu.sql}}
        - task_key: us§
          depends_on: [{task_key: eu}]
          sql_task: {warehouse_id: abc, file: {path: sql/us.sql}}
# file: sql/eu.sql
INSERT OVERWRITE main.gold.prices SELECT * FROM main.silver.prices_eu;§
# file: sql/us.sql
INSERT INTO main.gold.prices SELECT * FROM main.silver.prices_us;§
"""


def _of(rule: str, clean: str, *given: tuple[str, str, str]) -> Mutator:
    return Mutator(rule=rule, kind="project", clean=clean, edits=edits(*given))


_PROD_ROOT = "      root_path: /Workspace/Applications/shop/prod"
_PROD_RUN_AS = "      service_principal_name: 3f1c9a52-7d40-4b6e-9c18-5ae02d7b6f91"
_BND_ONE = (
    _ONE_FILE.replace("§", "").replace("  prod:\n", "  prod:§\n").replace("mode: production", "mode: production§")
)
_BND_SPLIT = _SPLIT.replace("§", "").replace("  production:\n", "  production:§\n")

MUTATORS = (
    _of(
        "BND001",
        _BND_ONE,
        ("development mode", "mode: production§", "mode: development"),
        ("no mode", "    mode: production§\n", ""),
        ("no mode, the name with a region", "  prod:§\n    mode: production§\n", "  prod_eu:§\n"),
        ("no mode, called live", "  prod:§\n    mode: production§\n", "  live:§\n"),
    ),
    _of(
        "BND001",
        _BND_SPLIT,
        ("development mode in a target written out", "mode: production\n", "mode: development\n"),
        ("no mode, from an anchor", "    mode: production\n", ""),
    ),
    _of(
        "BND002",
        _BND_ONE,
        ("a user", _PROD_RUN_AS, "      user_name: maria.keller@shop.eu"),
        ("nobody", "    run_as:\n" + _PROD_RUN_AS + "\n", ""),
    ),
    _of(
        "BND002",
        _BND_SPLIT,
        (
            "a user in flow style",
            "{service_principal_name: 3f1c9a52-7d40-4b6e-9c18-5ae02d7b6f91}",
            "{user_name: maria.keller@shop.eu}",
        ),
    ),
    _of(
        "BND003",
        _ONE_FILE.replace("§", "").replace("    run_as:", "    run_as:§"),
        (
            "an app",
            "resources:\n  jobs:",
            "resources:\n  apps:\n    desk: {name: desk, source_code_path: ./app}\n  jobs:",
        ),
        (
            "a serving endpoint",
            "resources:\n  jobs:",
            "resources:\n  model_serving_endpoints:\n    churn: {name: churn}\n  jobs:",
        ),
        (
            "a quality monitor",
            "resources:\n  jobs:",
            "resources:\n  quality_monitors:\n    orders: {table_name: main.gold.orders, assets_dir: /Shared/m, output_schema_name: main.m}\n  jobs:",
        ),
    ),
    _of(
        "BND004",
        _BND_ONE,
        ("Shared", "/Workspace/Applications/shop/prod", "/Workspace/Shared/shop"),
        ("Shared of old", "/Workspace/Applications/shop/prod", "/Shared/.bundle/${bundle.name}"),
    ),
    _of(
        "BND004",
        _BND_SPLIT,
        (
            "Shared in flow style",
            "/Workspace/Applications/sensors",
            '"/Workspace/Shared/${bundle.name}/${bundle.target}"',
        ),
    ),
    _of(
        "BND006",
        _ONE_FILE.replace("§", ""),
        (
            "a cluster key that is not declared",
            "task_key: profile\n          job_cluster_key: etl\n          notebook",
            "task_key: profile\n          job_cluster_key: elt\n          notebook",
        ),
        (
            "a task that is not there",
            "- task_key: profile\n          notebook_task:\n            notebook_path: ./src/loyalty.py",
            "- task_key: profiles\n          notebook_task:\n            notebook_path: ./src/loyalty.py",
        ),
        (
            "a task that waits for itself",
            "- task_key: profile\n          notebook_task:\n            notebook_path: ./src/loyalty.py",
            "- task_key: loyalty\n          notebook_task:\n            notebook_path: ./src/loyalty.py",
        ),
        ("a notebook that is not there", "./src/profile.py", "./src/profiles.py"),
        ("a variable that is not declared", "${var.runtime}", "${var.spark_version}"),
        ("an environment variable", "${var.runtime}", "${env.RUNTIME}"),
        ("a key twice", "      max_concurrent_runs: 1\n", "      max_concurrent_runs: 1\n      name: nightly load\n"),
        ("a variable that only a target knows", "    run_as:\n", "    variables:\n      colour: blue\n    run_as:\n"),
    ),
    _of(
        "BND006",
        _SPLIT.replace("§", ""),
        (
            "an environment key that is not declared",
            "          environment_key: light\n",
            "          environment_key: heavy\n",
        ),
        ("a file that is not there, from an included file", "../src/tell.py", "./src/tell.py"),
        ("an include of no file", "  - resources/*.yml\n", "  - resources/*.yml\n  - resources/extra.yml\n"),
        ("a resource that is not deployed", "catalog: ${var.catalog}", "catalog: ${resources.catalogs.shop.name}"),
        ("a pipeline's library that is not there", "../src/marts.py", "../src/mart.py"),
    ),
    _of(
        "BND007",
        _SPLIT.replace("§", ""),
        ("client of an environment", 'spec: {environment_version: "4"}', 'spec: {client: "4"}'),
        ("target of a pipeline", "schema: gold", "target: gold"),
        ("continuous pipeline", "      serverless: true\n", "      serverless: true\n      continuous: true\n"),
        (
            "development of a pipeline, in production mode too",
            "      serverless: true\n",
            "      serverless: true\n      development: true\n",
        ),
        ("environments for targets", "\ntargets:\n", "\nenvironments:\n"),
        ("the Terraform engine", "bundle: {name: sensors}", "bundle: {name: sensors, engine: terraform}"),
        (
            "served models",
            "  clusters:\n",
            "  model_serving_endpoints:\n    churn:\n      name: churn\n      config:\n        served_models: [{model_name: m, model_version: 1}]\n  clusters:\n",
        ),
    ),
    _of(
        "BND008",
        _ONE_FILE.replace("§", ""),
        ("through a variable", "18.0.x-scala2.13", "13.3.x-scala2.12"),
        ("in place", "${var.runtime}", "12.2.x-scala2.12"),
        ("machine learning with GPU", "${var.runtime}", "11.3.x-gpu-ml-scala2.12"),
        ("short of its end", "${var.runtime}", "14.3.x-photon-scala2.12"),
    ),
    _of(
        "BND008",
        _SPLIT.replace("§", ""),
        (
            "through an anchor",
            "&cluster\n  spark_version: 17.3.x-scala2.13",
            "&cluster\n  spark_version: 13.3.x-scala2.12",
        ),
        (
            "of an all-purpose cluster",
            "cluster_name: desk\n      spark_version: 17.3.x-scala2.13",
            "cluster_name: desk\n      spark_version: 10.4.x-scala2.12",
        ),
    ),
    _of(
        "BND011",
        _ONE_FILE.replace("§", ""),
        ("a password as the default", 'default: ""', 'default: "Kx7vPq92mTzR"'),
        ("a value of a target", "    run_as:\n", "    variables:\n      db_password: Kx7vPq92mTzR\n    run_as:\n"),
        ("a token by its name", "  db_password:", "  api_token: {default: 8f3a91c7d25e4b60a17c}\n  db_password:"),
    ),
    _of(
        "BND012",
        _BND_ONE,
        ("no root path", "    workspace:\n" + _PROD_ROOT + "\n", ""),
        (
            "the deployer's home",
            "/Workspace/Applications/shop/prod",
            "/Workspace/Users/${workspace.current_user.userName}/shop",
        ),
        ("a tilde", "/Workspace/Applications/shop/prod", "~/.bundle/shop"),
    ),
    _of(
        "CST001",
        _ONE_FILE.replace("§", ""),
        (
            "a cluster's id",
            "task_key: profile\n          job_cluster_key: etl\n          notebook",
            "task_key: profile\n          existing_cluster_id: 0923-164208-abcd1234\n          notebook",
        ),
        (
            "a cluster through a variable",
            "task_key: profile\n          job_cluster_key: etl\n          notebook",
            "task_key: profile\n          existing_cluster_id: ${var.runtime}\n          notebook",
        ),
    ),
    _of(
        "CST001",
        _SPLIT.replace("§", ""),
        (
            "a cluster of the bundle",
            "new_cluster:\n            <<: *cluster\n            data_security_mode: STANDARD",
            "existing_cluster_id: ${resources.clusters.desk.id}",
        ),
    ),
    _of(
        "CST002",
        _SPLIT.replace("§", ""),
        ("nought minutes", "autotermination_minutes: 30", "autotermination_minutes: 0"),
    ),
    Mutator(
        rule="CST002",
        kind="python",
        clean="""
from databricks.sdk import WorkspaceClient

w = WorkspaceClient()
w.clusters.create(§
    cluster_name="desk",
    spark_version="17.3.x-scala2.13",
    num_workers=2,
    autotermination_minutes=30,
)
""",
        edits=edits(
            ("nought minutes in Python", "autotermination_minutes=30", "autotermination_minutes=0"),
            ("not said in Python", "    autotermination_minutes=30,\n", ""),
        ),
    ),
    _of(
        "WFL001",
        _ONE_FILE,
        ("no dependency between two merges", "          depends_on:\n            - task_key: profile\n", ""),
        (
            "an empty dependency",
            "          depends_on:\n            - task_key: profile\n",
            "          depends_on: []\n",
        ),
    ),
    _of("WFL001", _SQL_TASKS, ("an overwrite beside an append", "          depends_on: [{task_key: eu}]\n", "")),
    _of(
        "WFL004",
        _ONE_FILE,
        ("merges that may overlap", "max_concurrent_runs: 1", "max_concurrent_runs: 4"),
    ),
    _of(
        "WFL004",
        _SPLIT,
        (
            "a whole table, an anchored schedule",
            "      schedule: *schedule\n",
            "      schedule: *schedule\n      max_concurrent_runs: 2\n",
        ),
    ),
    _of(
        "WFL004",
        _SQL_TASKS,
        ("an overwrite on arrival of files", "      tasks:\n", "      max_concurrent_runs: 10\n      tasks:\n"),
    ),
)
