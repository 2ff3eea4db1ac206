"""A cluster runs a Databricks Runtime whose support has ended, or ends within 90 days.

What: a `spark_version` that names a release past its end of support, in a bundle (of a job cluster, a task's own
cluster or an all-purpose one, or a pipeline's `dbr_version`) or in Python that describes clusters to Databricks.

Why: a release that is out of support gets no security fixes, and Databricks may stop starting it without notice. The
clusters then fail on a night of its choosing rather than of yours.

Silent when: the version is a custom image, a reference that nothing offline can fill, or computed; the Python file is a
test. Through a variable the finding stands where the variable gets its value. An end within 90 days is milder.

Source: Databricks release notes, runtime versions and their support.

Bad::

    # file: databricks.yml
    bundle:
      name: orders
    resources:
      jobs:
        load:
          job_clusters:
            - job_cluster_key: etl
              new_cluster:
                spark_version: 13.3.x-scala2.12
                num_workers: 2
          tasks:
            - task_key: load
              job_cluster_key: etl

Bad: through a variable, with ninety days left::

    # file: databricks.yml
    bundle:
      name: orders
    variables:
      runtime:
        default: 14.3.x-cpu-ml-scala2.12
    resources:
      jobs:
        train:
          tasks:
            - task_key: train
              new_cluster:
                spark_version: ${var.runtime}
                num_workers: 2

Bad: a target's own value::

    # file: databricks.yml
    bundle:
      name: orders
    variables:
      runtime:
        default: 17.3.x-scala2.13
    resources:
      clusters:
        analysts:
          spark_version: ${var.runtime}
    targets:
      dev:
        mode: development
      prod:
        mode: production
        variables:
          runtime: 12.2.x-scala2.12

Bad: with the SDK::

    from databricks.sdk.service import compute

    cluster = compute.ClusterSpec(spark_version="11.3.x-scala2.12", num_workers=2)

Bad: the same in a request::

    from databricks.sdk import WorkspaceClient

    cluster = {"spark_version": "10.4.x-scala2.12", "node_type_id": "i3.xlarge", "num_workers": 2}
    WorkspaceClient().api_client.do("POST", "/api/2.1/jobs/create", body={"new_cluster": cluster})

Good::

    # file: databricks.yml
    bundle:
      name: orders
    variables:
      runtime:
        description: Given on the command line.
      image:
        default: custom:release__orders
    resources:
      jobs:
        load:
          job_clusters:
            - job_cluster_key: etl
              new_cluster: {spark_version: 17.3.x-scala2.13, num_workers: 2}
            - job_cluster_key: given
              new_cluster: {spark_version: "${var.runtime}", num_workers: 2}
            - job_cluster_key: image
              new_cluster: {spark_version: "${var.image}", num_workers: 2}
          tasks: []

Good: each target overrides the default::

    # file: databricks.yml
    bundle:
      name: orders
    variables:
      runtime:
        default: 12.2.x-scala2.12
    resources:
      clusters:
        analysts:
          spark_version: ${var.runtime}
    targets:
      prod:
        mode: production
        variables:
          runtime: 17.3.x-scala2.13

Good: a version to compare with, and one that the workspace chooses::

    from databricks.sdk import WorkspaceClient

    OLDEST = "13.3.x-scala2.12"
    w = WorkspaceClient()
    version = w.clusters.select_spark_version(long_term_support=True)
    w.clusters.create(spark_version=version, num_workers=1, autotermination_minutes=30)

Good: a test builds what it must recognise::

    # file: tests/test_clusters.py
    from databricks.sdk.service.compute import ClusterSpec

    def test_old_runtimes_are_named():
        assert names(ClusterSpec(spark_version="11.3.x-scala2.12"))
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.bundle import parse_runtime
from orchestrator.code.roles import Role
from orchestrator.rules.bundle_validator._deployment import weighed
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle, Compute, Target
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile
    from orchestrator.types import Location

RULE = Rule(
    id="BND008",
    name="runtime-end-of-support",
    severity=Severity.HIGH,
    default=True,
    references=("https://docs.databricks.com/aws/en/release-notes/runtime/",),
)
_CLUSTER_KEYS = frozenset({"node_type_id", "num_workers", "autoscale", "instance_pool_id", "driver_node_type_id"})
_CALLS = ("ClusterSpec", "create", "create_and_wait", "edit", "edit_and_wait", "CreateCluster", "EditCluster")


@RULE.on_bundle
def check_bundle(bundle: Bundle, facts: Facts) -> Iterator[Hit]:
    """Every version that some target deploys, at the place where it is written."""
    seen = set()
    for target in bundle.targets:
        for owner, compute in _computes(target):
            node = compute.runtime_node
            if node is None or compute.runtime is None:
                continue
            place = (node.resolved_from or node).location
            judged = None if place in seen else _judged(compute.runtime.version, facts)
            if judged is not None:
                seen.add(place)
                severity, said = judged
                message = f"`{owner}` runs on Databricks Runtime {compute.runtime.version}, {said}"
                yield Hit(location=place, message=message, severity=weighed(severity, bundle), symbol=owner)


def _computes(target: Target) -> Iterator[tuple[str, Compute]]:
    for job in target.jobs:
        yield from ((job.key, cluster.compute) for cluster in job.job_clusters)
        yield from ((task.key, task.compute) for task in job.all_tasks if task.node.map("new_cluster"))
    yield from ((cluster.key, cluster.compute) for cluster in target.clusters)
    yield from ((pipeline.key, pipeline.compute) for pipeline in target.pipelines)


@RULE.on_python
def check_python(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Versions handed to the SDK's cluster calls, or written into a cluster's dictionary."""
    if "spark_version" not in file.source.text or facts.role(file.path) is Role.TEST:
        return
    for place, written in (*_arguments(file), *_entries(file)):
        version = file.string(written)
        runtime = parse_runtime(version) if version else None
        judged = _judged(runtime.version, facts) if runtime else None
        if runtime is not None and judged is not None:
            severity, said = judged
            severity = severity if facts.role(file.path).is_serious else severity.lowered()
            message = f"this cluster runs on Databricks Runtime {runtime.version}, {said}"
            yield Hit(location=place, message=message, severity=severity)


def _arguments(file: PythonFile) -> Iterator[tuple[Location, ast.expr]]:
    for call in file.calls_named(*_CALLS):
        for given in call.node.keywords:
            if given.arg == "spark_version":
                yield file.location(given.value), given.value


def _entries(file: PythonFile) -> Iterator[tuple[Location, ast.expr]]:
    for node in file.nodes(ast.Dict):
        keys = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
        if "spark_version" in keys and not _CLUSTER_KEYS.isdisjoint(keys):
            value = node.values[keys.index("spark_version")]
            yield file.location(value), value


def _judged(version: str, facts: Facts) -> tuple[Severity, str] | None:
    """How bad the release is today and why; None where it is supported or not known."""
    support = facts.platform.support(version, facts.today)
    if support not in {"ended", "ending"}:
        return None
    end = facts.platform.end_of_support(version)
    when = f" on {end.isoformat()}" if end else ""
    if support == "ended":
        return Severity.HIGH, f"whose support ended{when}; move to a supported LTS release"
    return Severity.MEDIUM, f"whose support ends{when}; plan the move to a later LTS release"
