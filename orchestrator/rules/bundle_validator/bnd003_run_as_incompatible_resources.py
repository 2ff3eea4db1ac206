"""A bundle sets `run_as` beside resources that cannot run as somebody else.

What: a target whose `run_as` is not whoever deploys, and that deploys model serving endpoints, quality monitors, apps
or dashboards with embedded credentials.

Why: those resources belong to their deployer; their interfaces know no other identity. The CLI therefore refuses the
whole deployment, jobs and all, before anything is uploaded.

Silent when: `run_as` is `${workspace.current_user...}` or holds a variable that nothing offline can fill; CI
deploys, with an identity that may be this one, or the target shows this very principal as its owner, also a development
target whose root path is the principal's home, for then the two are the same; `experimental.use_legacy_run_as` is on,
which skips the check of the CLI. A development target is deployed by every developer, and one `run_as` cannot be all
of them: there the deployment does fail. Elsewhere it fails unless the deployer is that identity, and the finding is
milder.

Source: Databricks documentation, run identity of bundles, its limits; source of the Databricks CLI, `run_as.go`.

Bad::

    # file: databricks.yml
    bundle:
      name: assistant
    run_as:
      service_principal_name: 8d51e6b4-2a97-4c03-b5f8-17ae90c3d264
    resources:
      apps:
        assistant:
          name: assistant
          source_code_path: ./app
    targets:
      dev:
        mode: development

Bad::

    # file: databricks.yml
    bundle:
      name: churn
    resources:
      model_serving_endpoints:
        churn:
          name: churn
    targets:
      prod:
        mode: production
        workspace:
          root_path: /Workspace/Applications/churn
        run_as:
          service_principal_name: 8d51e6b4-2a97-4c03-b5f8-17ae90c3d264

Bad::

    # file: databricks.yml
    bundle:
      name: revenue
    resources:
      dashboards:
        revenue:
          display_name: Revenue
          file_path: ./revenue.lvdash.json
          embed_credentials: true
    targets:
      prod:
        run_as:
          user_name: deployer@example.com

Good::

    # file: databricks.yml
    bundle:
      name: revenue
    resources:
      jobs:
        load:
          tasks: []
      pipelines:
        marts:
          serverless: true
      dashboards:
        revenue:
          display_name: Revenue
          file_path: ./revenue.lvdash.json
    targets:
      prod:
        run_as:
          service_principal_name: 8d51e6b4-2a97-4c03-b5f8-17ae90c3d264

Good: only the jobs run as somebody else::

    # file: databricks.yml
    bundle:
      name: assistant
    resources:
      apps:
        assistant:
          name: assistant
          source_code_path: ./app
      jobs:
        refresh:
          run_as:
            service_principal_name: 8d51e6b4-2a97-4c03-b5f8-17ae90c3d264
          tasks: []
    targets:
      prod:
        mode: production

Good: the deployer runs it::

    # file: databricks.yml
    bundle:
      name: assistant
    run_as:
      user_name: ${workspace.current_user.userName}
    resources:
      apps:
        assistant:
          name: assistant
          source_code_path: ./app
    targets:
      dev:
        mode: development

Good: CI deploys with a token, which may be the principal's own::

    # file: databricks.yml
    bundle:
      name: assistant
    resources:
      apps:
        assistant:
          name: assistant
          source_code_path: ./app
    targets:
      prod:
        mode: production
        run_as:
          service_principal_name: assistant-runner
    # file: .github/workflows/deploy.yml
    name: deploy
    on: {push: {branches: [main]}}
    jobs:
      deploy:
        runs-on: ubuntu-latest
        env:
          DATABRICKS_TOKEN: ${{ secrets.DATABRICKS_TOKEN }}
        steps:
          - run: databricks bundle deploy -t prod

Good: the target is deployed to the home of who runs it::

    # file: databricks.yml
    bundle:
      name: assistant
    resources:
      apps:
        assistant:
          name: assistant
          source_code_path: ./app
    targets:
      dev:
        mode: development
        workspace:
          root_path: /Workspace/Users/8d51e6b4-2a97-4c03-b5f8-17ae90c3d264/.bundle/assistant
        run_as:
          service_principal_name: 8d51e6b4-2a97-4c03-b5f8-17ae90c3d264

Good: the principal that runs it deploys it::

    # file: databricks.yml
    bundle:
      name: assistant
    resources:
      apps:
        assistant:
          name: assistant
          source_code_path: ./app
    targets:
      prod:
        mode: production
        run_as:
          service_principal_name: 8d51e6b4-2a97-4c03-b5f8-17ae90c3d264
    # file: .github/workflows/deploy.yml
    name: deploy
    on: {push: {branches: [main]}}
    jobs:
      deploy:
        runs-on: ubuntu-latest
        env:
          DATABRICKS_CLIENT_ID: ${{ vars.DEPLOYER }}
        steps:
          - run: databricks bundle deploy -t prod

Good: the legacy way does not check::

    # file: databricks.yml
    bundle:
      name: assistant
    experimental:
      use_legacy_run_as: true
    run_as:
      service_principal_name: 8d51e6b4-2a97-4c03-b5f8-17ae90c3d264
    resources:
      apps:
        assistant:
          name: assistant
          source_code_path: ./app
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.rules.bundle_validator._deployment import (
    deployed_from_ci,
    is_home_of,
    names_principal,
    resource_location,
    weighed,
)
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle, Resource, Target
    from orchestrator.code.facts import Facts

RULE = Rule(
    id="BND003",
    name="run-as-incompatible-resources",
    severity=Severity.HIGH,
    default=True,
    references=("https://docs.databricks.com/aws/en/dev-tools/bundles/run-as",),
)
_KINDS = {
    "model_serving_endpoints": "model serving endpoint",
    "quality_monitors": "quality monitor",
    "apps": "app",
    "dashboards": "dashboard with embedded credentials",
}


@RULE.on_bundle
def check(bundle: Bundle, facts: Facts) -> Iterator[Hit]:
    """The first refused resource of every target, each place of it once."""
    if _is_legacy(bundle) or not any(kind in _KINDS for target in bundle.targets for kind in target.resource_kinds):
        return
    from_ci = deployed_from_ci(facts)
    seen = set()
    for target in sorted(bundle.targets, key=lambda target: not target.is_development):
        name = _fixed_identity(target)
        refused = next(_refused(target), None)
        if name is None or refused is None or refused.location in seen:
            continue
        if is_home_of(target, name) or (not target.is_development and (from_ci or names_principal(target))):
            continue
        seen.add(refused.location)
        yield _hit(bundle, target, name, refused)


def _hit(bundle: Bundle, target: Target, name: str, refused: Resource) -> Hit:
    certain = target.is_development
    when = "the deployment fails for everybody else" if certain else "the deployment fails unless that is who deploys"
    where = f"target `{target.name}`" if target.declared is not None else "the bundle"
    return Hit(
        location=resource_location(target, refused),
        message=f"{where} runs as `{name}`, and the {_KINDS[refused.kind]} `{refused.key}` can only run as its "
        f"deployer: {when}; set `run_as` on the jobs and pipelines instead",
        severity=weighed(Severity.HIGH if certain else Severity.MEDIUM, bundle),
        confidence=100 if certain else 50,
        symbol=refused.key,
    )


def _fixed_identity(target: Target) -> str | None:
    """The identity that the target names by itself; None where it is nobody, or depends on the deployer."""
    identity = target.run_as
    name = (identity.user or identity.service_principal or identity.group) if identity else None
    return None if name is None or "${" in name else name


def _refused(target: Target) -> Iterator[Resource]:
    for kind in _KINDS:
        for resource in target.resources(kind):
            if kind != "dashboards" or resource.node.boolean("embed_credentials"):
                yield resource


def _is_legacy(bundle: Bundle) -> bool:
    settings = bundle.root.map("experimental")
    return settings is not None and settings.boolean("use_legacy_run_as") is True
