"""Scheduled production jobs fail without anybody being told.

What: the jobs of a production target that start by themselves and name nobody for a failure: neither an address nor a
webhook on the job or on one of its tasks. One finding for a bundle.

Why: a failed run is then seen when the consumer misses the data, hours or days later.

Silent when: a notification of the pipeline that the job starts, or a task that runs after a failure (`run_if`), may
tell somebody; the target is not production; the job is started by hand or by another job, whose
failure is reported there; the bundle is a test or an example.

Source: Databricks documentation, add notifications on a job.

Bad::

    # file: databricks.yml
    bundle:
      name: shop
    resources:
      jobs:
        nightly:
          schedule: {quartz_cron_expression: "0 0 5 * * ?", timezone_id: UTC}
          tasks:
            - task_key: load
              notebook_task: {notebook_path: /Workspace/shop/load}
    targets:
      prod:
        mode: production

Good: on the job, on a task, by a task that runs after a failure, or by hand::

    # file: databricks.yml
    bundle:
      name: shop
    resources:
      jobs:
        nightly:
          schedule: {quartz_cron_expression: "0 0 5 * * ?", timezone_id: UTC}
          email_notifications:
            on_failure: [shop-on-call@example.com]
          tasks:
            - task_key: load
              notebook_task: {notebook_path: /Workspace/shop/load}
        hourly:
          trigger:
            periodic: {interval: 1, unit: HOURS}
          tasks:
            - task_key: load
              notebook_task: {notebook_path: /Workspace/shop/load}
              webhook_notifications:
                on_failure: [{id: 7d4b2c}]
        weekly:
          schedule: {quartz_cron_expression: "0 0 5 ? * MON", timezone_id: UTC}
          tasks:
            - task_key: load
              notebook_task: {notebook_path: /Workspace/shop/load}
            - task_key: tell
              depends_on: [{task_key: load}]
              run_if: AT_LEAST_ONE_FAILED
              notebook_task: {notebook_path: /Workspace/shop/tell}
        backfill:
          tasks:
            - task_key: load
              notebook_task: {notebook_path: /Workspace/shop/load}
    targets:
      prod:
        mode: production

Good: the pipeline tells, and development need not::

    # file: databricks.yml
    bundle:
      name: shop
    resources:
      jobs:
        refresh:
          schedule: {quartz_cron_expression: "0 0 5 * * ?", timezone_id: UTC}
          tasks:
            - task_key: marts
              pipeline_task: {pipeline_id: "${resources.pipelines.marts.id}"}
      pipelines:
        marts:
          notifications:
            - email_recipients: [shop-on-call@example.com]
              alerts: [on-update-failure]
    targets:
      dev:
        mode: development
      prod:
        mode: production
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import role_of
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle, Job, Target
    from orchestrator.code.facts import Facts

RULE = Rule(
    id="SLA001",
    name="no-failure-alert",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://docs.databricks.com/aws/en/jobs/notifications",),
)
_AFTER_FAILURE = frozenset({"AT_LEAST_ONE_FAILED", "ALL_FAILED", "ALL_DONE"})


@RULE.on_bundle
def check(bundle: Bundle, _facts: Facts) -> Iterator[Hit]:
    """The first target of production in which jobs start by themselves and fail in silence."""
    if not role_of(bundle.path).is_serious:
        return
    for target in bundle.targets:
        if not target.is_production or target.triggers_paused:
            continue
        silent = [job for job in target.jobs if job.is_scheduled and not _is_told(job, target)]
        if silent:
            names = ", ".join(f"`{job.key}`" for job in silent[:5]) + (" and others" if len(silent) > 5 else "")
            yield Hit(
                location=silent[0].location,
                message=f"in `{target.name}` nobody is told when {names} fail{'s' if len(silent) == 1 else ''}: add "
                "`email_notifications` or `webhook_notifications` with `on_failure`",
                symbol=target.name,
            )
            return


def _is_told(job: Job, target: Target) -> bool:
    """Whether somebody learns of a failure of the job."""
    nodes = (*job.notifications, *(node for task in job.all_tasks for node in task.notifications))
    if any("on_failure" in node for node in nodes) or any(t.run_if in _AFTER_FAILURE for t in job.tasks):
        return True
    started = {task.pipeline_id for task in job.all_tasks if task.kind == "pipeline"}
    told = {f"${{resources.pipelines.{each.key}.id}}" for each in target.pipelines if each.notifications}
    return bool(started) and started <= told
