"""An all-purpose cluster never stops by itself.

What: an all-purpose cluster of a bundle with `autotermination_minutes: 0`; a cluster that Python creates through the
Databricks SDK with 0, or without saying when it stops.

Why: a cluster without a limit runs until somebody remembers it, nights and weekends included: an idle week costs as
much as 168 hours of work.

Silent when: a bundle leaves the minutes out, because the CLI then sets 60; a cluster policy is named, which may fix the
minutes (an explicit 0 is still reported); arguments are passed on by `**`; the file itself deletes the clusters that it
creates. Clusters of jobs stop with their run and are not looked at.

Source: Databricks API, Clusters, `autotermination_minutes`; Databricks CLI, defaults of resources.

Bad::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      clusters:
        analysts:
          cluster_name: analysts
          spark_version: 17.3.x-scala2.13
          num_workers: 2
          autotermination_minutes: 0
    targets:
      dev:
        mode: development
      prod:
        mode: production

Bad: a target switches it off::

    # file: databricks.yml
    bundle:
      name: orders
    variables:
      idle_minutes:
        default: 30
    resources:
      clusters:
        analysts:
          spark_version: 17.3.x-scala2.13
          num_workers: 2
          autotermination_minutes: ${var.idle_minutes}
    targets:
      dev:
        mode: development
      prod:
        mode: production
        variables:
          idle_minutes: 0

Bad: with the SDK the default is never::

    # file: src/deploy.py
    w.clusters.create(cluster_name="analysts", spark_version=version, node_type_id=node, num_workers=2)

Bad::

    w.clusters.create_and_wait(cluster_name="analysts", spark_version=version, autotermination_minutes=0, num_workers=2)

Good::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      clusters:
        analysts:
          spark_version: 17.3.x-scala2.13
          num_workers: 2
          autotermination_minutes: 30
        default_of_the_cli:
          spark_version: 17.3.x-scala2.13
          num_workers: 2
      jobs:
        load:
          job_clusters:
            - job_cluster_key: etl
              new_cluster: {spark_version: 17.3.x-scala2.13, num_workers: 2}
          tasks: []

Good::

    w.clusters.create(cluster_name="analysts", spark_version=version, num_workers=2, autotermination_minutes=30)
    w.clusters.create(cluster_name="analysts", spark_version=version, num_workers=2, policy_id=policy)
    w.clusters.create(cluster_name="analysts", spark_version=version, **settings)
    w.jobs.create(name="load", tasks=tasks)

Good: a cluster for the length of a script::

    cluster = w.clusters.create_and_wait(cluster_name="check", spark_version=version, num_workers=1)
    run(cluster.cluster_id)
    w.clusters.permanent_delete(cluster.cluster_id)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import Call, PythonFile

RULE = Rule(
    id="CST002",
    name="no-autotermination",
    severity=Severity.HIGH,
    default=True,
    references=("https://docs.databricks.com/api/workspace/clusters/create",),
)
_MINUTES = "autotermination_minutes"


@RULE.on_bundle
def check_bundle(bundle: Bundle, _facts: Facts) -> Iterator[Hit]:
    """Every all-purpose cluster that is told never to stop, at the place of the 0."""
    seen = set()
    for target in bundle.targets:
        for cluster in target.clusters:
            written = cluster.node.scalar(_MINUTES)
            if written is None or cluster.compute.autotermination_minutes != 0:
                continue
            place = (written.resolved_from or written).location
            if place not in seen:
                seen.add(place)
                yield Hit(
                    location=place,
                    message=f"cluster `{cluster.key}` never stops by itself (`{_MINUTES}: 0`); 30 minutes are usual",
                    symbol=cluster.key,
                )


@RULE.on_python
def check_python(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every cluster that the SDK creates without a limit."""
    if ".clusters." not in file.source.text or _deletes(file):
        return
    role = facts.role(file.path)
    for call in file.calls_named("create", "create_and_wait"):
        if not _is_of_clusters(call) or call.argument(-1, "spark_version") is None:
            continue
        minutes = call.argument(-1, _MINUTES)
        given = file.constant(minutes)
        if minutes is None and (call.unpacks or call.argument(-1, "policy_id") is not None):
            continue
        if minutes is None or (given == 0 and given is not False):
            how = f"`{_MINUTES}=0`" if minutes is not None else f"no `{_MINUTES}`"
            yield Hit(
                location=file.call_location(call),
                message=f"this all-purpose cluster never stops by itself ({how}); 30 minutes are usual",
                severity=RULE.severity if role.is_serious else RULE.severity.lowered(),
            )


def _is_of_clusters(call: Call) -> bool:
    return isinstance(call.receiver, ast.Attribute) and call.receiver.attr == "clusters"


def _deletes(file: PythonFile) -> bool:
    return any(_is_of_clusters(call) for call in file.calls_named("delete", "delete_and_wait", "permanent_delete"))
