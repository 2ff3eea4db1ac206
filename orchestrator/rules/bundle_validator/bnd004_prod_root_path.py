"""A production target is deployed to a folder that everybody may write, or to another one for each deployer.

What: a production target whose `workspace.root_path` is under `/Workspace/Shared`; or whose root path is absent, starts
with `~` or holds `${workspace.current_user...}`, so that it follows whoever deploys.

Why: the root path holds the code that production runs. Every user of the workspace may change what lies under
`Shared`, and so decide what a privileged job does tonight. A path in the deployer's own home gives the next deployer a
second copy: the old jobs stay, and both run.

Silent when: a CI definition or a script of the project deploys the bundle, for then there is one deployer and one home
(this says nothing about `Shared`); a permission for the group `users` says openly that everybody may manage; the path
is a variable that nothing offline can fill; `run_as` is the deployer by an explicit `${workspace.current_user...}`, so
that following the deployer is what is meant; the target is production by its mode alone; the bundle deploys nothing.

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

Bad: a copy for each deployer::

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
          root_path: /Workspace/Users/${workspace.current_user.userName}/.bundle/${bundle.name}/${bundle.target}

Bad: the default is the deployer's home::

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
        run_as:
          service_principal_name: 8d51e6b4-2a97-4c03-b5f8-17ae90c3d264

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

Good: one person's home, named::

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
          root_path: /Workspace/Users/maria.keller@example.com/.bundle/orders

Good: one deployer, so one home::

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
    # file: azure-pipelines.yml
    steps:
      - script: databricks bundle deploy --target prod

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

Good: given from outside::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          tasks: []
    variables:
      root:
        description: Given on the command line.
    targets:
      prod:
        mode: production
        workspace:
          root_path: ${var.root}

Good: all of it belongs to its deployer, by decision::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      apps:
        desk: {name: desk, source_code_path: ./app}
    targets:
      prod:
        mode: production
        workspace:
          root_path: /Workspace/Users/${workspace.current_user.userName}/.bundle/${bundle.name}
        run_as:
          user_name: ${workspace.current_user.userName}

Good: a demo that each user deploys in production mode::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          tasks: []
    targets:
      default:
        mode: production
        workspace:
          root_path: /Workspace/Users/${workspace.current_user.userName}/.bundle/${bundle.name}

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
    deployed_from_ci,
    follows_deployer,
    in_home_of_deployer,
    live_targets,
    names_of,
    names_principal,
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
def check(bundle: Bundle, facts: Facts) -> Iterator[Hit]:
    """Shared root paths one by one, those that follow the deployer once a bundle."""
    targets = live_targets(bundle)
    severity = weighed(Severity.MEDIUM, bundle)
    for target in targets:
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
    moving = tuple(target for target in targets if _deploys(bundle, target) and _moves(target))
    if moving and not deployed_from_ci(facts):
        yield Hit(
            location=_place(moving[0]),
            message=f"the root path of {names_of(moving)} follows whoever deploys: a second deployer makes "
            "a second copy of the jobs, and both run; set `workspace.root_path`",
            severity=severity,
            symbol=moving[0].name,
        )


def _place(target: Target) -> Location:
    workspace = target.workspace
    written = workspace.scalar("root_path") if workspace else None
    return written.location if written else target.location


def _is_open(target: Target) -> bool:
    return any(entry.identity.group == "users" and entry.level == "CAN_MANAGE" for entry in target.permissions)


def _moves(target: Target) -> bool:
    if not target.is_named_production:
        return False
    decided = target.run_as is not None and follows_deployer(target.run_as.user or "")
    return not decided and in_home_of_deployer(target.root_path) and not names_principal(target)


def _deploys(bundle: Bundle, target: Target) -> bool:
    return bundle.python_resources or any(len(resource.node) for resource in target.all_resources)
