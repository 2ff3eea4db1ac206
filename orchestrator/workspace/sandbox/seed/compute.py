"""Clusters, pools, policies and SQL warehouses, with the field names of the REST interface."""

from __future__ import annotations

from pydantic import Field

from orchestrator.workspace.sandbox.seed.moment import Moment
from orchestrator.workspace.sandbox.seed.part import Part, Wire


class AutoscaleSeed(Wire):
    """The range of workers."""

    min_workers: int
    max_workers: int


class TerminationSeed(Wire):
    """Why a cluster ended."""

    code: str
    type: str = "SUCCESS"
    parameters: dict[str, str] | None = None


class AwsSeed(Wire):
    """The AWS side of a cluster or pool."""

    availability: str | None = None
    first_on_demand: int | None = None
    zone_id: str | None = None
    instance_profile_arn: str | None = None
    spot_bid_price_percent: int | None = None


class ClusterSpecSeed(Wire):
    """What a job cluster or an all-purpose cluster is made of."""

    cluster_name: str | None = None
    spark_version: str | None = None
    node_type_id: str | None = None
    driver_node_type_id: str | None = None
    num_workers: int | None = None
    autoscale: AutoscaleSeed | None = None
    autotermination_minutes: int | None = None
    data_security_mode: str | None = None
    single_user_name: str | None = None
    runtime_engine: str | None = None
    policy_id: str | None = None
    instance_pool_id: str | None = None
    driver_instance_pool_id: str | None = None
    enable_elastic_disk: bool | None = None
    enable_local_disk_encryption: bool | None = None
    spark_conf: dict[str, str] | None = None
    spark_env_vars: dict[str, str] | None = None
    custom_tags: dict[str, str] | None = None
    aws_attributes: AwsSeed | None = None


class ClusterSeed(ClusterSpecSeed):
    """A cluster as `clusters get` answers it."""

    cluster_id: str
    cluster_source: str = "UI"
    creator_user_name: str | None = None
    state: str = "TERMINATED"
    state_message: str | None = None
    start_time: Moment | None = None
    terminated_time: Moment | None = None
    last_restarted_time: Moment | None = None
    termination_reason: TerminationSeed | None = None
    cluster_cores: float | None = None
    cluster_memory_mb: int | None = None
    default_tags: dict[str, str] | None = None


class PoolStatsSeed(Wire):
    """How much of a pool is in use."""

    idle_count: int = 0
    used_count: int = 0
    pending_idle_count: int = 0
    pending_used_count: int = 0


class PoolSeed(Wire):
    """An instance pool."""

    instance_pool_id: str
    instance_pool_name: str
    node_type_id: str
    min_idle_instances: int = 0
    max_capacity: int | None = None
    idle_instance_autotermination_minutes: int | None = None
    preloaded_spark_versions: list[str] | None = None
    state: str = "ACTIVE"
    stats: PoolStatsSeed | None = None
    custom_tags: dict[str, str] | None = None


class ClusterPolicySeed(Wire):
    """A cluster policy; its definition is JSON text."""

    policy_id: str
    name: str
    definition: str = "{}"
    description: str | None = None
    creator_user_name: str | None = None
    created_at_timestamp: Moment | None = None
    is_default: bool | None = None
    max_clusters_per_user: int | None = None


class ChannelSeed(Wire):
    """The release channel of a warehouse."""

    name: str = "CHANNEL_NAME_CURRENT"


class TagPairSeed(Wire):
    """One tag of a warehouse."""

    key: str
    value: str


class WarehouseTagsSeed(Wire):
    """The tags of a warehouse."""

    custom_tags: list[TagPairSeed] = Field(default_factory=list)


class WarehouseSeed(Wire):
    """A SQL warehouse as `warehouses get` answers it."""

    id: str
    name: str
    cluster_size: str = "Small"
    state: str = "RUNNING"
    warehouse_type: str = "PRO"
    enable_serverless_compute: bool = False
    enable_photon: bool = True
    auto_stop_mins: int = 10
    min_num_clusters: int = 1
    max_num_clusters: int = 1
    num_clusters: int = 1
    num_active_sessions: int = 0
    spot_instance_policy: str = "COST_OPTIMIZED"
    creator_name: str | None = None
    jdbc_url: str | None = None
    channel: ChannelSeed | None = None
    tags: WarehouseTagsSeed | None = None


class ComputeSeed(Part):
    """All compute of the workspace."""

    clusters: list[ClusterSeed] = Field(default_factory=list)
    pools: list[PoolSeed] = Field(default_factory=list)
    policies: list[ClusterPolicySeed] = Field(default_factory=list)
    warehouses: list[WarehouseSeed] = Field(default_factory=list)
