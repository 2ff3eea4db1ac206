"""A cron schedule starts a job far more often than was meant.

What: a Quartz expression of a bundle's job whose field for seconds is `*` or a step, or whose field for minutes is `*`
while hours are named: `* * 2 * * ?` starts at every second from 02:00:00 to 02:59:59, `0 * 2 * * ?` sixty times.

Why: Quartz has a field for seconds before the minutes of cron; whoever moves a line of crontab over begins one field
too early. With one run at a time the job runs without a pause for an hour; with more, many at once.

Silent when: the expression is a reference, or has another number of fields than Quartz; all hours are meant, as in a
job for each minute; the schedule is paused in the file; the bundle is a demo or a test.

Opt-in: the catalogue's other hazards (no time zone, both day fields) are refused by Databricks itself.

Source: Quartz, cron trigger tutorial; Databricks documentation, schedule a job.

Bad: every second of an hour::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          schedule:
            quartz_cron_expression: "* 0 2 * * ?"
            timezone_id: UTC
          tasks:
            - task_key: load
              notebook_task: {notebook_path: /Workspace/load}

Bad: every minute of an hour::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          schedule:
            quartz_cron_expression: 0 * 2 * * ?
            timezone_id: UTC
          tasks:
            - task_key: load
              notebook_task: {notebook_path: /Workspace/load}

Good::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          schedule: {quartz_cron_expression: "0 30 2 * * ?", timezone_id: UTC}
          tasks:
            - task_key: load
              notebook_task: {notebook_path: /Workspace/load}
        poll:
          schedule: {quartz_cron_expression: "0 * * * * ?", timezone_id: UTC}
          tasks:
            - task_key: poll
              notebook_task: {notebook_path: /Workspace/poll}
        often:
          schedule: {quartz_cron_expression: "23 */5 6-20 * * ?", timezone_id: UTC}
          tasks:
            - task_key: often
              notebook_task: {notebook_path: /Workspace/often}

Good: paused, and a reference::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          schedule: {quartz_cron_expression: "* 0 2 * * ?", timezone_id: UTC, pause_status: PAUSED}
          tasks:
            - task_key: load
              notebook_task: {notebook_path: /Workspace/load}
        other:
          schedule: {quartz_cron_expression: "${var.cron}", timezone_id: UTC}
          tasks:
            - task_key: other
              notebook_task: {notebook_path: /Workspace/other}
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import role_of
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle
    from orchestrator.code.facts import Facts
    from orchestrator.types import Location

RULE = Rule(
    id="WFL006",
    name="cron-hazard",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://www.quartz-scheduler.org/documentation/quartz-2.3.0/tutorials/crontrigger.html",),
)
_QUARTZ_FIELDS = (6, 7)


@RULE.on_bundle
def check(bundle: Bundle, _facts: Facts) -> Iterator[Hit]:
    """Each such schedule, once for all targets."""
    seen: set[Location] = set()
    for target in bundle.targets if role_of(bundle.path).is_serious else ():
        for job in target.jobs:
            schedule = job.schedule
            starts = _starts(schedule.quartz or "") if schedule is not None and not schedule.paused else None
            place = schedule.node.key_location("quartz_cron_expression") if schedule is not None else None
            if schedule is not None and starts is not None and place is not None and place not in seen:
                seen.add(place)
                yield Hit(
                    location=place,
                    message=f"`{schedule.quartz}` starts `{job.key}` {starts}: the first field of Quartz is seconds, "
                    "the second minutes",
                    symbol=job.key,
                )


def _starts(quartz: str) -> str | None:
    """How often the schedule starts, in words, where that is a slip."""
    fields = quartz.split()
    if len(fields) not in _QUARTZ_FIELDS or "$" in quartz or "{" in quartz:
        return None
    seconds, minutes, hours = fields[:3]
    if seconds == "*":
        return "every second of the minutes that it names"
    if "/" in seconds or "-" in seconds or "," in seconds:
        return f"at several seconds of a minute ({seconds})"
    if minutes == "*" and hours.isdigit():
        return f"60 times, at every minute of hour {hours}"
    return None
