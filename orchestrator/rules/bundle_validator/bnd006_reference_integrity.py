"""Something in the bundle refers to a key, file, variable or resource that is not there.

What: a `job_cluster_key` or `environment_key` that its job does not declare; `depends_on` a task that the job does not
have, or tasks that wait for each other in a circle; a notebook, file or pipeline library that the project lacks; a
`${var.x}` that `variables` does not declare, or a target that assigns one; a `${resources...}` that the target does not
deploy; a `${env.X}`, which bundles never fill; two resources with one key, in two files or of two kinds; a key that one
map holds twice; an `include` that names no file or stands under `bundle`.

Why: most of these make the CLI or the jobs service refuse the deployment, which then shows only when somebody deploys,
often for production alone. A misplaced `include`, a key written twice and `${env.X}` are worse: the deployment succeeds
without the resources, or with the text itself as the value.

Silent when: Python code adds resources or changes them (PyDABs); an included file lies outside the project, is missing
or could not be read, or no include matches at all, so that the files are made later; the reference is itself partly a
reference; the path is one of the workspace, of a git source, of build output or of what `sync.include` adds; the
project has git submodules, whose files are not here, or the bundle's host is a placeholder, so that it is a template to
copy to its files.

Source: Databricks CLI, `bundle validate` and the jobs API, which refuse these; Databricks documentation, settings of
bundles.

Bad::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          job_clusters:
            - job_cluster_key: etl
              new_cluster: {spark_version: 17.3.x-scala2.13, num_workers: 2}
          tasks:
            - task_key: load
              job_cluster_key: elt
              notebook_task:
                notebook_path: /Workspace/Shared/load

Bad: the environment has another name::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          environments:
            - environment_key: default
              spec: {environment_version: "4"}
          tasks:
            - task_key: load
              environment_key: serverless
              python_wheel_task: {package_name: orders, entry_point: load}

Bad: a task that was renamed::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          tasks:
            - task_key: extract
            - task_key: publish
              depends_on:
                - task_key: transform
    targets:
      dev:
        mode: development
      prod:
        mode: production

Bad: a circle::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          tasks:
            - task_key: extract
              depends_on: [{task_key: publish}]
            - task_key: clean
              depends_on: [{task_key: extract}]
            - task_key: publish
              depends_on: [{task_key: clean}]

Bad: the notebook was moved::

    # file: databricks.yml
    bundle:
      name: orders
    include: [resources/*.yml]
    # file: resources/load.job.yml
    resources:
      jobs:
        load:
          tasks:
            - task_key: load
              notebook_task:
                notebook_path: ./src/load.py
    # file: src/load.py
    # Databricks notebook source
    spark.table("main.bronze.orders").write.saveAsTable("main.silver.orders")

Bad: a library of a pipeline::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      pipelines:
        marts:
          libraries:
            - file:
                path: ./pipelines/marts.sql

Bad: a variable that nobody declares::

    # file: databricks.yml
    bundle:
      name: orders
    variables:
      catalog:
        default: main
    resources:
      schemas:
        bronze:
          catalog_name: ${var.catlog}
          name: bronze

Bad: a target assigns what is not declared::

    # file: databricks.yml
    bundle:
      name: orders
    variables:
      catalog:
        default: main
    targets:
      prod:
        mode: production
        variables:
          catalogue: prod

Bad: the pipeline has another key::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      pipelines:
        marts:
          serverless: true
      jobs:
        load:
          tasks:
            - task_key: marts
              pipeline_task:
                pipeline_id: ${resources.pipelines.mart.id}

Bad: only one target has the pipeline::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          tasks:
            - task_key: marts
              pipeline_task:
                pipeline_id: ${resources.pipelines.marts.id}
    targets:
      dev:
        mode: development
        resources:
          pipelines:
            marts: {serverless: true}
      prod:
        mode: production

Bad: one key in two files::

    # file: databricks.yml
    bundle:
      name: orders
    include: [resources/*.yml]
    # file: resources/load.yml
    resources:
      jobs:
        load:
          tasks: []
    # file: resources/reload.yml
    resources:
      jobs:
        load:
          tasks: []

Bad: one key for a job and its pipeline::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      pipelines:
        marts:
          serverless: true
      jobs:
        marts:
          tasks: []

Bad: a section written twice, of which the first is lost::

    # file: databricks.yml
    bundle:
      name: orders
    targets:
      dev:
        mode: development
    targets:
      prod:
        mode: production

Bad: the environment is not read::

    # file: databricks.yml
    bundle:
      name: orders
    targets:
      prod:
        mode: production
        run_as:
          service_principal_name: ${env.DEPLOYER_ID}
        permissions:
          - level: CAN_MANAGE
            service_principal_name: ${env.DEPLOYER_ID}-${bundle.git.commit}

Bad: an include without its file::

    # file: databricks.yml
    bundle:
      name: orders
    include:
      - resources/load.job.yml

Bad: an include in the wrong place::

    # file: databricks.yml
    bundle:
      name: orders
      include:
        - resources/*.yml
    # file: resources/load.yml
    resources:
      jobs:
        load:
          tasks: []

Good::

    # file: databricks.yml
    bundle:
      name: orders
    include: [resources/*.yml, resources/*/*.yml]
    variables:
      catalog:
        description: Given by the target.
      warehouse:
        lookup: {warehouse: shared}
    targets:
      prod:
        mode: production
        variables:
          catalog: prod
    # file: resources/load.yml
    resources:
      pipelines:
        marts:
          libraries:
            - file: {path: ../src/marts.sql}
            - glob: {include: ../src/**}
      jobs:
        load:
          job_clusters:
            - job_cluster_key: etl
              new_cluster: {spark_version: 17.3.x-scala2.13, num_workers: 2}
          environments:
            - environment_key: default
              spec: {environment_version: "4"}
          tasks:
            - task_key: load
              job_cluster_key: etl
              notebook_task:
                notebook_path: ../src/load.py
                base_parameters: {catalog: "${var.catalog}", user: "${workspace.current_user.userName}"}
            - task_key: check
              environment_key: default
              depends_on: [{task_key: load}]
              for_each_task:
                inputs: "[1, 2]"
                task:
                  task_key: check_one
                  environment_key: default
                  spark_python_task: {python_file: ../src/check.py}
            - task_key: marts
              depends_on: [{task_key: load}, {task_key: check}]
              pipeline_task:
                pipeline_id: ${resources.pipelines.marts.id}
            - task_key: report
              sql_task:
                warehouse_id: ${var.warehouse}
                file: {path: /Workspace/Shared/report.sql}
    # file: src/load.py
    # Databricks notebook source
    spark.table("main.bronze.orders").write.saveAsTable("main.silver.orders")
    # file: src/check.py
    print(spark.table("main.silver.orders").limit(1).count())
    # file: src/marts.sql
    CREATE MATERIALIZED VIEW revenue AS SELECT day, sum(price) AS price FROM main.silver.orders GROUP BY day

Good: settings that the CLI reads from the environment by itself, and a script that the shell reads::

    # file: databricks.yml
    bundle:
      name: orders
    scripts:
      greet:
        content: echo ${var.who} ${env.HOME}
    targets:
      prod:
        mode: production
        workspace:
          host: ${env.DATABRICKS_HOST}

Good: the target brings the cluster::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          tasks:
            - task_key: load
              job_cluster_key: etl
    targets:
      prod:
        resources:
          jobs:
            load:
              job_clusters:
                - job_cluster_key: etl
                  new_cluster: {spark_version: 17.3.x-scala2.13, num_workers: 2}

Good: Python adds the pipeline::

    # file: databricks.yml
    bundle:
      name: orders
    python:
      resources: ["resources:load_resources"]
    resources:
      jobs:
        load:
          tasks:
            - task_key: marts
              pipeline_task:
                pipeline_id: ${resources.pipelines.marts.id}

Good: the files are made before deployment::

    # file: databricks.yml
    bundle:
      name: orders
    include: [generated/*.yml]
    resources:
      jobs:
        load:
          tasks:
            - task_key: marts
              pipeline_task:
                pipeline_id: ${resources.pipelines.marts.id}
            - task_key: load
              spark_python_task:
                python_file: ${var.entry}

Good: files that a build makes and `sync.include` uploads, and part of a bundle that a tool completes::

    # file: databricks.yml
    bundle:
      name: orders
    sync:
      include: [sql/_rendered/**]
    resources:
      jobs:
        load:
          tasks:
            - task_key: load
              sql_task:
                warehouse_id: 1234567890abcdef
                file: {path: sql/_rendered/load.sql}
    # file: overrides/databricks.yml
    resources:
      jobs:
        load:
          tasks:
            - task_key: load
              job_cluster_key: default
              depends_on: [{task_key: extract}]

Good: a submodule holds the files::

    # file: .gitmodules
    [submodule "vendor/monitoring"]
    path = vendor/monitoring
    # file: databricks.yml
    bundle:
      name: orders
    include:
      - vendor/monitoring/bundle/monitoring.job.yml
    resources:
      jobs:
        load:
          tasks:
            - task_key: load
              notebook_task: {notebook_path: vendor/monitoring/load.py}

Good: files outside of the project, keys that are references, and a section that is empty::

    # file: databricks.yml
    bundle:
      name: orders
    include: [resources/*.yml]
    resources:
      schemas:
      jobs:
        load:
          tasks:
            - task_key: ${var.first}
            - task_key: load
              depends_on: [{task_key: first}]
    variables:
      first:
        description: Given on the command line.
    targets:
      prod:
        mode: production
        run_as:
          service_principal_name: ${resources.apps.desk.environment.id}
        resources:
          apps:
            desk: {name: desk}
    # file: resources/notes.yml
    resources:
      schemas:
    # file: team/databricks.yml
    bundle:
      name: team
    include: [../../shared/*.yml, resources/*.yml]
    resources:
      jobs:
        load:
          tasks:
            - task_key: load
              notebook_task: {notebook_path: /Workspace/load, base_parameters: {catalog: "${var.catalog}"}}
    # file: team/resources/other.yml
    resources:
      jobs:
        other:
          tasks: []

Good: a template that is copied to where its files are::

    # file: templates/databricks.yml
    bundle:
      name: orders
    targets:
      dev:
        mode: development
        workspace:
          host: <your workspace>
    resources:
      pipelines:
        marts:
          libraries:
            - file: {path: ./transformations/gold.sql}

Good: code from a git source and from the build::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          git_source: {git_url: "https://git.example.com/orders", git_branch: main}
          tasks:
            - task_key: load
              notebook_task: {notebook_path: notebooks/load, source: GIT}
        build:
          tasks:
            - task_key: run
              spark_python_task: {python_file: ./dist/main.py}
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.rules.bundle_validator._declarations import declared_twice, included, written_twice
from orchestrator.rules.bundle_validator._deployment import weighed
from orchestrator.rules.bundle_validator._references import (
    assigned,
    from_environment,
    is_whole,
    open_references,
    unfilled,
)
from orchestrator.rules.bundle_validator._tasks import made_folders, missing_files, missing_libraries, tasks_of
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle
    from orchestrator.code.facts import Facts
    from orchestrator.rules.bundle_validator._references import Broken

RULE = Rule(
    id="BND006",
    name="reference-integrity",
    severity=Severity.HIGH,
    default=True,
    references=("https://docs.databricks.com/aws/en/dev-tools/bundles/settings",),
)


@RULE.on_bundle
def check(bundle: Bundle, facts: Facts) -> Iterator[Hit]:
    """Every place that leads nowhere, once, whatever the number of targets that share it."""
    severity = weighed(Severity.HIGH, bundle)
    seen = set()
    for broken in _broken(bundle, facts):
        if broken.location not in seen:
            seen.add(broken.location)
            yield Hit(location=broken.location, message=broken.message, severity=severity, symbol=broken.symbol)


def _broken(bundle: Bundle, facts: Facts) -> Iterator[Broken]:
    yield from included(bundle, has_submodules=".gitmodules" in facts.project.paths)
    yield from declared_twice(bundle)
    yield from written_twice(bundle)
    references = {target.name: open_references(target) for target in bundle.targets}
    for each in references.values():
        yield from from_environment(each)
    for target in bundle.targets if _has_its_files(bundle, facts) else ():
        made = made_folders(target)
        for job in target.jobs:
            yield from missing_files(job, made)
        for pipeline in target.pipelines:
            yield from missing_libraries(pipeline, made)
    if not is_whole(bundle, facts):
        return
    yield from assigned(bundle)
    for target in bundle.targets:
        yield from unfilled(bundle, target, references[target.name])
        for job in target.jobs:
            yield from tasks_of(job)


def _has_its_files(bundle: Bundle, facts: Facts) -> bool:
    """Whether the files that the bundle runs should be here: no submodule holds them, and it is no template."""
    return ".gitmodules" not in facts.project.paths and not any(
        (target.host or "").startswith("<") for target in bundle.targets
    )
