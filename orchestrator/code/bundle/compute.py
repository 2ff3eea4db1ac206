"""What a task or pipeline runs on: the kind of compute, its runtime and its settings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from orchestrator.code.yaml import YamlMap, YamlScalar
    from orchestrator.types import Location

ComputeKind: TypeAlias = Literal["serverless", "job_cluster", "all_purpose", "pipeline", "warehouse", "unknown"]

_RUNTIME = re.compile(r"(?P<major>\d{1,3})(?:\.(?P<minor>\d{1,3}|x))?(?:\.x)?(?P<rest>(?:-[\w.]+)*)\Z")
_ACCESS_MODES = {
    "USER_ISOLATION": "standard",
    "DATA_SECURITY_MODE_STANDARD": "standard",
    "STANDARD": "standard",
    "SINGLE_USER": "dedicated",
    "DATA_SECURITY_MODE_DEDICATED": "dedicated",
    "DEDICATED": "dedicated",
    "DATA_SECURITY_MODE_AUTO": "auto",
    "AUTO": "auto",
    "NONE": "none",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """A Databricks Runtime named by a `spark_version`; `minor` is None where only the major is given."""

    raw: str
    major: int
    minor: int | None
    ml: bool = False
    gpu: bool = False
    photon: bool = False
    scala: str | None = None

    @property
    def version(self) -> str:
        """`major.minor`, or the major alone."""
        return f"{self.major}" if self.minor is None else f"{self.major}.{self.minor}"

    def at_least(self, major: int, minor: int = 0) -> bool:
        """Whether it is that release or a later one."""
        return (self.major, self.minor or 0) >= (major, minor)


@dataclass(frozen=True, kw_only=True, eq=False)
class Autoscale:
    """The bounds of a cluster that grows by itself."""

    min_workers: int | None
    max_workers: int | None
    node: YamlMap


@dataclass(frozen=True, kw_only=True, eq=False)
class Compute:
    """What code runs on; everything but `kind` is None or empty where it is not written or not known offline.

    `access_mode` is one of standard, dedicated, auto, none, or the raw text of a legacy mode in lower case.
    `serverless` is set for serverless pipelines as well. `node` is the cluster's map, of serverless its environment's.
    """

    kind: ComputeKind
    serverless: bool = False
    runtime: Runtime | None = None
    runtime_node: YamlScalar | None = None
    access_mode: str | None = None
    autoscale: Autoscale | None = None
    num_workers: int | None = None
    policy_id: str | None = None
    instance_pool_id: str | None = None
    node_type: str | None = None
    autotermination_minutes: int | None = None
    runtime_engine: str | None = None
    environment_version: str | None = None
    dependencies: tuple[YamlScalar, ...] = ()
    spark_conf: YamlMap | None = None
    spark_env_vars: YamlMap | None = None
    custom_tags: YamlMap | None = None
    init_scripts: tuple[YamlMap, ...] = ()
    key: str | None = None
    node: YamlMap | None = None

    @property
    def location(self) -> Location | None:
        """The place of the cluster or environment, if the bundle holds one."""
        return self.node.location if self.node else None


def parse_runtime(spark_version: str) -> Runtime | None:
    """The runtime that a `spark_version` names; None for a custom image, `auto:...` or a reference."""
    match = _RUNTIME.match(spark_version.strip())
    if match is None:
        return None
    parts = match["rest"].split("-")[1:]
    scala = next((part.removeprefix("scala") for part in parts if part.startswith("scala")), None)
    if scala is None and "." not in spark_version:
        return None
    minor = match["minor"]
    return Runtime(
        raw=spark_version,
        major=int(match["major"]),
        minor=None if minor in {None, "x"} else int(minor),
        ml="ml" in parts,
        gpu="gpu" in parts,
        photon="photon" in parts,
        scala=scala,
    )


def cluster_compute(node: YamlMap, kind: ComputeKind, *, key: str | None = None) -> Compute:
    """The compute that a cluster's map describes."""
    version = node.scalar("spark_version")
    autoscale = node.map("autoscale")
    mode = node.text("data_security_mode")
    return Compute(
        kind=kind,
        runtime=parse_runtime(version.text) if version else None,
        runtime_node=version,
        access_mode=_ACCESS_MODES.get(mode, mode.lower()) if mode and "${" not in mode else None,
        autoscale=_autoscale(autoscale) if autoscale else None,
        num_workers=node.integer("num_workers"),
        policy_id=node.text("policy_id"),
        instance_pool_id=node.text("instance_pool_id"),
        node_type=node.text("node_type_id"),
        autotermination_minutes=node.integer("autotermination_minutes"),
        runtime_engine=node.text("runtime_engine"),
        spark_conf=node.map("spark_conf"),
        spark_env_vars=node.map("spark_env_vars"),
        custom_tags=node.map("custom_tags"),
        init_scripts=node.maps("init_scripts"),
        key=key,
        node=node,
    )


def _autoscale(node: YamlMap) -> Autoscale:
    return Autoscale(min_workers=node.integer("min_workers"), max_workers=node.integer("max_workers"), node=node)
