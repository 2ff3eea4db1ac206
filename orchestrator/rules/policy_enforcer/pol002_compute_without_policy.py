"""Classic compute of production is made without a compute policy.

What: a job cluster, a task's own cluster or an all-purpose cluster of a target that serves production, without
`policy_id`; once for each cluster.

Why: a policy is where an organisation sets tags, node types, runtimes, the access mode and the limit of workers. A
cluster without one is not counted to a team, and nothing stops the next one from being larger.

Silent when: the compute is serverless; the cluster comes from a pool, or its settings from a variable; the bundle names
no policy anywhere and declares none, so that policies are not used here at all; the bundle is a demo or a test.

Opt-in: whether policies are demanded is for each organisation to say.

Source: Databricks documentation, compute policies.

Bad: one has a policy, the other none::

    # file: databricks.yml
    bundle:
      name: orders
    variables:
      policy:
        lookup: {cluster_policy: jobs}
    resources:
      jobs:
        load:
          job_clusters:
            - job_cluster_key: small
              new_cluster:
                spark_version: 17.3.x-scala2.13
                num_workers: 2
                policy_id: ${var.policy}
            - job_cluster_key: large
              new_cluster:
                spark_version: 17.3.x-scala2.13
                num_workers: 40
          tasks:
            - task_key: load
              job_cluster_key: small
              notebook_task: {notebook_path: /Workspace/load}
            - task_key: join
              job_cluster_key: large
              notebook_task: {notebook_path: /Workspace/join}
    targets:
      prod:
        mode: production

Good: each has one, and serverless needs none::

    # file: databricks.yml
    bundle:
      name: orders
    variables:
      policy:
        lookup: {cluster_policy: jobs}
    resources:
      jobs:
        load:
          job_clusters:
            - job_cluster_key: small
              new_cluster:
                spark_version: 17.3.x-scala2.13
                num_workers: 2
                policy_id: ${var.policy}
          tasks:
            - task_key: load
              job_cluster_key: small
              notebook_task: {notebook_path: /Workspace/load}
            - task_key: report
              notebook_task: {notebook_path: /Workspace/report}
    targets:
      prod:
        mode: production

Good: policies are not used here::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          job_clusters:
            - job_cluster_key: small
              new_cluster: {spark_version: 17.3.x-scala2.13, num_workers: 2}
          tasks:
            - task_key: load
              job_cluster_key: small
              notebook_task: {notebook_path: /Workspace/load}
    targets:
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
    from orchestrator.code.bundle import Bundle
    from orchestrator.code.facts import Facts
    from orchestrator.types import Location

RULE = Rule(
    id="POL002",
    name="compute-without-policy",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://docs.databricks.com/aws/en/admin/clusters/policies",),
)


@RULE.on_bundle
def check(bundle: Bundle, _facts: Facts) -> Iterator[Hit]:
    """Each such cluster, once for all targets."""
    if not role_of(bundle.path).is_serious or not _uses_policies(bundle):
        return
    seen: set[Location] = set()
    for target in live_targets(bundle):
        for key, compute in target.computes():
            is_own = compute.kind != "serverless" and not compute.serverless and compute.num_workers is not None
            place = compute.location
            if place is None or not is_own or compute.policy_id or compute.instance_pool_id or place in seen:
                continue
            seen.add(place)
            yield Hit(
                location=place,
                message=f"this cluster of `{key}` has no `policy_id`, others of the bundle have one: tags, sizes and "
                "access mode are what is written here",
                symbol=key,
            )


def _uses_policies(bundle: Bundle) -> bool:
    """Whether the bundle names or declares a policy anywhere."""
    found = (compute for target in bundle.targets for _, compute in target.computes())
    return any(compute.policy_id for compute in found) or bool(bundle.base.resources("cluster_policies"))
