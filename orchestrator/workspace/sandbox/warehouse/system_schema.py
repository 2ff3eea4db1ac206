"""The columns of the system tables and of the information schemas, as Databricks documents them.

Sources: https://docs.databricks.com/aws/en/admin/system-tables/ (audit-logs, lineage, billing, pricing, query-history,
compute, jobs) and https://docs.databricks.com/aws/en/sql/language-manual/sql-ref-information-schema. Columns that no
governance or cost question needs are left out.
"""

from __future__ import annotations

from orchestrator.workspace.sandbox.seed.part import Grants
from orchestrator.workspace.sandbox.seed.unity import CatalogSeed, ColumnSeed, SchemaSeed, TableSeed

SYSTEM = "system"
INFORMATION_SCHEMA = "information_schema"
SYSTEM_OWNER = "System user"

_LINEAGE = """account_id string, metastore_id string, workspace_id string, entity_type string, entity_id string,
entity_run_id string, source_table_full_name string, source_table_catalog string, source_table_schema string,
source_table_name string, source_path string, source_type string, {source}target_table_full_name string,
target_table_catalog string, target_table_schema string, target_table_name string, target_path string,
target_type string, {target}created_by string, event_time timestamp, event_date date, record_id string, event_id string,
statement_id string"""
SYSTEM_TABLES: dict[str, str] = {
    "access.audit": """account_id string, workspace_id string, version string, event_time timestamp, event_date date,
event_id string, source_ip_address string, user_agent string, session_id string,
user_identity struct<email:string,subject_name:string>, service_name string, action_name string, request_id string,
request_params map<string,string>, response struct<status_code:int,error_message:string,result:string>,
audit_level string, identity_metadata struct<run_by:string,run_as:string>""",
    "access.table_lineage": _LINEAGE.format(source="", target=""),
    "access.column_lineage": _LINEAGE.format(
        source="source_column_name string, ", target="target_column_name string, "
    ),
    "billing.usage": """account_id string, workspace_id string, record_id string, sku_name string, cloud string,
usage_start_time timestamp, usage_end_time timestamp, usage_date date, custom_tags map<string,string>,
usage_unit string,
usage_quantity decimal(38,18),
usage_metadata struct<cluster_id:string,job_id:string,warehouse_id:string,instance_pool_id:string,node_type:string,"""
    """job_run_id:string,notebook_id:string,dlt_pipeline_id:string,endpoint_name:string,endpoint_id:string>,
identity_metadata struct<run_as:string,owned_by:string,created_by:string>, record_type string, ingestion_date date,
billing_origin_product string, product_features struct<is_serverless:boolean,is_photon:boolean>, usage_type string""",
    "billing.list_prices": """price_start_time timestamp, price_end_time timestamp, account_id string, sku_name string,
cloud string, currency_code string, usage_unit string,
pricing struct<default:decimal(38,18),effective_list:struct<default:decimal(38,18)>>""",
    "query.history": """account_id string, workspace_id string, statement_id string, session_id string,
execution_status string, compute struct<type:string,cluster_id:string,warehouse_id:string>, executed_by_user_id string,
executed_by string, executed_as_user_id string, executed_as string, statement_text string, statement_type string,
error_message string, client_application string, client_driver string, total_duration_ms bigint,
waiting_for_compute_duration_ms bigint, waiting_at_capacity_duration_ms bigint, execution_duration_ms bigint,
compilation_duration_ms bigint, total_task_duration_ms bigint, result_fetch_duration_ms bigint, start_time timestamp,
end_time timestamp, update_time timestamp, read_partitions bigint, pruned_files bigint, read_files bigint,
read_rows bigint, produced_rows bigint, read_bytes bigint, read_io_cache_percent int, from_result_cache boolean,
spilled_local_bytes bigint, written_bytes bigint, shuffle_read_bytes bigint""",
    "compute.clusters": """account_id string, workspace_id string, cluster_id string, cluster_name string,
owned_by string,
create_time timestamp, delete_time timestamp, driver_node_type string, worker_node_type string, worker_count bigint,
min_autoscale_workers bigint, max_autoscale_workers bigint, auto_termination_minutes bigint,
enable_elastic_disk boolean,
tags map<string,string>, cluster_source string, dbr_version string, change_time timestamp, change_date date,
data_security_mode string, policy_id string""",
    "compute.warehouses": """warehouse_id string, workspace_id string, account_id string, warehouse_name string,
warehouse_type string, warehouse_channel string, warehouse_size string, min_clusters int, max_clusters int,
auto_stop_minutes int, tags map<string,string>, change_time timestamp, delete_time timestamp""",
    "lakeflow.jobs": """account_id string, workspace_id string, job_id string, name string, description string,
creator_id string, tags map<string,string>, change_time timestamp, delete_time timestamp, run_as string""",
    "lakeflow.job_run_timeline": """account_id string, workspace_id string, job_id string, run_id string,
period_start_time timestamp, period_end_time timestamp, trigger_type string, result_state string,
termination_code string, run_type string, run_name string""",
}
"""Columns by `schema.table` of the catalog `system`."""

_CATALOG, _SCHEMA, _TABLE = "catalog_name string", "schema_name string", "table_name string"
_TAG = "tag_name string, tag_value string"
_PRIVILEGE = "privilege_type string, is_grantable string, inherited_from string"
_CONSTRAINT = (
    "constraint_catalog string, constraint_schema string, constraint_name string, "
    "table_catalog string, table_schema string, table_name string"
)

INFORMATION_TABLES: dict[str, str] = {
    "catalogs": "catalog_name string, catalog_owner string, comment string, created timestamp, created_by string, "
    "last_altered timestamp, last_altered_by string",
    "schemata": "catalog_name string, schema_name string, schema_owner string, comment string, created timestamp, "
    "created_by string, last_altered timestamp, last_altered_by string",
    "tables": "table_catalog string, table_schema string, table_name string, table_type string, "
    "is_insertable_into string, commit_action string, table_owner string, comment string, created timestamp, "
    "created_by string, last_altered timestamp, last_altered_by string, data_source_format string, "
    "storage_path string, storage_sub_directory string",
    "columns": "table_catalog string, table_schema string, table_name string, column_name string, "
    "ordinal_position int, column_default string, is_nullable string, full_data_type string, data_type string, "
    "numeric_precision int, numeric_scale int, comment string, partition_index int",
    "views": "table_catalog string, table_schema string, table_name string, view_definition string",
    "routines": "specific_catalog string, specific_schema string, specific_name string, routine_catalog string, "
    "routine_schema string, routine_name string, routine_owner string, routine_type string, data_type string, "
    "routine_body string, routine_definition string, comment string, created timestamp, last_altered timestamp",
    "volumes": "volume_catalog string, volume_schema string, volume_name string, volume_type string, "
    "volume_owner string, comment string, storage_location string, created timestamp, last_altered timestamp",
    "catalog_tags": f"{_CATALOG}, {_TAG}",
    "schema_tags": f"{_CATALOG}, {_SCHEMA}, {_TAG}",
    "table_tags": f"{_CATALOG}, {_SCHEMA}, {_TABLE}, {_TAG}",
    "column_tags": f"{_CATALOG}, {_SCHEMA}, {_TABLE}, column_name string, {_TAG}",
    "volume_tags": f"{_CATALOG}, {_SCHEMA}, volume_name string, {_TAG}",
    "catalog_privileges": f"grantor string, grantee string, {_CATALOG}, {_PRIVILEGE}",
    "schema_privileges": f"grantor string, grantee string, {_CATALOG}, {_SCHEMA}, {_PRIVILEGE}",
    "table_privileges": "grantor string, grantee string, table_catalog string, table_schema string, "
    f"{_TABLE}, {_PRIVILEGE}",
    "table_constraints": f"{_CONSTRAINT}, constraint_type string, enforced string",
    "key_column_usage": f"{_CONSTRAINT}, column_name string, ordinal_position int",
    "column_masks": "table_catalog string, table_schema string, table_name string, column_name string, "
    "mask_name string, using_columns string",
    "row_filters": "table_catalog string, table_schema string, table_name string, filter_name string, "
    "target_columns string",
    "shares": "share_name string, share_owner string, comment string, created timestamp",
    "recipients": "recipient_name string, authentication_type string, recipient_owner string, comment string, "
    "created timestamp",
}  # fmt: skip
"""Columns by table of an information schema."""


def columns_of(text: str) -> dict[str, str]:
    """Type by column of a text such as `a string, b struct<x:int,y:int>`."""
    found, depth, start = [], 0, 0
    for at, letter in enumerate(text):
        depth += {"<": 1, "(": 1, ">": -1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            found.append(text[start:at])
            start = at + 1
    found.append(text[start:])
    split = (part.strip().partition(" ") for part in found)
    return {name: kind.strip() for name, _, kind in split}


def system_catalog(grants: Grants) -> CatalogSeed:
    """The catalog `system`, as it stands beside those of the seed."""
    schemas: dict[str, dict[str, TableSeed]] = {}
    for name, text in SYSTEM_TABLES.items():
        schema, _, table = name.partition(".")
        schemas.setdefault(schema, {})[table] = _table(text, "MANAGED")
    made = {name: SchemaSeed(tables=tables, owner=SYSTEM_OWNER) for name, tables in schemas.items()}
    return CatalogSeed(
        comment="System catalog, provided by Databricks",
        owner=SYSTEM_OWNER,
        grants=grants,
        schemas=made | {INFORMATION_SCHEMA: information_schema()},
    )


def information_schema() -> SchemaSeed:
    """The information schema of a catalog."""
    return SchemaSeed(
        owner=SYSTEM_OWNER, tables={name: _table(text, "VIEW") for name, text in INFORMATION_TABLES.items()}
    )


def _table(text: str, kind: str) -> TableSeed:
    columns = {name: ColumnSeed(type=type_text) for name, type_text in columns_of(text).items()}
    return TableSeed.model_validate({"columns": columns, "type": kind, "owner": SYSTEM_OWNER, "rows": 0})
