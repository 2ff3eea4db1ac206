"""Registered models of Unity Catalog, their versions and aliases."""

from __future__ import annotations

from pydantic import BaseModel

from orchestrator.workspace.sandbox.call import Call, Sizes
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.people import stable_id
from orchestrator.workspace.sandbox.problem import CallRefusedError, invalid
from orchestrator.workspace.sandbox.records import AGE, common
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.seed.unity import ModelSeed, VersionSeed
from orchestrator.workspace.sandbox.state import State
from orchestrator.workspace.sandbox.unity import Kind, Placed

FAMILY = Family(title="Registered models and versions")
_PATH = "/api/2.1/unity-catalog/models"
_ONE = _PATH + "/{full_name}"
PAGE = Sizes(default=100, most=1_000)


class ModelChange(BaseModel):
    """The body that makes or changes a model or a version."""

    name: str = ""
    catalog_name: str = ""
    schema_name: str = ""
    comment: str | None = None
    owner: str | None = None


class AliasChange(BaseModel):
    """The body that sets an alias."""

    version_num: int


def aliases(item: Placed[ModelSeed], version: int | None = None) -> list[Json]:
    """The aliases of a model, or of one version of it."""
    return [
        {
            "alias_name": alias,
            "version_num": found.version,
            "id": stable_id("alias", item.full_name, alias),
            "model_name": item.name,
            "catalog_name": item.catalog,
            "schema_name": item.schema,
        }
        for found in item.seed.versions
        if version in {None, found.version}
        for alias in found.aliases
    ]


def wire(state: State, item: Placed[ModelSeed], *, with_aliases: bool) -> Json:
    """The model as the interface answers it."""
    answer = common(state, item)
    answer["storage_location"] = f"{state.seed.place.storage_root}/models/{stable_id('model', item.full_name)}"
    if with_aliases and aliases(item):
        answer["aliases"] = aliases(item)
    return answer


def version_wire(state: State, item: Placed[ModelSeed], found: VersionSeed, *, with_aliases: bool) -> Json:
    """A version of a model as the interface answers it."""
    created = found.created or state.now - AGE
    by = found.by or item.owner
    root = f"{state.seed.place.storage_root}/models/{stable_id('model', item.full_name)}"
    answer: Json = {
        "model_name": item.name,
        "catalog_name": item.catalog,
        "schema_name": item.schema,
        "version": found.version,
        "id": stable_id("model-version", item.full_name, str(found.version)),
        "status": found.status,
        "metastore_id": state.seed.place.metastore_id,
        "source": f"dbfs:/databricks/mlflow-tracking/{found.run_id or 'unknown'}/artifacts/model",
        "storage_location": f"{root}/{found.version}",
        "created_at": created,
        "created_by": by,
        "updated_at": created,
        "updated_by": by,
        "run_workspace_id": state.seed.place.workspace_id,
    }
    if found.run_id is not None:
        answer["run_id"] = found.run_id
    if found.comment is not None:
        answer["comment"] = found.comment
    if with_aliases and aliases(item, found.version):
        answer["aliases"] = aliases(item, found.version)
    return answer


def _model(call: Call) -> Placed[ModelSeed]:
    return call.state.unity.models.get(call.path["full_name"])


def _version(call: Call) -> tuple[Placed[ModelSeed], VersionSeed]:
    item, text = _model(call), call.path["version"]
    for found in item.seed.versions:
        if str(found.version) == text:
            return item, found
    raise CallRefusedError(
        404, "MODEL_VERSION_DOES_NOT_EXIST", f"Model version '{item.full_name}' version {text[:20]} does not exist."
    )


@FAMILY.get(_PATH, sdk="registered_models.list")
def list_models(call: Call) -> Json:
    """The models that the caller may see, of one schema or of all, in pages."""
    state = call.state
    catalog, schema = call.query.get("catalog_name"), call.query.get("schema_name")
    every = [
        item
        for item in sorted(state.unity.models, key=lambda item: item.full_name)
        if catalog in {None, item.catalog} and schema in {None, item.schema} and state.grants.sees(call.caller, item)
    ]
    return call.page(every, lambda item: wire(state, item, with_aliases=False), key="registered_models", sizes=PAGE)


@FAMILY.get(_ONE, sdk="registered_models.get")
def get_model(call: Call) -> Json:
    """One model, with its aliases if asked for; needs USE CATALOG, USE SCHEMA and EXECUTE."""
    found = _model(call)
    call.state.grants.require(call.caller, "EXECUTE", found)
    return wire(call.state, found, with_aliases=call.flag("include_aliases"))


@FAMILY.post(_PATH, sdk="registered_models.create")
def create_model(call: Call) -> Json:
    """A new model without versions; needs CREATE MODEL on the schema."""
    given, state = call.parse(ModelChange), call.state
    schema = state.unity.schemas.get(f"{given.catalog_name}.{given.schema_name}")
    state.grants.require(call.caller, "CREATE_MODEL", schema)
    if not given.name or "." in given.name:
        raise invalid(f"{given.name!r} is no name of a model")
    seed = ModelSeed(comment=given.comment)
    full_name = f"{schema.full_name}.{given.name}"
    made = state.unity.models.add(Placed(kind=Kind.MODEL, full_name=full_name, owner=call.caller, seed=seed))
    state.changed()
    return wire(state, made, with_aliases=False)


@FAMILY.patch(_ONE, sdk="registered_models.update")
def update_model(call: Call) -> Json:
    """Changes comment or owner; needs ownership or MANAGE."""
    call.state.grants.require_manage(call.caller, _model(call))
    given = call.parse(ModelChange)
    changed = call.state.unity.models.change(call.path["full_name"], comment=given.comment, owner=given.owner)
    call.state.changed()
    return wire(call.state, changed, with_aliases=False)


@FAMILY.put(_ONE + "/aliases/{alias}", sdk="registered_models.set_alias")
def set_alias(call: Call) -> Json:
    """Points an alias to a version, away from the one it had; needs ownership or MANAGE."""
    item, wanted, alias = _model(call), call.parse(AliasChange).version_num, call.path["alias"]
    call.state.grants.require_manage(call.caller, item)
    if wanted not in {found.version for found in item.seed.versions}:
        raise CallRefusedError(
            404, "MODEL_VERSION_DOES_NOT_EXIST", f"Model version '{item.full_name}' version {wanted} does not exist."
        )
    changed = _with_alias(call, item, alias, wanted)
    return next(entry for entry in aliases(changed) if entry["alias_name"] == alias)


@FAMILY.delete(_ONE + "/aliases/{alias}", sdk="registered_models.delete_alias")
def delete_alias(call: Call) -> Json:
    """Takes an alias away; needs ownership or MANAGE."""
    item, alias = _model(call), call.path["alias"]
    call.state.grants.require_manage(call.caller, item)
    if alias not in {entry["alias_name"] for entry in aliases(item)}:
        raise CallRefusedError(
            404, "MODEL_ALIAS_DOES_NOT_EXIST", f"Alias '{alias}' of model '{item.full_name}' does not exist."
        )
    _with_alias(call, item, alias, None)
    return {}


def _with_alias(call: Call, item: Placed[ModelSeed], alias: str, version: int | None) -> Placed[ModelSeed]:
    versions = []
    for found in item.seed.versions:
        kept = [name for name in found.aliases if name != alias]
        versions.append(found.model_copy(update={"aliases": [*kept, alias] if found.version == version else kept}))
    call.state.changed()
    return call.state.unity.models.change(item.full_name, versions=versions)


@FAMILY.get(_ONE + "/versions", sdk="model_versions.list")
def list_versions(call: Call) -> Json:
    """The versions of a model, newest first, in pages."""
    state, item = call.state, _model(call)
    state.grants.require(call.caller, "EXECUTE", item)
    every = sorted(item.seed.versions, key=lambda found: -found.version)
    return call.page(
        every, lambda found: version_wire(state, item, found, with_aliases=False), key="model_versions", sizes=PAGE
    )


@FAMILY.get(_ONE + "/versions/{version}", sdk="model_versions.get")
def get_version(call: Call) -> Json:
    """One version, with its aliases if asked for."""
    item, found = _version(call)
    call.state.grants.require(call.caller, "EXECUTE", item)
    return version_wire(call.state, item, found, with_aliases=call.flag("include_aliases"))


@FAMILY.get(_ONE + "/aliases/{alias}", sdk="model_versions.get_by_alias")
def get_by_alias(call: Call) -> Json:
    """The version that an alias points to."""
    item, alias = _model(call), call.path["alias"]
    call.state.grants.require(call.caller, "EXECUTE", item)
    for found in item.seed.versions:
        if alias in found.aliases:
            return version_wire(call.state, item, found, with_aliases=call.flag("include_aliases"))
    raise CallRefusedError(
        404, "MODEL_ALIAS_DOES_NOT_EXIST", f"Alias '{alias}' of model '{item.full_name}' does not exist."
    )


@FAMILY.patch(_ONE + "/versions/{version}", sdk="model_versions.update")
def update_version(call: Call) -> Json:
    """Changes the comment of a version; needs ownership or MANAGE."""
    item, found = _version(call)
    call.state.grants.require_manage(call.caller, item)
    changed = found.model_copy(update={"comment": call.parse(ModelChange).comment})
    versions = [changed if other.version == found.version else other for other in item.seed.versions]
    item = call.state.unity.models.change(item.full_name, versions=versions)
    call.state.changed()
    return version_wire(call.state, item, changed, with_aliases=False)
