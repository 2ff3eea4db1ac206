"""Tags on securables and columns, and governed tags."""

from __future__ import annotations

from pydantic import BaseModel, Field

from orchestrator.workspace.sandbox.call import Call, Sizes
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.people import stable_id
from orchestrator.workspace.sandbox.problem import CallRefusedError, absent, denied, taken
from orchestrator.workspace.sandbox.seed.governance import TagPolicySeed
from orchestrator.workspace.sandbox.seed.moment import text_of
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.state import State
from orchestrator.workspace.sandbox.tagging import Tag

FAMILY = Family(title="Tags")
_PATH = "/api/2.1/unity-catalog/entity-tag-assignments"
_ENTITY = _PATH + "/{entity_type}/{entity_name}/tags"
_POLICIES = "/api/2.1/tag-policies"
PAGE = Sizes(default=50, most=50)
POLICY_PAGE = Sizes(parameter="page_size", default=100, most=1_000)


class Assignment(BaseModel):
    """The body that sets a tag."""

    entity_type: str = ""
    entity_name: str = ""
    tag_key: str = ""
    tag_value: str = ""


class PolicyValue(BaseModel):
    """An allowed value of a governed tag."""

    name: str


class PolicyChange(BaseModel):
    """The body that makes or changes a governed tag."""

    tag_key: str = ""
    description: str | None = None
    values: list[PolicyValue] = Field(default_factory=list)


def wire(tag: Tag) -> Json:
    """The tag as the interface answers it."""
    return {
        "entity_type": tag.entity_type,
        "entity_name": tag.entity_name,
        "tag_key": tag.key,
        "tag_value": tag.value,
        "update_time": text_of(tag.at),
        "updated_by": tag.by,
    }


def _let_read(call: Call, entity_type: str, entity_name: str) -> None:
    kind, name = call.state.tags.check_entity(entity_type, entity_name)
    if not call.state.grants.sees(call.caller, call.state.unity.find(kind, name)):
        raise denied(f"User does not have any privilege on {kind.capitalize()} '{name}'.")


def _let_write(call: Call, entity_type: str, entity_name: str) -> None:
    kind, name = call.state.tags.check_entity(entity_type, entity_name)
    found = call.state.unity.find(kind, name)
    if not call.state.grants.allows(call.caller, "MANAGE", found):
        call.state.grants.require(call.caller, "APPLY_TAG", found)


@FAMILY.get(_ENTITY, sdk="entity_tag_assignments.list")
def list_tags(call: Call) -> Json:
    """The tags of a securable or column, by key, in pages."""
    entity_type, entity_name = call.path["entity_type"], call.path["entity_name"]
    _let_read(call, entity_type, entity_name)
    return call.page(call.state.tags.of(entity_type, entity_name), wire, key="tag_assignments", sizes=PAGE)


@FAMILY.get(_ENTITY + "/{tag_key}", sdk="entity_tag_assignments.get")
def get_tag(call: Call) -> Json:
    """One tag; 404 where the entity does not have it."""
    entity_type, entity_name = call.path["entity_type"], call.path["entity_name"]
    _let_read(call, entity_type, entity_name)
    return wire(call.state.tags.get(entity_type, entity_name, call.path["tag_key"]))


@FAMILY.post(_PATH, sdk="entity_tag_assignments.create")
def create_tag(call: Call) -> Json:
    """Sets a tag; needs APPLY TAG; 409 where the entity has it, 400 where a governed tag forbids the value."""
    given = call.parse(Assignment)
    _let_write(call, given.entity_type, given.entity_name)
    if any(tag.key == given.tag_key for tag in call.state.tags.of(given.entity_type, given.entity_name)):
        raise taken("tag_assignment", f"{given.tag_key} on {given.entity_name}")
    return _put(call, given)


@FAMILY.patch(_ENTITY + "/{tag_key}", sdk="entity_tag_assignments.update")
def update_tag(call: Call) -> Json:
    """Changes the value of a tag; needs APPLY TAG."""
    given = call.parse(Assignment).model_copy(
        update={name: call.path[name] for name in ("entity_type", "entity_name", "tag_key")}
    )
    _let_write(call, given.entity_type, given.entity_name)
    call.state.tags.get(given.entity_type, given.entity_name, given.tag_key)
    return _put(call, given)


def _put(call: Call, given: Assignment) -> Json:
    state = call.state
    made = state.tags.put(
        given.entity_type, given.entity_name, given.tag_key, given.tag_value, by=call.caller, at=state.now
    )
    state.changed()
    return wire(made)


@FAMILY.delete(_ENTITY + "/{tag_key}", sdk="entity_tag_assignments.delete")
def delete_tag(call: Call) -> Json:
    """Takes a tag off; needs APPLY TAG."""
    entity_type, entity_name = call.path["entity_type"], call.path["entity_name"]
    _let_write(call, entity_type, entity_name)
    call.state.tags.remove(entity_type, entity_name, call.path["tag_key"])
    call.state.changed()
    return {}


def policy_wire(state: State, key: str) -> Json:
    """The governed tag as the interface answers it.

    Raises:
        CallRefusedError: there is none of this key (404).
    """
    policy = state.tags.policies.get(key)
    if policy is None:
        raise absent("Tag policy", key)
    answer: Json = {
        "tag_key": key,
        "id": stable_id("tag-policy", key),
        "values": [{"name": value} for value in policy.values],
        "create_time": text_of(state.now),
        "update_time": text_of(state.now),
    }
    if policy.description is not None:
        answer["description"] = policy.description
    return answer


@FAMILY.get(_POLICIES, sdk="tag_policies.list_tag_policies")
def list_policies(call: Call) -> Json:
    """The governed tags with their allowed values, in pages."""
    state = call.state
    return call.page(
        sorted(state.tags.policies), lambda key: policy_wire(state, key), key="tag_policies", sizes=POLICY_PAGE
    )


@FAMILY.get(_POLICIES + "/{tag_key}", sdk="tag_policies.get_tag_policy")
def get_policy(call: Call) -> Json:
    """One governed tag."""
    return policy_wire(call.state, call.path["tag_key"])


@FAMILY.post(_POLICIES, sdk="tag_policies.create_tag_policy")
def create_policy(call: Call) -> Json:
    """A new governed tag; admins only."""
    given = call.parse(PolicyChange)
    if given.tag_key in call.state.tags.policies:
        raise taken("tag_policy", given.tag_key)
    return _govern(call, given.tag_key, given)


@FAMILY.patch(_POLICIES + "/{tag_key}", sdk="tag_policies.update_tag_policy")
def update_policy(call: Call) -> Json:
    """Changes description or allowed values, as `update_mask` names them; admins only."""
    key = call.path["tag_key"]
    policy_wire(call.state, key)
    given, old = call.parse(PolicyChange), call.state.tags.policies[key]
    named = set(call.query.get("update_mask", "*").split(","))
    if not named & {"*", "values"}:
        given = given.model_copy(update={"values": [PolicyValue(name=value) for value in old.values]})
    if not named & {"*", "description"}:
        given = given.model_copy(update={"description": old.description})
    return _govern(call, key, given)


def _govern(call: Call, key: str, given: PolicyChange) -> Json:
    _admins_only(call)
    values = [value.name for value in given.values]
    call.state.tags.policies[key] = TagPolicySeed(values=values, description=given.description)
    return policy_wire(call.state, key)


def _admins_only(call: Call) -> None:
    if not call.state.people.is_admin(call.caller):
        raise CallRefusedError(403, "PERMISSION_DENIED", "Only account and workspace admins can change governed tags.")


@FAMILY.delete(_POLICIES + "/{tag_key}", sdk="tag_policies.delete_tag_policy")
def delete_policy(call: Call) -> Json:
    """Takes a governed tag away; admins only."""
    _admins_only(call)
    policy_wire(call.state, call.path["tag_key"])
    del call.state.tags.policies[call.path["tag_key"]]
    return {}
