"""Clusters, instance pools, cluster policies and SQL warehouses."""

from __future__ import annotations

from orchestrator.workspace.sandbox.call import Call, Sizes
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.problem import absent, invalid
from orchestrator.workspace.sandbox.seed.compute import ClusterSeed, PoolSeed, WarehouseSeed
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.state import State

FAMILY = Family(title="Compute")
CLUSTER_PAGE = Sizes(parameter="page_size", default=20, most=100)
LEAST_STOP = 10
"""Minutes: https://docs.databricks.com/api/workspace/warehouses/edit"""
WAREHOUSE_PAGE = Sizes(parameter="page_size", default=1_000, most=1_000)


def cluster_wire(state: State, cluster: ClusterSeed) -> Json:
    """The cluster as the interface answers it."""
    creator = cluster.creator_user_name or state.people.admin
    tags = {"Vendor": "Databricks", "Creator": creator, "ClusterId": cluster.cluster_id}
    return {"creator_user_name": creator, "default_tags": tags} | cluster.wire()


@FAMILY.get("/api/2.1/clusters/list", sdk="clusters.list")
def list_clusters(call: Call) -> Json:
    """The clusters, with `filter_by` states and sources, in pages."""
    states = call.several("filter_by.cluster_states")
    sources = call.several("filter_by.cluster_sources")
    every = [
        cluster
        for cluster in call.state.seed.compute.clusters
        if (not states or cluster.state in states) and (not sources or cluster.cluster_source in sources)
    ]
    return call.page(every, lambda cluster: cluster_wire(call.state, cluster), key="clusters", sizes=CLUSTER_PAGE)


@FAMILY.get("/api/2.1/clusters/get", sdk="clusters.get")
def get_cluster(call: Call) -> Json:
    """One cluster; 400 with the message that the SDK reads as "does not exist"."""
    wanted = call.text("cluster_id")
    for cluster in call.state.seed.compute.clusters:
        if cluster.cluster_id == wanted:
            return cluster_wire(call.state, cluster)
    raise invalid(f"Cluster {wanted[:60]} does not exist")


@FAMILY.get("/api/2.1/clusters/spark-versions", sdk="clusters.spark_versions")
def spark_versions(call: Call) -> Json:
    """The runtimes that the clusters of the seed use."""
    compute = call.state.seed.compute
    keys = sorted({cluster.spark_version for cluster in compute.clusters if cluster.spark_version})
    return {"versions": [{"key": key, "name": key} for key in keys]}


def _pool(state: State, pool: PoolSeed) -> Json:
    return pool.wire() | state.edited.get(pool.instance_pool_id, {})


@FAMILY.get("/api/2.0/instance-pools/list", sdk="instance_pools.list")
def list_pools(call: Call) -> Json:
    """The instance pools."""
    return {"instance_pools": [_pool(call.state, pool) for pool in call.state.seed.compute.pools]}


@FAMILY.get("/api/2.0/instance-pools/get", sdk="instance_pools.get")
def get_pool(call: Call) -> Json:
    """One instance pool."""
    wanted = call.text("instance_pool_id")
    for pool in call.state.seed.compute.pools:
        if pool.instance_pool_id == wanted:
            return _pool(call.state, pool)
    raise absent("Instance pool", wanted[:60])


@FAMILY.post("/api/2.0/instance-pools/edit", sdk="instance_pools.edit")
def edit_pool(call: Call) -> Json:
    """Changes the idle instances, capacity and waiting time of a pool; its node type stays."""
    wanted = str(call.body.get("instance_pool_id", ""))
    if not any(pool.instance_pool_id == wanted for pool in call.state.seed.compute.pools):
        raise absent("Instance pool", wanted[:60])
    names = ("min_idle_instances", "max_capacity", "idle_instance_autotermination_minutes", "instance_pool_name")
    call.state.edited[wanted] = {name: call.body[name] for name in names if call.body.get(name) is not None}
    call.state.changed()
    return {}


@FAMILY.get("/api/2.0/policies/clusters/list", sdk="cluster_policies.list")
def list_policies(call: Call) -> Json:
    """The cluster policies."""
    return {"policies": [policy.wire() for policy in call.state.seed.compute.policies]}


@FAMILY.get("/api/2.0/policies/clusters/get", sdk="cluster_policies.get")
def get_policy(call: Call) -> Json:
    """One cluster policy."""
    wanted = call.text("policy_id")
    for policy in call.state.seed.compute.policies:
        if policy.policy_id == wanted:
            return policy.wire()
    raise absent("Cluster policy", wanted[:60])


def warehouse_wire(state: State, warehouse: WarehouseSeed) -> Json:
    """The warehouse as the interface answers it."""
    health = {"status": "HEALTHY"} if warehouse.state == "RUNNING" else {}
    base: Json = {
        "creator_name": state.people.admin,
        "jdbc_url": f"jdbc:databricks://127.0.0.1;httpPath=/sql/1.0/warehouses/{warehouse.id}",
    }
    if health:
        base["health"] = health
    return base | warehouse.wire() | state.edited.get(warehouse.id, {})


@FAMILY.get("/api/2.0/sql/warehouses", sdk="warehouses.list")
def list_warehouses(call: Call) -> Json:
    """The SQL warehouses, in pages."""
    every = call.state.seed.compute.warehouses
    return call.page(every, lambda found: warehouse_wire(call.state, found), key="warehouses", sizes=WAREHOUSE_PAGE)


@FAMILY.get("/api/2.0/sql/warehouses/{id}", sdk="warehouses.get")
def get_warehouse(call: Call) -> Json:
    """One SQL warehouse."""
    for warehouse in call.state.seed.compute.warehouses:
        if warehouse.id == call.path["id"]:
            return warehouse_wire(call.state, warehouse)
    raise absent("SQL warehouse", call.path["id"][:60])


@FAMILY.post("/api/2.0/sql/warehouses/{id}/edit", sdk="warehouses.edit")
def edit_warehouse(call: Call) -> Json:
    """Changes size, range of clusters and the minutes until it stops; 0 minutes is never."""
    wanted = call.path["id"]
    if not any(warehouse.id == wanted for warehouse in call.state.seed.compute.warehouses):
        raise absent("SQL warehouse", wanted[:60])
    minutes = call.body.get("auto_stop_mins")
    if isinstance(minutes, int) and 0 < minutes < LEAST_STOP:
        raise invalid(f"auto_stop_mins must be 0 or at least {LEAST_STOP}")
    names = ("name", "cluster_size", "min_num_clusters", "max_num_clusters", "auto_stop_mins")
    call.state.edited[wanted] = {name: call.body[name] for name in names if call.body.get(name) is not None}
    call.state.changed()
    return {}
