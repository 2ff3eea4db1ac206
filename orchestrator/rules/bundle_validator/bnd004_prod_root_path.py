"""Production is deployed to a folder that every user of the workspace may write.

What: a production target whose `workspace.root_path` is under `/Workspace/Shared`.

Why: the root path holds the code that production runs. Every user of the workspace may change what lies under
`Shared`, and so decide what a privileged job does tonight.

Silent when: a permission for the group `users` says openly that everybody may manage; the path is a variable that
nothing offline can fill; the target is no production target.

Source: Databricks documentation, deployment modes of bundles, production mode; workspace folder permissions.

Bad::

    # file: databricks.yml
    bundle:
      name: orders
    targets:
      prod:
        mode: production
        workspace:
          root_path: /Workspace/Shared/.bundle/${bundle.name}/${bundle.target}
        run_as:
          service_principal_name: 8d51e6b4-2a97-4c03-b5f8-17ae90c3d264

Bad: an older way to write the same folder::

    # file: databricks.yml
    bundle:
      name: orders
    workspace:
      root_path: /Shared/bundles/orders
    targets:
      production:
        mode: production

Good::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          tasks: []
    targets:
      prod:
        mode: production
        workspace:
          root_path: /Workspace/Applications/${bundle.name}/${bundle.target}

Good: everybody may manage, and the bundle says so::

    # file: databricks.yml
    bundle:
      name: orders
    targets:
      prod:
        mode: production
        workspace:
          root_path: /Workspace/Shared/orders
        permissions:
          - level: CAN_MANAGE
            group_name: users

Good: staging may share::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          tasks: []
    targets:
      staging:
        workspace:
          root_path: /Workspace/Shared/orders
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.rules.bundle_validator._deployment import (
    live_targets,
    weighed,
)
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle, Target
    from orchestrator.code.facts import Facts
    from orchestrator.types import Location

RULE = Rule(
    id="BND004",
    name="prod-root-path",
    severity=Severity.MEDIUM,
    default=True,
    references=("https://docs.databricks.com/aws/en/dev-tools/bundles/deployment-modes",),
)
_SHARED = re.compile(r"(?:/Workspace)?/Shared(?:/|\Z)")


@RULE.on_bundle
def check(bundle: Bundle, _facts: Facts) -> Iterator[Hit]:
    """Each shared root path."""
    severity = weighed(Severity.MEDIUM, bundle)
    for target in live_targets(bundle):
        path = target.root_path
        if path is None or not _SHARED.match(path) or _is_open(target):
            continue
        yield Hit(
            location=_place(target),
            message=f"`{target.name}` is deployed to `{path}`, where every user of the workspace may change the code "
            "that production runs; choose a folder with its own permissions",
            severity=severity,
            symbol=target.name,
        )


def _place(target: Target) -> Location:
    workspace = target.workspace
    written = workspace.scalar("root_path") if workspace else None
    return written.location if written else target.location


def _is_open(target: Target) -> bool:
    return any(entry.identity.group == "users" and entry.level == "CAN_MANAGE" for entry in target.permissions)
