"""One call through the SDK for each route, against the company."""

from __future__ import annotations

from collections.abc import Callable

from databricks.sdk import WorkspaceClient
from databricks.sdk.service.catalog import (
    ColumnMaskOptions,
    EntityTagAssignment,
    PermissionsChange,
    PolicyInfo,
    PolicyType,
    Privilege,
    SecurableType,
    VolumeType,
)
from databricks.sdk.service.dataquality import DataProfilingConfig, Monitor
from databricks.sdk.service.iam import AccessControlRequest, PermissionLevel
from databricks.sdk.service.jobs import JobSettings, NotebookTask, Task
from databricks.sdk.service.ml import FeatureTag, OnlineStore
from databricks.sdk.service.serving import EndpointCoreConfigInput, Route, ServedEntityInput, TrafficConfig
from databricks.sdk.service.sharing import (
    AuthenticationType,
    FederationPolicy,
    IpAccessList,
    OidcFederationPolicy,
    SharedDataObject,
    SharedDataObjectDataObjectType,
    SharedDataObjectUpdate,
    SharedDataObjectUpdateAction,
)
from databricks.sdk.service.sharing import PermissionsChange as ShareChange
from databricks.sdk.service.tags import TagPolicy, Value
from databricks.sdk.service.workspace import AclPermission, ImportFormat

Ask = Callable[[WorkspaceClient], object]
CUSTOMERS = "retail_prod.silver.customers"
CHURN = "ml_platform.models.churn"
PIPELINE = "5f1d7c1e-0000-4000-8000-000000000001"
WAREHOUSE = "4b9b953939869799"
MASK = "insurance_prod.curated.mask_restricted"
FEATURES = "ml_platform.features.customer_features"


def table_id(client: WorkspaceClient, name: str) -> str:
    """The id of a table."""
    return client.tables.get(name).table_id or ""


def schema_id(client: WorkspaceClient, name: str) -> str:
    """The id of a schema."""
    return client.schemas.get(name).schema_id or ""


def first_run(client: WorkspaceClient) -> int:
    """A run of a job with one task."""
    return next(iter(client.jobs.list_runs(job_id=1007))).run_id or 0


def served_entity() -> ServedEntityInput:
    """A version that is served nowhere yet."""
    return ServedEntityInput(
        entity_name="ml_platform.models.churn", entity_version="3", workload_size="Small", scale_to_zero_enabled=True
    )


def job_task() -> Task:
    """A task of a job that is made."""
    return Task(task_key="load", notebook_task=NotebookTask(notebook_path="/Shared/retail/ingest"))


def oidc_policy() -> FederationPolicy:
    """A policy of a recipient."""
    policy = OidcFederationPolicy(issuer="https://idp.example.com", subject_claim="sub", subject="a", audiences=["b"])
    return FederationPolicy(name="login", oidc_policy=policy)


def with_recipient(client: WorkspaceClient) -> WorkspaceClient:
    """A workspace that has a recipient who logs in by OIDC."""
    client.recipients.create("by-oidc", AuthenticationType.OIDC_FEDERATION)
    return client


def with_policy(client: WorkspaceClient) -> WorkspaceClient:
    """A workspace that has such a recipient with a policy."""
    with_recipient(client).recipient_federation_policies.create("by-oidc", oidc_policy())
    return client


def statement(client: WorkspaceClient) -> str:
    """The id of a statement that succeeded with two chunks."""
    text = "SELECT id FROM range(1500)"
    return client.statement_execution.execute_statement(text, WAREHOUSE).statement_id or ""


def refresh_id(client: WorkspaceClient, table: str) -> int:
    """The id of the newest refresh of a table's monitor."""
    return next(iter(client.data_quality.list_refresh("table", table_id(client, table)))).refresh_id or 0


def policy(name: str) -> PolicyInfo:
    """A policy that masks health data in a schema."""
    return PolicyInfo(
        name=name,
        on_securable_type=SecurableType.SCHEMA,
        on_securable_fullname="insurance_prod.curated",
        for_securable_type=SecurableType.TABLE,
        policy_type=PolicyType.POLICY_TYPE_COLUMN_MASK,
        to_principals=["contractors"],
        column_mask=ColumnMaskOptions(function_name=MASK, on_column="health"),
    )


def sharing_change() -> SharedDataObjectUpdate:
    """A table that is added to a share."""
    added = SharedDataObject(name="retail_prod.silver.stores", data_object_type=SharedDataObjectDataObjectType.TABLE)
    return SharedDataObjectUpdate(action=SharedDataObjectUpdateAction.ADD, data_object=added)


def _empty(_answer: object) -> None:
    """The answer of a call that answers nothing, or only what there is to wait for."""


READS: dict[str, Ask] = {
    "secrets.list_scopes": lambda w: w.secrets.list_scopes(),
    "secrets.list_secrets": lambda w: w.secrets.list_secrets("claims-keys"),
    "secrets.list_acls": lambda w: w.secrets.list_acls("shared"),
    "catalogs.list": lambda w: w.catalogs.list(),
    "catalogs.get": lambda w: w.catalogs.get("retail_prod"),
    "schemas.list": lambda w: w.schemas.list("retail_prod"),
    "schemas.get": lambda w: w.schemas.get("retail_prod.silver"),
    "tables.list": lambda w: w.tables.list("insurance_prod", "curated"),
    "tables.list_summaries": lambda w: w.tables.list_summaries("retail_prod", schema_name_pattern="gol%"),
    "tables.get": lambda w: w.tables.get(CUSTOMERS),
    "tables.exists": lambda w: w.tables.exists(CUSTOMERS),
    "volumes.list": lambda w: w.volumes.list("retail_prod", "reference"),
    "volumes.read": lambda w: w.volumes.read("retail_prod.reference.landing"),
    "functions.list": lambda w: w.functions.list("retail_prod", "reference"),
    "functions.get": lambda w: w.functions.get("retail_prod.reference.mask_email"),
    "grants.get": lambda w: w.grants.get("SCHEMA", "retail_prod.gold"),
    "grants.list": lambda w: w.grants.list("SCHEMA", "retail_prod.gold"),
    "grants.get_effective": lambda w: w.grants.get_effective("TABLE", CUSTOMERS),
    "grants.list_effective": lambda w: w.grants.list_effective("TABLE", CUSTOMERS),
    "registered_models.list": lambda w: w.registered_models.list(),
    "registered_models.get": lambda w: w.registered_models.get(CHURN, include_aliases=True),
    "model_versions.list": lambda w: w.model_versions.list(CHURN),
    "model_versions.get": lambda w: w.model_versions.get(CHURN, 3, include_aliases=True),
    "model_versions.get_by_alias": lambda w: w.model_versions.get_by_alias(CHURN, "champion"),
    "entity_tag_assignments.list": lambda w: w.entity_tag_assignments.list("tables", CUSTOMERS),
    "entity_tag_assignments.get": lambda w: w.entity_tag_assignments.get("columns", f"{CUSTOMERS}.email", "pii"),
    "tag_policies.list_tag_policies": lambda w: w.tag_policies.list_tag_policies(),
    "tag_policies.get_tag_policy": lambda w: w.tag_policies.get_tag_policy("pii"),
    "policies.list_policies": lambda w: w.policies.list_policies("CATALOG", "insurance_prod"),
    "policies.get_policy": lambda w: w.policies.get_policy("CATALOG", "insurance_prod", "hide_health_data"),
    "data_quality.list_monitor": lambda w: w.data_quality.list_monitor(),
    "data_quality.get_monitor": lambda w: w.data_quality.get_monitor(
        "table", table_id(w, "ml_platform.monitoring.churn_predictions")
    ),
    "data_quality.list_refresh": lambda w: w.data_quality.list_refresh(
        "table", table_id(w, "retail_prod.gold.daily_sales")
    ),
    "data_quality.get_refresh": lambda w: w.data_quality.get_refresh(
        "table", table_id(w, "retail_prod.gold.daily_sales"), refresh_id(w, "retail_prod.gold.daily_sales")
    ),
    "metastores.current": lambda w: w.metastores.current(),
    "metastores.summary": lambda w: w.metastores.summary(),
    "system_schemas.list": lambda w: w.system_schemas.list(w.metastores.summary().metastore_id or ""),
    "shares.list_shares": lambda w: w.shares.list_shares(),
    "shares.get": lambda w: w.shares.get("logistics_orders", include_shared_data=True),
    "shares.share_permissions": lambda w: w.shares.share_permissions("broker_figures"),
    "recipients.list": lambda w: w.recipients.list(),
    "recipients.get": lambda w: w.recipients.get("partner-logistics"),
    "recipients.share_permissions": lambda w: w.recipients.share_permissions("broker-network"),
    "clusters.list": lambda w: w.clusters.list(),
    "clusters.get": lambda w: w.clusters.get("1101-090000-shared01"),
    "clusters.spark_versions": lambda w: w.clusters.spark_versions(),
    "instance_pools.list": lambda w: w.instance_pools.list(),
    "instance_pools.get": lambda w: w.instance_pools.get("1101-pool-always-on"),
    "cluster_policies.list": lambda w: w.cluster_policies.list(),
    "cluster_policies.get": lambda w: w.cluster_policies.get("0011223344556677"),
    "warehouses.list": lambda w: w.warehouses.list(),
    "warehouses.get": lambda w: w.warehouses.get(WAREHOUSE),
    "jobs.list": lambda w: w.jobs.list(),
    "jobs.get": lambda w: w.jobs.get(1001),
    "jobs.list_runs": lambda w: w.jobs.list_runs(job_id=1005, limit=25),
    "jobs.get_run": lambda w: w.jobs.get_run(first_run(w)),
    "jobs.get_run_output": lambda w: w.jobs.get_run_output(first_run(w)),
    "pipelines.list_pipelines": lambda w: w.pipelines.list_pipelines(),
    "pipelines.get": lambda w: w.pipelines.get(PIPELINE),
    "pipelines.list_updates": lambda w: w.pipelines.list_updates(PIPELINE),
    "pipelines.get_update": lambda w: w.pipelines.get_update(
        PIPELINE, (w.pipelines.list_updates(PIPELINE).updates or [])[0].update_id or ""
    ),
    "pipelines.list_pipeline_events": lambda w: w.pipelines.list_pipeline_events(PIPELINE),
    "workspace.list": lambda w: w.workspace.list("/Shared"),
    "workspace.get_status": lambda w: w.workspace.get_status("/Shared/retail/ingest"),
    "workspace.export": lambda w: w.workspace.export("/Shared/retail/ingest"),
    "dbfs.list": lambda w: w.dbfs.list("/FileStore"),
    "dbfs.get_status": lambda w: w.dbfs.get_status("/tmp/readme.txt"),
    "dbfs.read": lambda w: w.dbfs.read("/tmp/readme.txt"),
    "current_user.me": lambda w: w.current_user.me(),
    "users_v2.list": lambda w: w.users_v2.list(),
    "users_v2.get": lambda w: w.users_v2.get(w.current_user.me().id or ""),
    "groups_v2.list": lambda w: w.groups_v2.list(),
    "groups_v2.get": lambda w: w.groups_v2.get(next(iter(w.groups_v2.list())).id or ""),
    "service_principals_v2.list": lambda w: w.service_principals_v2.list(),
    "service_principals_v2.get": lambda w: w.service_principals_v2.get(
        next(iter(w.service_principals_v2.list())).id or ""
    ),
    "permissions.get": lambda w: w.permissions.get("jobs", "1001"),
    "serving_endpoints.list": lambda w: w.serving_endpoints.list(),
    "serving_endpoints.get": lambda w: w.serving_endpoints.get("churn-api"),
    "serving_endpoints.logs": lambda w: w.serving_endpoints.logs("churn-api", "churn-2"),
    "serving_endpoints.export_metrics": lambda w: w.serving_endpoints.export_metrics("churn-api"),
    "feature_engineering.list_features": lambda w: w.feature_engineering.list_features("ml_platform", "features"),
    "feature_engineering.get_feature": lambda w: w.feature_engineering.get_feature("ml_platform.features.revenue_30d"),
    "feature_engineering.list_materialized_features": lambda w: w.feature_engineering.list_materialized_features(),
    "materialized_features.get_feature_lineage": lambda w: w.materialized_features.get_feature_lineage(
        FEATURES, "revenue_30d"
    ),
    "materialized_features.list_feature_tags": lambda w: w.materialized_features.list_feature_tags(
        FEATURES, "revenue_30d"
    ),
    "feature_store.list_online_stores": lambda w: w.feature_store.list_online_stores(),
    "feature_store.get_online_store": lambda w: w.feature_store.get_online_store("serving-store"),
    "online_tables.get": lambda w: w.online_tables.get("ml_platform.features.customer_features_online"),
    "database.get_synced_database_table": lambda w: w.database.get_synced_database_table(
        "ml_platform.features.claim_features_synced"
    ),
    "query_history.list": lambda w: w.query_history.list(include_metrics=True),
    "statement_execution.execute_statement": lambda w: w.statement_execution.execute_statement("SELECT 1", WAREHOUSE),
    "statement_execution.get_statement": lambda w: w.statement_execution.get_statement(statement(w)),
    "statement_execution.get_statement_result_chunk_n": lambda w: w.statement_execution.get_statement_result_chunk_n(
        statement(w), 1
    ),
    "statement_execution.cancel_execution": lambda w: w.statement_execution.cancel_execution(statement(w)),
}

WRITES: dict[str, Ask] = {
    "secrets.put_acl": lambda w: _empty(w.secrets.put_acl("shared", "finance", AclPermission.READ)),
    "secrets.delete_acl": lambda w: _empty(w.secrets.delete_acl("shared", "users")),
    "instance_pools.edit": lambda w: _empty(
        w.instance_pools.edit(
            "1101-pool-always-on", instance_pool_name="always-on", node_type_id="r6id.4xlarge", min_idle_instances=1
        )
    ),
    "warehouses.edit": lambda w: _empty(w.warehouses.edit(WAREHOUSE, auto_stop_mins=20)),
    "catalogs.create": lambda w: w.catalogs.create("made_here", comment="new"),
    "catalogs.update": lambda w: w.catalogs.update("retail_prod", comment="changed"),
    "catalogs.delete": lambda w: w.catalogs.delete("ml_platform", force=True),
    "schemas.create": lambda w: w.schemas.create("made_here", "retail_prod"),
    "schemas.update": lambda w: w.schemas.update("retail_prod.gold", comment="changed"),
    "schemas.delete": lambda w: w.schemas.delete("ml_platform.scratch", force=True),
    "tables.update": lambda w: w.tables.update(CUSTOMERS, owner="governance-team"),
    "tables.delete": lambda w: w.tables.delete("ml_platform.scratch.experiment_results"),
    "functions.delete": lambda w: w.functions.delete("retail_prod.reference.mask_email"),
    "grants.update": lambda w: w.grants.update(
        "TABLE", CUSTOMERS, changes=[PermissionsChange(principal="finance", add=[Privilege.SELECT])]
    ),
    "registered_models.create": lambda w: w.registered_models.create(
        name="made_here", catalog_name="ml_platform", schema_name="models"
    ),
    "registered_models.update": lambda w: w.registered_models.update(CHURN, comment="changed"),
    "registered_models.set_alias": lambda w: w.registered_models.set_alias(CHURN, "champion", 2),
    "registered_models.delete_alias": lambda w: w.registered_models.delete_alias(CHURN, "champion"),
    "model_versions.update": lambda w: w.model_versions.update(CHURN, 3, comment="changed"),
    "entity_tag_assignments.create": lambda w: w.entity_tag_assignments.create(
        EntityTagAssignment(entity_type="tables", entity_name=CUSTOMERS, tag_key="owner_team", tag_value="retail")
    ),
    "entity_tag_assignments.update": lambda w: w.entity_tag_assignments.update(
        "tables",
        CUSTOMERS,
        "retention_days",
        EntityTagAssignment(entity_type="tables", entity_name=CUSTOMERS, tag_key="retention_days", tag_value="365"),
        "tag_value",
    ),
    "entity_tag_assignments.delete": lambda w: w.entity_tag_assignments.delete("tables", CUSTOMERS, "retention_days"),
    "tag_policies.create_tag_policy": lambda w: w.tag_policies.create_tag_policy(
        TagPolicy(tag_key="team", values=[Value(name="retail")])
    ),
    "tag_policies.update_tag_policy": lambda w: w.tag_policies.update_tag_policy(
        "pii", TagPolicy(tag_key="pii", description="changed"), "description"
    ),
    "tag_policies.delete_tag_policy": lambda w: w.tag_policies.delete_tag_policy("sensitivity"),
    "policies.create_policy": lambda w: w.policies.create_policy(policy("made_here")),
    "policies.update_policy": lambda w: w.policies.update_policy(
        "CATALOG", "insurance_prod", "hide_health_data", policy("hide_health_data")
    ),
    "policies.delete_policy": lambda w: w.policies.delete_policy("CATALOG", "insurance_prod", "hide_health_data"),
    "data_quality.create_monitor": lambda w: w.data_quality.create_monitor(
        Monitor(
            object_type="table",
            object_id=table_id(w, "retail_prod.gold.store_kpis"),
            data_profiling_config=DataProfilingConfig(output_schema_id=schema_id(w, "ml_platform.monitoring")),
        )
    ),
    "data_quality.delete_monitor": lambda w: w.data_quality.delete_monitor(
        "table", table_id(w, "retail_prod.gold.daily_sales")
    ),
    "shares.create": lambda w: w.shares.create("made_here", comment="new"),
    "shares.update": lambda w: w.shares.update("broker_figures", updates=[sharing_change()]),
    "shares.delete": lambda w: w.shares.delete("old_campaign"),
    "shares.update_permissions": lambda w: w.shares.update_permissions(
        "broker_figures", changes=[ShareChange(principal="partner-logistics", add=["SELECT"])]
    ),
    "recipient_federation_policies.list": lambda w: with_policy(w).recipient_federation_policies.list("by-oidc"),
    "recipient_federation_policies.create": lambda w: with_recipient(w).recipient_federation_policies.create(
        "by-oidc", oidc_policy()
    ),
    "recipient_federation_policies.delete": lambda w: with_policy(w).recipient_federation_policies.delete(
        "by-oidc", "login"
    ),
    "recipients.create": lambda w: w.recipients.create("made-here", AuthenticationType.TOKEN, comment="new"),
    "recipients.update": lambda w: w.recipients.update(
        "broker-network", ip_access_list=IpAccessList(allowed_ip_addresses=["203.0.113.7"])
    ),
    "recipients.rotate_token": lambda w: w.recipients.rotate_token("partner-logistics", 3600),
    "recipients.delete": lambda w: w.recipients.delete("broker-network"),
    "volumes.create": lambda w: w.volumes.create("retail_prod", "gold", "made_here", VolumeType.MANAGED, comment="new"),
    "volumes.update": lambda w: w.volumes.update("retail_prod.reference.landing", comment="changed"),
    "volumes.delete": lambda w: w.volumes.delete("retail_prod.reference.landing"),
    "serving_endpoints.create": lambda w: (
        w.serving_endpoints.create(
            "made-here", config=EndpointCoreConfigInput(name="made-here", served_entities=[served_entity()])
        ).response
    ),
    "serving_endpoints.update_config": lambda w: (
        w.serving_endpoints.update_config(
            "churn-api",
            served_entities=[served_entity()],
            traffic_config=TrafficConfig(routes=[Route(served_model_name="churn-3", traffic_percentage=100)]),
        ).response
    ),
    "serving_endpoints.delete": lambda w: w.serving_endpoints.delete("churn-api"),
    "jobs.create": lambda w: w.jobs.create(name="made here", tasks=[job_task()]),
    "jobs.reset": lambda w: w.jobs.reset(1001, JobSettings(name="other", tasks=[job_task()])),
    "jobs.update": lambda w: w.jobs.update(1001, fields_to_remove=["schedule"], new_settings=JobSettings(name="other")),
    "jobs.delete": lambda w: w.jobs.delete(1001),
    "jobs.run_now": lambda w: w.jobs.run_now(1001, idempotency_token="once").response,
    "pipelines.create": lambda w: w.pipelines.create(name="made here", catalog="retail_prod", schema="gold"),
    "pipelines.update": lambda w: w.pipelines.update(PIPELINE, catalog="retail_prod", name="other", continuous=False),
    "pipelines.delete": lambda w: w.pipelines.delete(PIPELINE, cascade=False),
    "workspace.mkdirs": lambda w: w.workspace.mkdirs("/Workspace/Shared/made/here"),
    "workspace.import_": lambda w: w.workspace.import_(
        "/Shared/made.txt", content="aGVyZQ==", format=ImportFormat.AUTO
    ),
    "workspace.delete": lambda w: w.workspace.delete("/Shared/retail", recursive=True),
    "permissions.set": lambda w: w.permissions.set(
        "jobs", "1001", access_control_list=[_may("data-analysts", PermissionLevel.CAN_VIEW)]
    ),
    "permissions.update": lambda w: w.permissions.update(
        "jobs", "1001", access_control_list=[_may("data-analysts", PermissionLevel.CAN_MANAGE_RUN)]
    ),
    "materialized_features.create_feature_tag": lambda w: w.materialized_features.create_feature_tag(
        FEATURES, "revenue_30d", FeatureTag(key="team", value="ml")
    ),
    "feature_store.create_online_store": lambda w: w.feature_store.create_online_store(
        OnlineStore(name="made-here", capacity="CU_1")
    ),
}


def _may(group: str, level: PermissionLevel) -> AccessControlRequest:
    return AccessControlRequest(group_name=group, permission_level=level)
