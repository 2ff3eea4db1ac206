"""Attribute-based policies: row filters and column masks by tags, on catalogs, schemas and tables."""

from __future__ import annotations

from pydantic import BaseModel, Field

from orchestrator.workspace.sandbox.call import Call, Sizes
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.people import stable_id
from orchestrator.workspace.sandbox.problem import absent, denied, invalid, taken
from orchestrator.workspace.sandbox.records import AGE
from orchestrator.workspace.sandbox.seed.governance import AbacSeed, MatchSeed
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.state import State
from orchestrator.workspace.sandbox.unity import Kind

FAMILY = Family(title="Attribute-based policies")
_PATH = "/api/2.1/unity-catalog/policies"
_ON = _PATH + "/{on_securable_type}/{on_securable_fullname}"
PAGE = Sizes(default=100, most=1_000)
_LEVELS = {1: Kind.CATALOG, 2: Kind.SCHEMA, 3: Kind.TABLE}


class Argument(BaseModel):
    """An argument of a policy's function."""

    alias: str | None = None
    constant: str | None = None


class FunctionOptions(BaseModel):
    """The function of a policy, its column and its arguments."""

    function_name: str
    on_column: str | None = None
    using: list[Argument] = Field(default_factory=list)


class Match(BaseModel):
    """Which columns a policy matches."""

    alias: str = ""
    condition: str = ""


class PolicyBody(BaseModel):
    """The body that makes or changes a policy."""

    name: str = ""
    on_securable_fullname: str = ""
    to_principals: list[str] = Field(default_factory=list)
    except_principals: list[str] = Field(default_factory=list)
    policy_type: str = ""
    row_filter: FunctionOptions | None = None
    column_mask: FunctionOptions | None = None
    match_columns: list[Match] = Field(default_factory=list)
    comment: str | None = None


def wire(state: State, policy: AbacSeed) -> Json:
    """The policy as the interface answers it."""
    kind = _LEVELS[policy.of.count(".") + 1]
    options: Json = {"function_name": policy.function}
    if policy.using:
        options["using"] = [{"alias": alias} for alias in policy.using]
    if policy.kind == "column_mask":
        options["on_column"] = policy.on_column or (policy.match[0].alias if policy.match else "")
    owner = state.unity.find(kind, policy.of).owner
    answer: Json = {
        "name": policy.name,
        "id": stable_id("policy", policy.of, policy.name),
        "on_securable_type": kind.value,
        "on_securable_fullname": policy.of,
        "for_securable_type": "TABLE",
        "policy_type": f"POLICY_TYPE_{policy.kind.upper()}",
        "to_principals": policy.to,
        policy.kind: options,
        "created_at": state.now - AGE,
        "created_by": owner,
        "updated_at": state.now - AGE,
        "updated_by": owner,
    }
    if policy.apart_from:
        answer["except_principals"] = policy.apart_from
    if policy.match:
        answer["match_columns"] = [{"alias": match.alias, "condition": match.condition} for match in policy.match]
    if policy.comment is not None:
        answer["comment"] = policy.comment
    return answer


def _on(call: Call) -> str:
    """The securable that the path names, which the caller may see."""
    name = call.path["on_securable_fullname"]
    kind = _LEVELS.get(name.count(".") + 1)
    if kind is None or call.path["on_securable_type"].upper() != kind.value:
        raise invalid(f"{name[:80]} is no {call.path['on_securable_type'][:20].lower()}")
    found = call.state.unity.find(kind, name)
    if not call.state.grants.sees(call.caller, found):
        raise denied(f"User does not have MANAGE on {kind.capitalize()} '{name}'.")
    return found.full_name


def _manage(call: Call, name: str) -> None:
    kind = _LEVELS.get(name.count(".") + 1)
    if kind is None:
        raise invalid(f"{name[:80]!r} is no catalog, schema or table")
    call.state.grants.require_manage(call.caller, call.state.unity.find(kind, name))


def _index(call: Call) -> int:
    on = _on(call)
    for index, policy in enumerate(call.state.policies):
        if policy.of.lower() == on.lower() and policy.name == call.path["name"]:
            return index
    raise absent("Policy", call.path["name"][:80])


@FAMILY.get(_ON, sdk="policies.list_policies")
def list_policies(call: Call) -> Json:
    """The policies on a securable, and for `include_inherited` those on what it stands in, in pages."""
    on = _on(call).lower()
    places = {on}
    while call.flag("include_inherited") and "." in on:
        on = on.rpartition(".")[0]
        places.add(on)
    every = [policy for policy in call.state.policies if policy.of.lower() in places]
    return call.page(every, lambda policy: wire(call.state, policy), key="policies", sizes=PAGE)


@FAMILY.get(_ON + "/{name}", sdk="policies.get_policy")
def get_policy(call: Call) -> Json:
    """One policy."""
    return wire(call.state, call.state.policies[_index(call)])


@FAMILY.post(_PATH, sdk="policies.create_policy")
def create_policy(call: Call) -> Json:
    """A new policy; needs ownership of the securable or MANAGE on it."""
    given = call.parse(PolicyBody)
    _manage(call, given.on_securable_fullname)
    for policy in call.state.policies:
        if policy.of.lower() == given.on_securable_fullname.lower() and policy.name == given.name:
            raise taken("policy", given.name)
    made = _seed(call, given)
    call.state.policies.append(made)
    call.state.changed()
    return wire(call.state, made)


def _seed(call: Call, given: PolicyBody) -> AbacSeed:
    options = given.row_filter or given.column_mask
    if options is None or not given.to_principals or not given.name:
        raise invalid("A policy needs a name, to_principals, and row_filter or column_mask")
    if options.function_name not in call.state.unity.functions:
        raise absent("Function", options.function_name[:80])
    return AbacSeed(
        name=given.name,
        of=given.on_securable_fullname,
        kind="row_filter" if given.row_filter else "column_mask",
        function=options.function_name,
        to=given.to_principals,
        apart_from=given.except_principals,
        match=[MatchSeed(alias=match.alias, condition=match.condition) for match in given.match_columns],
        on_column=options.on_column,
        using=[argument.alias for argument in options.using if argument.alias],
        comment=given.comment,
    )


@FAMILY.patch(_ON + "/{name}", sdk="policies.update_policy")
def update_policy(call: Call) -> Json:
    """Puts the given policy in place of the one of this name; needs ownership or MANAGE."""
    index = _index(call)
    _manage(call, call.state.policies[index].of)
    given = call.parse(PolicyBody)
    named = given.model_copy(
        update={"name": given.name or call.path["name"], "on_securable_fullname": call.state.policies[index].of}
    )
    call.state.policies[index] = _seed(call, named)
    call.state.changed()
    return wire(call.state, call.state.policies[index])


@FAMILY.delete(_ON + "/{name}", sdk="policies.delete_policy")
def delete_policy(call: Call) -> Json:
    """Deletes a policy; needs ownership of the securable or MANAGE on it."""
    index = _index(call)
    _manage(call, call.state.policies[index].of)
    del call.state.policies[index]
    call.state.changed()
    return {}
