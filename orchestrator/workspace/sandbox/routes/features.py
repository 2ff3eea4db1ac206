"""Features, what reads them, online stores and online tables."""

from __future__ import annotations

from pydantic import BaseModel

from orchestrator.workspace.sandbox.call import Call, Sizes
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.people import stable_id
from orchestrator.workspace.sandbox.problem import absent, invalid, taken
from orchestrator.workspace.sandbox.records import AGE
from orchestrator.workspace.sandbox.seed.learning import ConsumerSeed, FeatureSeed, OnlineStoreSeed, OnlineTableSeed
from orchestrator.workspace.sandbox.seed.moment import text_of
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.state import State

FAMILY = Family(title="Features and online stores")
_FEATURES = "/api/2.0/feature-engineering/features"
_MATERIALIZED = "/api/2.0/feature-engineering/materialized-features"
_OF_TABLE = "/api/2.0/feature-store/feature-tables/{table_name}/features/{feature_name}"
_STORES = "/api/2.0/feature-store/online-stores"
PAGE = Sizes(parameter="page_size", default=100, most=1_000)
_INPUT_OF = {"count_function": "input", "stddev_pop": "input"}


class FeatureTagBody(BaseModel):
    """A tag of a feature."""

    key: str
    value: str = ""


class StoreBody(BaseModel):
    """The body that makes an online store."""

    name: str
    capacity: str
    read_replica_count: int = 0


def feature_wire(state: State, feature: FeatureSeed) -> Json:
    """The feature as the interface answers it."""
    catalog, schema, name = feature.name.split(".")
    source: Json = {"full_name": feature.source, "entity_columns": feature.entities}
    window = {"tumbling": {"window_duration": feature.window}}
    answer: Json = {
        "full_name": feature.name,
        "catalog_name": catalog,
        "schema_name": schema,
        "name": name,
        "entities": [{"name": entity} for entity in feature.entities],
        "inputs": [feature.input],
        "created_at": text_of(feature.created or state.now - AGE),
        "created_by": feature.by or state.people.admin,
    }
    if feature.timeseries is not None:
        source["timeseries_column"] = feature.timeseries
        answer["timeseries_column"] = {"name": feature.timeseries}
    if feature.description is not None:
        answer["description"] = feature.description
    function = {"aggregation_function": {feature.aggregation: {"input": feature.input}, "time_window": window}}
    return answer | {"source": {"delta_table_source": source}, "function": function}


@FAMILY.get(_FEATURES, sdk="feature_engineering.list_features")
def list_features(call: Call) -> Json:
    """The features of `catalog_name` and `schema_name`, in pages."""
    state = call.state
    schema = state.unity.schemas.get(f"{call.text('catalog_name')}.{call.text('schema_name')}")
    every = [feature for feature in state.seed.learning.features if feature.name.rpartition(".")[0] == schema.full_name]
    return call.page(every, lambda feature: feature_wire(state, feature), key="features", sizes=PAGE)


@FAMILY.get(_FEATURES + "/{full_name}", sdk="feature_engineering.get_feature")
def get_feature(call: Call) -> Json:
    """One feature with its source, window and aggregation."""
    for feature in call.state.seed.learning.features:
        if feature.name == call.path["full_name"]:
            return feature_wire(call.state, feature)
    raise absent("Feature", call.path["full_name"][:120])


def _materialized_wire(feature: FeatureSeed) -> Json:
    catalog, schema, name = feature.name.split(".")
    answer: Json = {
        "materialized_feature_id": stable_id("materialized", feature.name),
        "feature_name": feature.name,
        "table_name": f"{catalog}.{schema}.{name}_materialized",
        "is_online": feature.online,
        "pipeline_schedule_state": "ACTIVE",
        "offline_store_config": {"catalog_name": catalog, "schema_name": schema, "table_name_prefix": name},
    }
    if feature.materialized is not None:
        answer["last_materialization_time"] = text_of(feature.materialized)
    return answer


@FAMILY.get(_MATERIALIZED, sdk="feature_engineering.list_materialized_features")
def list_materialized(call: Call) -> Json:
    """The features that are materialized, all or those of `feature_name`, in pages."""
    wanted = call.query.get("feature_name")
    every = [
        feature
        for feature in call.state.seed.learning.features
        if feature.materialized is not None and wanted in {None, feature.name}
    ]
    return call.page(every, _materialized_wire, key="materialized_features", sizes=PAGE)


def _consumer(call: Call) -> ConsumerSeed:
    table = call.state.unity.tables.get(call.path["table_name"])
    column = call.path["feature_name"]
    if column not in table.seed.columns:
        raise absent("Feature", f"{column[:60]} of {table.full_name}")
    return call.state.consumers.get(f"{table.full_name}/{column}", ConsumerSeed())


@FAMILY.get(_OF_TABLE + "/lineage", sdk="materialized_features.get_feature_lineage")
def feature_lineage(call: Call) -> Json:
    """The model versions, feature specs and online tables that read a column of a feature table."""
    consumer = _consumer(call)
    models = [(name, version) for name, _, version in (text.partition("/") for text in consumer.models)]
    online = [{"table_name": table, "feature_name": call.path["feature_name"]} for table in consumer.online]
    return {
        "models": [{"name": name, "version": int(version)} for name, version in models],
        "feature_specs": [{"name": name} for name in consumer.specs],
        "online_features": online,
    }


@FAMILY.get(_OF_TABLE + "/tags", sdk="materialized_features.list_feature_tags")
def list_feature_tags(call: Call) -> Json:
    """The tags of a column of a feature table, in pages."""
    every = sorted(_consumer(call).tags.items())
    return call.page(every, lambda tag: {"key": tag[0], "value": tag[1]}, key="feature_tags", sizes=PAGE)


@FAMILY.post(_OF_TABLE + "/tags", sdk="materialized_features.create_feature_tag")
def create_feature_tag(call: Call) -> Json:
    """Sets a tag on a column of a feature table; 409 where it has it."""
    consumer, given = _consumer(call), call.parse(FeatureTagBody)
    if given.key in consumer.tags:
        raise taken("feature_tag", given.key)
    name = f"{call.path['table_name']}/{call.path['feature_name']}"
    changed = consumer.model_copy(update={"tags": {**consumer.tags, given.key: given.value}})
    call.state.consumers[name] = changed
    return {"key": given.key, "value": given.value}


def store_wire(state: State, store: OnlineStoreSeed) -> Json:
    """The online store as the interface answers it."""
    return {
        "name": store.name,
        "capacity": store.capacity,
        "state": store.state,
        "read_replica_count": store.replicas,
        "creation_time": text_of(store.created or state.now - AGE),
        "creator": store.creator or state.people.admin,
    }


@FAMILY.get(_STORES, sdk="feature_store.list_online_stores")
def list_stores(call: Call) -> Json:
    """The online stores, in pages."""
    return call.page(call.state.stores, lambda store: store_wire(call.state, store), key="online_stores", sizes=PAGE)


@FAMILY.get(_STORES + "/{name}", sdk="feature_store.get_online_store")
def get_store(call: Call) -> Json:
    """One online store with its state."""
    for store in call.state.stores:
        if store.name == call.path["name"]:
            return store_wire(call.state, store)
    raise absent("Online store", call.path["name"][:80])


@FAMILY.post(_STORES, sdk="feature_store.create_online_store")
def create_store(call: Call) -> Json:
    """A new online store, which is available at once."""
    given = call.parse(StoreBody)
    if any(store.name == given.name for store in call.state.stores):
        raise taken("online_store", given.name)
    if not given.capacity.startswith("CU_"):
        raise invalid(f"The capacity {given.capacity[:20]!r} is none of CU_1, CU_2, CU_4, CU_8")
    made = OnlineStoreSeed(
        name=given.name,
        capacity=given.capacity,
        replicas=given.read_replica_count,
        created=call.state.now,
        creator=call.caller,
    )
    call.state.stores.append(made)
    return store_wire(call.state, made)


def online_table_wire(table: OnlineTableSeed) -> Json:
    """The online table as the interface answers it."""
    spec: Json = {
        "source_table_full_name": table.source,
        "primary_key_columns": table.primary_key,
        "perform_full_copy": False,
        "run_triggered": {},
    }
    if table.timeseries is not None:
        spec["timeseries_key"] = table.timeseries
    if table.pipeline_id is not None:
        spec["pipeline_id"] = table.pipeline_id
    status: Json = {"detailed_state": table.state, "message": table.message or ""}
    if table.synced is not None:
        status["triggered_update_status"] = {
            "last_processed_commit_version": table.version,
            "timestamp": text_of(table.synced),
        }
    return {"name": table.name, "spec": spec, "status": status, "unity_catalog_provisioning_state": "ACTIVE"}


@FAMILY.get("/api/2.0/online-tables/{name}", sdk="online_tables.get")
def get_online_table(call: Call) -> Json:
    """One online table with the state of its last synchronisation."""
    return online_table_wire(_online(call, lakebase=False))


def synced_table_wire(table: OnlineTableSeed) -> Json:
    """The synced table as the interface answers it."""
    spec: Json = {
        "source_table_full_name": table.source,
        "primary_key_columns": table.primary_key,
        "scheduling_policy": "TRIGGERED",
    }
    if table.timeseries is not None:
        spec["timeseries_key"] = table.timeseries
    status: Json = {"detailed_state": table.state, "message": table.message or ""}
    if table.pipeline_id is not None:
        status["pipeline_id"] = table.pipeline_id
    if table.synced is not None:
        ended = text_of(table.synced)
        source = {"delta_commit_version": table.version, "delta_commit_timestamp": ended}
        status["last_sync"] = {"sync_end_timestamp": ended, "delta_table_sync_info": source}
    return {"name": table.name, "spec": spec, "data_synchronization_status": status}


@FAMILY.get("/api/2.0/database/synced_tables/{name}", sdk="database.get_synced_database_table")
def get_synced_table(call: Call) -> Json:
    """One synced table of Lakebase with the state of its last synchronisation."""
    return synced_table_wire(_online(call, lakebase=True))


def _online(call: Call, *, lakebase: bool) -> OnlineTableSeed:
    for table in call.state.seed.learning.online_tables:
        if table.name == call.path["name"] and table.lakebase is lakebase:
            return table
    raise absent("Synced table" if lakebase else "Online table", call.path["name"][:120])
