"""A target that is called production is not deployed in production mode.

What: a target named `prod`, `prd`, `production` or `live` (also `prod_eu`, `prod2`) with `mode: development`, or with
no `mode` at all.

Why: production mode is what makes the CLI refuse a pipeline in development mode, a deployment from the wrong git branch
and a root path that gives every deployer a copy of their own. Development mode does worse: it renames every resource to
`[dev somebody]`, pauses the schedules and lets runs overlap, so that production does not run at all.

Silent when: the mode is a variable; `presets` state what the mode would decide, in which case somebody chose to spell
it out; the name says that it is no production (`pre-prod`, `prod-test`). Milder in bundles that are tests or examples.

Source: Databricks documentation, deployment modes of bundles.

Bad::

    # file: databricks.yml
    bundle:
      name: orders
    targets:
      dev:
        mode: development
        default: true
      prod:
        workspace:
          host: https://orders.cloud.databricks.com

Bad::

    # file: databricks.yml
    bundle:
      name: orders
    targets:
      prod:
        mode: development
        workspace:
          host: https://orders.cloud.databricks.com

Bad: a region behind the name::

    # file: databricks.yml
    bundle:
      name: orders
    targets:
      prod_eu:
        workspace:
          root_path: /Workspace/Applications/orders
        run_as:
          service_principal_name: 8d51e6b4-2a97-4c03-b5f8-17ae90c3d264

Good::

    # file: databricks.yml
    bundle:
      name: orders
    targets:
      prod:
        mode: production
        workspace:
          host: https://orders.cloud.databricks.com
          root_path: /Workspace/Applications/orders

Good: presets say what the mode would::

    # file: databricks.yml
    bundle:
      name: orders
    targets:
      prod:
        presets:
          trigger_pause_status: UNPAUSED
          pipelines_development: false

Good: names of what comes before production::

    # file: databricks.yml
    bundle:
      name: orders
    targets:
      nonprod:
        mode: development
      pre-prod:
        workspace:
          host: https://orders.cloud.databricks.com
      staging:
        workspace:
          host: https://orders.cloud.databricks.com

Good: the mode is decided elsewhere::

    # file: databricks.yml
    bundle:
      name: orders
    variables:
      mode:
        description: Given on the command line.
    targets:
      prod:
        mode: ${var.mode}

Good: the mode comes from an anchor::

    # file: databricks.yml
    bundle:
      name: orders
    x-live: &live
      mode: production
    targets:
      prod:
        <<: *live
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.rules.bundle_validator._deployment import weighed
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle, Target
    from orchestrator.code.facts import Facts

RULE = Rule(
    id="BND001",
    name="prod-not-production-mode",
    severity=Severity.HIGH,
    default=True,
    references=("https://docs.databricks.com/aws/en/dev-tools/bundles/deployment-modes",),
)
_SPELLED_OUT = ("trigger_pause_status", "pipelines_development")


@RULE.on_bundle
def check(bundle: Bundle, _facts: Facts) -> Iterator[Hit]:
    """Every target that is production by name and not by mode."""
    for target in bundle.targets:
        declared = target.declared
        if declared is None or not target.is_named_production:
            continue
        if target.mode == "development":
            yield Hit(
                location=declared.key_location("mode"),
                message=f"target `{target.name}` is deployed with `mode: development`: its resources are renamed "
                "`[dev ...]` and its schedules paused; set `mode: production`",
                severity=weighed(Severity.HIGH, bundle),
                symbol=target.name,
            )
        elif target.mode is None and not _is_spelled_out(target):
            yield Hit(
                location=target.location,
                message=f"target `{target.name}` sets no `mode`, so none of the checks of a production deployment "
                "apply to it; add `mode: production`",
                severity=weighed(Severity.HIGH, bundle),
                symbol=target.name,
            )


def _is_spelled_out(target: Target) -> bool:
    return target.presets is not None and any(name in target.presets for name in _SPELLED_OUT)
