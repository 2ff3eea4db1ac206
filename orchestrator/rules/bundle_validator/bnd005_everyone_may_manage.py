"""Everyone in the workspace may change or take over what the bundle deploys to production.

What: `CAN_MANAGE`, `CAN_MANAGE_RUN` or `IS_OWNER` for the group `users` or `account users`, at the top of the bundle,
in a target, or at one resource, in a target that serves production.

Why: whoever may manage a job may change its code path, its parameters and the identity that it runs as: every user of
the workspace gets what production's identity may read and write.

Silent when: the level only lets people see (`CAN_VIEW`, `CAN_QUERY`, `CAN_USE`); the target is for development, or
named for another stage; the bundle is a demo or a test.

Opt-in: in a workspace of one small team the group may be the team.

Source: Databricks documentation, permissions for resources in bundles; access control lists of jobs.

Bad: the whole bundle::

    # file: databricks.yml
    bundle:
      name: orders
    permissions:
      - level: CAN_MANAGE
        group_name: users
    targets:
      prod:
        mode: production

Bad: one job::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          permissions:
            - level: CAN_MANAGE_RUN
              group_name: users
            - level: CAN_VIEW
              group_name: users
          tasks:
            - task_key: load
              notebook_task: {notebook_path: /Workspace/load}
    targets:
      prod:
        mode: production

Good::

    # file: databricks.yml
    bundle:
      name: orders
    permissions:
      - level: CAN_VIEW
        group_name: users
      - level: CAN_MANAGE
        group_name: data-platform
    resources:
      jobs:
        load:
          permissions:
            - {level: CAN_VIEW, group_name: users}
          tasks:
            - task_key: load
              notebook_task: {notebook_path: /Workspace/load}
    targets:
      prod:
        mode: production

Good: where people develop::

    # file: databricks.yml
    bundle:
      name: orders
    targets:
      dev:
        mode: development
        permissions:
          - {level: CAN_MANAGE, group_name: users}
      prod:
        mode: production
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import role_of
from orchestrator.rules.bundle_validator._deployment import live_targets
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle, Permission, Target
    from orchestrator.code.facts import Facts
    from orchestrator.types import Location

RULE = Rule(
    id="BND005",
    name="everyone-may-manage",
    severity=Severity.HIGH,
    default=False,
    references=("https://docs.databricks.com/aws/en/dev-tools/bundles/permissions",),
)
_EVERYONE = frozenset({"users", "account users"})
_LEVELS = frozenset({"CAN_MANAGE", "CAN_MANAGE_RUN", "IS_OWNER"})


@RULE.on_bundle
def check(bundle: Bundle, _facts: Facts) -> Iterator[Hit]:
    """Each such entry, once for all targets."""
    seen: set[Location] = set()
    for target in live_targets(bundle) if role_of(bundle.path).is_serious else ():
        for what, entry in _entries(target):
            is_open = entry.identity.group in _EVERYONE and entry.level in _LEVELS
            if is_open and entry.location not in seen:
                seen.add(entry.location)
                yield Hit(
                    location=entry.location,
                    message=f"every user of the workspace has {entry.level} on {what}, and with it the rights of the "
                    "identity that it runs as; name the group that runs it, and give `users` CAN_VIEW",
                    symbol=what,
                )


def _entries(target: Target) -> Iterator[tuple[str, Permission]]:
    yield from ((f"all that `{target.name}` deploys", entry) for entry in target.permissions)
    for job in target.jobs:
        yield from ((f"job `{job.key}`", entry) for entry in job.permissions)
    for pipeline in target.pipelines:
        yield from ((f"pipeline `{pipeline.key}`", entry) for entry in pipeline.permissions)
    for resource in target.all_resources:
        yield from ((f"`{resource.key}`", entry) for entry in resource.permissions)
