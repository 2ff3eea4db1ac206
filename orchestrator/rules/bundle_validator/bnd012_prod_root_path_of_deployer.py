"""The root path of a production target follows whoever deploys, so two deployers make two copies of the jobs.

What: a target named for production whose `workspace.root_path` is absent, starts with `~` or holds
`${workspace.current_user...}`.

Why: a path in the deployer's own home gives the next deployer a second copy: the old jobs stay, and both run.

Silent when: a CI definition or a script of the project deploys the bundle, for then there is one deployer and one home;
the path is a variable that nothing offline can fill; `run_as` is the deployer by an explicit
`${workspace.current_user...}`, so that following the deployer is what is meant; the target is production by its mode
alone; the bundle deploys nothing.

Source: Databricks documentation, deployment modes of bundles, production mode.

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
          root_path: /Workspace/Users/deployer@example.com/.bundle/orders

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
"""

from __future__ import annotations

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

RULE = Rule(
    id="BND012",
    name="prod-root-path-of-deployer",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://docs.databricks.com/aws/en/dev-tools/bundles/deployment-modes",),
)


@RULE.on_bundle
def check(bundle: Bundle, facts: Facts) -> Iterator[Hit]:
    """One finding a bundle, at the first target that moves."""
    moving = tuple(target for target in live_targets(bundle) if _deploys(bundle, target) and _moves(target))
    if moving and not deployed_from_ci(facts):
        workspace = moving[0].workspace
        written = workspace.scalar("root_path") if workspace else None
        yield Hit(
            location=written.location if written else moving[0].location,
            message=f"the root path of {names_of(moving)} follows whoever deploys: a second deployer makes "
            "a second copy of the jobs, and both run; set `workspace.root_path`",
            severity=weighed(Severity.MEDIUM, bundle),
            symbol=moving[0].name,
        )


def _moves(target: Target) -> bool:
    if not target.is_named_production:
        return False
    decided = target.run_as is not None and follows_deployer(target.run_as.user or "")
    return not decided and in_home_of_deployer(target.root_path) and not names_principal(target)


def _deploys(bundle: Bundle, target: Target) -> bool:
    return bundle.python_resources or any(len(resource.node) for resource in target.all_resources)
