"""A production target runs its schedules as a person.

What: a production target whose `run_as` names a user, or that has no `run_as` although it starts jobs on a schedule, so
that they run as whoever deployed last.

Why: a person's access changes and ends. When an account is closed every job that runs as it fails the next night, and
until then production reads and writes with all that this person may see. A service principal has only the grants that
the work needs, and an audit log that names it means the pipeline.

Silent when: the CI definition that deploys signs in as a service principal, or the target shows one as its owner (in
the root path, or with `CAN_MANAGE`), for then that is who runs the jobs; each scheduled job has a `run_as` of its own;
no job of the target starts by itself; the user is a variable, a placeholder, or whoever deploys by an explicit
`${workspace.current_user...}`, which a bundle with apps or serving endpoints needs. What is missing is reported once a
bundle.

Source: Databricks documentation, run identity of bundles; Databricks, recommendations for service principals.

Bad::

    # file: databricks.yml
    bundle:
      name: orders
    targets:
      prod:
        mode: production
        workspace:
          root_path: /Workspace/Applications/orders
        run_as:
          user_name: deployer@example.com

Bad: nobody is named, and the job starts by itself::

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
              notebook_task:
                notebook_path: ./load.py
    targets:
      prod:
        mode: production
        workspace:
          root_path: /Workspace/Users/deployer@example.com/.bundle/orders
    # file: load.py
    spark.table("main.bronze.orders").write.saveAsTable("main.silver.orders")

Bad: the user of the whole bundle, said once::

    # file: databricks.yml
    bundle:
      name: orders
    run_as:
      user_name: deployer@example.com
    targets:
      prod:
        mode: production
      prod_eu:
        mode: production

Good::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          trigger:
            periodic: {interval: 1, unit: DAYS}
          tasks: []
    targets:
      prod:
        mode: production
        run_as:
          service_principal_name: 8d51e6b4-2a97-4c03-b5f8-17ae90c3d264

Good: a service principal deploys::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          continuous: {}
          tasks: []
    targets:
      prod:
        mode: production
        workspace:
          root_path: /Workspace/Applications/orders
    # file: .github/workflows/deploy.yml
    name: deploy
    on:
      push:
        branches: [main]
    jobs:
      deploy:
        runs-on: ubuntu-latest
        env:
          DATABRICKS_CLIENT_ID: ${{ vars.DEPLOYER }}
          DATABRICKS_CLIENT_SECRET: ${{ secrets.DEPLOYER }}
        steps:
          - run: databricks bundle deploy -t prod

Good: the target shows its owner::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          continuous: {}
          tasks: []
    targets:
      prod:
        mode: production
        permissions:
          - level: CAN_MANAGE
            service_principal_name: 8d51e6b4-2a97-4c03-b5f8-17ae90c3d264
      live:
        mode: production
        workspace:
          root_path: /Workspace/Users/8d51e6b4-2a97-4c03-b5f8-17ae90c3d264/orders

Good: each job says as whom it runs::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          continuous: {}
          run_as:
            service_principal_name: 8d51e6b4-2a97-4c03-b5f8-17ae90c3d264
          tasks: []
    targets:
      prod:
        mode: production

Good: nothing starts by itself::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        backfill:
          tasks: []
        paused:
          schedule:
            quartz_cron_expression: 0 0 4 * * ?
            timezone_id: UTC
            pause_status: PAUSED
          tasks: []
    targets:
      prod:
        mode: production

Good: a developer's copy runs as its developer::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          continuous: {}
          tasks: []
    targets:
      dev:
        mode: development
        run_as:
          user_name: deployer@example.com

Good: apps run as their deployer, and so does the rest, by decision::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      apps:
        desk: {name: desk, source_code_path: ./app}
      jobs:
        load:
          continuous: {}
          tasks: []
    targets:
      prod:
        mode: production
        run_as:
          user_name: ${workspace.current_user.userName}

Good: a test stage in production mode::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          continuous: {}
          tasks: []
    targets:
      test:
        mode: production
      staging:
        mode: production

Good: the user is given from outside::

    # file: databricks.yml
    bundle:
      name: orders
    variables:
      runner:
        description: Given on the command line.
    targets:
      prod:
        mode: production
        run_as:
          user_name: ${var.runner}
      live:
        mode: production
        run_as:
          user_name: <user_name>
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.rules.bundle_validator._deployment import (
    deployed_by_principal,
    live_targets,
    names_of,
    names_principal,
    weighed,
)
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle, Job, Target
    from orchestrator.code.facts import Facts

RULE = Rule(
    id="BND002",
    name="prod-identity",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://docs.databricks.com/aws/en/dev-tools/bundles/run-as",),
)

_OPEN = re.compile(r"\$\{|\{\{|<")


@RULE.on_bundle
def check(bundle: Bundle, facts: Facts) -> Iterator[Hit]:
    """The users that production runs as, and the first target that names nobody."""
    targets = live_targets(bundle)
    severity = weighed(Severity.MEDIUM, bundle)
    for target in targets:
        identity = target.run_as
        if identity is None or not identity.user or _OPEN.search(identity.user):
            continue
        yield Hit(
            location=identity.location,
            message=f"production runs as the user `{identity.user}`: its jobs fail when the account is closed; name a "
            "service principal in `run_as`",
            severity=severity,
            symbol=target.name,
        )
    unnamed = tuple(target for target in targets if _runs_as_deployer(target))
    if not unnamed or deployed_by_principal(facts):
        return
    job = next(job.key for job in unnamed[0].jobs if _starts_unnamed(job))
    yield Hit(
        location=unnamed[0].location,
        message=f"no `run_as` for {names_of(unnamed)}: `{job}` starts by itself as whoever deployed last; name a "
        "service principal",
        severity=severity,
        confidence=50,
        symbol=unnamed[0].name,
    )


def _runs_as_deployer(target: Target) -> bool:
    identity = target.run_as
    nobody = identity is None or identity.is_empty
    if not nobody or names_principal(target) or target.triggers_paused:
        return False
    return any(_starts_unnamed(job) for job in target.jobs)


def _starts_unnamed(job: Job) -> bool:
    return job.is_scheduled and (job.run_as is None or job.run_as.is_empty)
