"""Shares, recipients and who may read what."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from orchestrator.workspace.sandbox.call import Call, Sizes
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.people import stable_id
from orchestrator.workspace.sandbox.problem import CallRefusedError, denied, missing
from orchestrator.workspace.sandbox.records import AGE
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.seed.sharing import RecipientSeed, SharedSeed, ShareSeed, TokenSeed
from orchestrator.workspace.sandbox.state import State
from orchestrator.workspace.sandbox.unity import Kind

FAMILY = Family(title="Shares and recipients")
_SHARES = "/api/2.1/unity-catalog/shares"
_RECIPIENTS = "/api/2.1/unity-catalog/recipients"
PAGE = Sizes(default=100, most=1_000)
_YEAR = 365 * 86_400_000


class SharedObject(BaseModel):
    """An object to share."""

    name: str
    data_object_type: Literal["TABLE", "VIEW", "SCHEMA", "VOLUME", "MODEL", "MATERIALIZED_VIEW", "STREAMING_TABLE"] = (
        "TABLE"
    )
    shared_as: str | None = None
    comment: str | None = None
    cdf_enabled: bool | None = None
    history_data_sharing_status: str | None = None


class ShareUpdate(BaseModel):
    """One change of the objects of a share."""

    action: Literal["ADD", "REMOVE", "UPDATE"]
    data_object: SharedObject


class ShareChange(BaseModel):
    """The body that makes or changes a share."""

    name: str = ""
    comment: str | None = None
    owner: str | None = None
    updates: list[ShareUpdate] = Field(default_factory=list)


class AccessChange(BaseModel):
    """What one recipient gains and loses."""

    principal: str
    add: list[str] = Field(default_factory=list)
    remove: list[str] = Field(default_factory=list)


class AccessChanges(BaseModel):
    """The body that grants a share."""

    changes: list[AccessChange] = Field(default_factory=list)


class IpList(BaseModel):
    """The addresses from which a recipient may come."""

    allowed_ip_addresses: list[str] = Field(default_factory=list)


class RecipientChange(BaseModel):
    """The body that makes or changes a recipient."""

    name: str = ""
    comment: str | None = None
    owner: str | None = None
    authentication_type: Literal["TOKEN", "DATABRICKS", "OIDC_FEDERATION"] = "TOKEN"
    data_recipient_global_metastore_id: str | None = None
    expiration_time: int | None = None
    ip_access_list: IpList | None = None


class Rotation(BaseModel):
    """The body that rotates a token."""

    existing_token_expire_in_seconds: int = Field(ge=0)


def _shared(state: State, seed: SharedSeed, share: ShareSeed) -> Json:
    answer: Json = {
        "name": seed.name,
        "data_object_type": seed.type,
        "shared_as": seed.shared_as or ".".join(seed.name.split(".")[-2:]),
        "status": "ACTIVE",
        "added_at": seed.added or share.created or state.now - AGE,
        "added_by": seed.by or share.owner or state.people.admin,
        "history_data_sharing_status": "ENABLED" if seed.history else "DISABLED",
    }
    if seed.cdf is not None:
        answer["cdf_enabled"] = seed.cdf
    if seed.comment is not None:
        answer["comment"] = seed.comment
    return answer


def share_wire(state: State, name: str, *, objects: bool) -> Json:
    """The share as the interface answers it."""
    seed = state.sharing.share(name)
    owner, created = seed.owner or state.people.admin, seed.created or state.now - AGE
    answer: Json = {
        "name": name,
        "owner": owner,
        "created_at": created,
        "created_by": owner,
        "updated_at": created,
        "updated_by": owner,
    }
    if seed.comment is not None:
        answer["comment"] = seed.comment
    if objects:
        answer["objects"] = [_shared(state, shared, seed) for shared in seed.objects]
    return answer


def recipient_wire(state: State, name: str) -> Json:
    """The recipient as the interface answers it; its tokens are shown without their secrets."""
    seed = state.sharing.recipient(name)
    owner, created = seed.owner or state.people.admin, seed.created or state.now - AGE
    answer: Json = {
        "name": name,
        "owner": owner,
        "id": stable_id("recipient", name),
        "authentication_type": seed.authentication,
        "activated": seed.activated,
        "created_at": created,
        "created_by": owner,
        "updated_at": created,
        "updated_by": owner,
    }
    optional: Json = {
        "comment": seed.comment,
        "cloud": seed.cloud,
        "region": seed.region,
        "data_recipient_global_metastore_id": seed.global_metastore_id,
        "tokens": [_token(owner, name, token) for token in seed.tokens] or None,
        "ip_access_list": {"allowed_ip_addresses": seed.allowed_ips} if seed.allowed_ips else None,
        "properties_kvpairs": {"properties": seed.properties} if seed.properties else None,
    }
    return answer | {key: value for key, value in optional.items() if value is not None}


def _token(owner: str, name: str, token: TokenSeed) -> Json:
    return {
        "id": stable_id("token", name, str(token.created)),
        "created_at": token.created,
        "created_by": owner,
        "updated_at": token.created,
        "updated_by": owner,
        "expiration_time": token.expires,
    }


def _let_in(call: Call, privilege: str, owner: str | None) -> None:
    """Let pass the admin, the owner, and who has the privilege on the metastore."""
    people, grants = call.state.people, call.state.grants
    if people.is_admin(call.caller) or (owner or people.admin) in people.identities(call.caller):
        return
    held = grants.held(call.caller, Kind.METASTORE, "")
    if privilege not in held:
        raise denied(f"User does not have {privilege.replace('_', ' ')} on Metastore.")


@FAMILY.get(_SHARES, sdk="shares.list_shares")
def list_shares(call: Call) -> Json:
    """The shares without their objects, in pages; needs USE SHARE on the metastore."""
    _let_in(call, "USE_SHARE", None)
    state = call.state
    names = sorted(state.sharing.shares)
    return call.page(names, lambda name: share_wire(state, name, objects=False), key="shares", sizes=PAGE)


@FAMILY.get(_SHARES + "/{name}", sdk="shares.get")
def get_share(call: Call) -> Json:
    """One share, with its objects for `include_shared_data`."""
    _let_in(call, "USE_SHARE", call.state.sharing.share(call.path["name"]).owner)
    return share_wire(call.state, call.path["name"], objects=call.flag("include_shared_data"))


@FAMILY.post(_SHARES, sdk="shares.create")
def create_share(call: Call) -> Json:
    """A new, empty share; needs CREATE SHARE on the metastore."""
    _let_in(call, "CREATE_SHARE", None)
    given = call.parse(ShareChange)
    seed = ShareSeed(comment=given.comment, owner=call.caller, created=call.state.now)
    call.state.sharing.add_share(given.name, seed)
    call.state.changed()
    return share_wire(call.state, given.name, objects=False)


@FAMILY.patch(_SHARES + "/{name}", sdk="shares.update")
def update_share(call: Call) -> Json:
    """Changes comment, owner or objects; needs ownership."""
    name, state = call.path["name"], call.state
    seed = state.sharing.share(name)
    _let_in(call, "SET_SHARE_PERMISSION", seed.owner)
    given = call.parse(ShareChange)
    for update in given.updates:
        seed = _updated(call, seed, update)
    named = {"comment": given.comment, "owner": given.owner}
    seed = seed.model_copy(update={key: value for key, value in named.items() if value is not None})
    state.sharing.shares[name] = seed
    state.changed()
    return share_wire(state, name, objects=True)


def _updated(call: Call, seed: ShareSeed, update: ShareUpdate) -> ShareSeed:
    wanted = update.data_object
    rest = [shared for shared in seed.objects if shared.name.lower() != wanted.name.lower()]
    if update.action != "ADD" and len(rest) == len(seed.objects):
        raise missing("data_object", wanted.name)
    if update.action == "REMOVE":
        return seed.model_copy(update={"objects": rest})
    if update.action == "ADD" and len(rest) < len(seed.objects):
        raise CallRefusedError(409, "RESOURCE_ALREADY_EXISTS", f"The share has the object '{wanted.name}' already.")
    if wanted.data_object_type == "TABLE":
        call.state.unity.tables.get(wanted.name)
    made = SharedSeed(
        name=wanted.name,
        type=wanted.data_object_type,
        shared_as=wanted.shared_as,
        comment=wanted.comment,
        cdf=wanted.cdf_enabled,
        history=wanted.history_data_sharing_status == "ENABLED",
        added=call.state.now,
        by=call.caller,
    )
    return seed.model_copy(update={"objects": [*rest, made]})


@FAMILY.delete(_SHARES + "/{name}", sdk="shares.delete")
def delete_share(call: Call) -> Json:
    """Deletes a share; needs ownership."""
    _let_in(call, "SET_SHARE_PERMISSION", call.state.sharing.share(call.path["name"]).owner)
    del call.state.sharing.shares[call.path["name"]]
    call.state.changed()
    return {}


def _readers(call: Call) -> Json:
    names = call.state.sharing.share(call.path["name"]).recipients
    return {"privilege_assignments": [{"principal": name, "privileges": ["SELECT"]} for name in names]}


@FAMILY.get(_SHARES + "/{name}/permissions", sdk="shares.share_permissions")
def share_permissions(call: Call) -> Json:
    """The recipients that may read a share."""
    _let_in(call, "USE_SHARE", call.state.sharing.share(call.path["name"]).owner)
    return _readers(call)


@FAMILY.patch(_SHARES + "/{name}/permissions", sdk="shares.update_permissions")
def update_permissions(call: Call) -> Json:
    """Grants a share to recipients or takes it back; needs ownership or SET SHARE PERMISSION."""
    name = call.path["name"]
    _let_in(call, "SET_SHARE_PERMISSION", call.state.sharing.share(name).owner)
    for change in call.parse(AccessChanges).changes:
        for given, taken_away in ((True, change.add), (False, change.remove)):
            if "SELECT" in taken_away:
                call.state.sharing.change(name, change.principal, add=given)
    call.state.changed()
    return _readers(call)


@FAMILY.get(_RECIPIENTS, sdk="recipients.list")
def list_recipients(call: Call) -> Json:
    """The recipients with their tokens, without secrets, in pages; needs USE RECIPIENT on the metastore."""
    _let_in(call, "USE_RECIPIENT", None)
    state = call.state
    return call.page(
        sorted(state.sharing.recipients), lambda name: recipient_wire(state, name), key="recipients", sizes=PAGE
    )


@FAMILY.get(_RECIPIENTS + "/{name}", sdk="recipients.get")
def get_recipient(call: Call) -> Json:
    """One recipient."""
    _let_in(call, "USE_RECIPIENT", call.state.sharing.recipient(call.path["name"]).owner)
    return recipient_wire(call.state, call.path["name"])


@FAMILY.post(_RECIPIENTS, sdk="recipients.create")
def create_recipient(call: Call) -> Json:
    """A new recipient, with a token of a year where nothing else is asked for; needs CREATE RECIPIENT."""
    _let_in(call, "CREATE_RECIPIENT", None)
    given, now = call.parse(RecipientChange), call.state.now
    tokens = [TokenSeed(created=now, expires=given.expiration_time or now + _YEAR)]
    seed = RecipientSeed(
        comment=given.comment,
        owner=call.caller,
        authentication=given.authentication_type,
        created=now,
        activated=False,
        tokens=tokens if given.authentication_type == "TOKEN" else [],
        allowed_ips=given.ip_access_list.allowed_ip_addresses if given.ip_access_list else [],
        global_metastore_id=given.data_recipient_global_metastore_id,
    )
    call.state.sharing.add_recipient(given.name, seed)
    call.state.changed()
    return recipient_wire(call.state, given.name)


@FAMILY.patch(_RECIPIENTS + "/{name}", sdk="recipients.update")
def update_recipient(call: Call) -> Json:
    """Changes comment, owner, allowed addresses or the end of its tokens; needs ownership."""
    name, sharing = call.path["name"], call.state.sharing
    seed = sharing.recipient(name)
    _let_in(call, "CREATE_RECIPIENT", seed.owner)
    given = call.parse(RecipientChange)
    update: Json = {
        key: value for key, value in (("comment", given.comment), ("owner", given.owner)) if value is not None
    }
    if given.ip_access_list is not None:
        update["allowed_ips"] = given.ip_access_list.allowed_ip_addresses
    if given.expiration_time is not None:
        update["tokens"] = [token.model_copy(update={"expires": given.expiration_time}) for token in seed.tokens]
    sharing.recipients[name] = seed.model_copy(update=update)
    call.state.changed()
    return recipient_wire(call.state, name)


@FAMILY.post(_RECIPIENTS + "/{name}/rotate-token", sdk="recipients.rotate_token")
def rotate_token(call: Call) -> Json:
    """Gives a recipient a new token and lets the old one end after so many seconds; needs ownership."""
    name, sharing, now = call.path["name"], call.state.sharing, call.state.now
    seed = sharing.recipient(name)
    _let_in(call, "CREATE_RECIPIENT", seed.owner)
    ends = now + call.parse(Rotation).existing_token_expire_in_seconds * 1_000
    old = [token.model_copy(update={"expires": min(token.expires, ends)}) for token in seed.tokens[-1:]]
    new = TokenSeed(created=now + 1, expires=now + _YEAR)
    sharing.recipients[name] = seed.model_copy(update={"tokens": [*old, new], "activated": False})
    call.state.changed()
    return recipient_wire(call.state, name)


@FAMILY.get(_RECIPIENTS + "/{name}/share-permissions", sdk="recipients.share_permissions")
def recipient_shares(call: Call) -> Json:
    """The shares that a recipient may read."""
    name = call.path["name"]
    _let_in(call, "USE_RECIPIENT", call.state.sharing.recipient(name).owner)
    held = [share for share, seed in sorted(call.state.sharing.shares.items()) if name in seed.recipients]
    given = [{"principal": name, "privileges": ["SELECT"]}]
    return {"permissions_out": [{"share_name": share, "privilege_assignments": given} for share in held]}


@FAMILY.delete(_RECIPIENTS + "/{name}", sdk="recipients.delete")
def delete_recipient(call: Call) -> Json:
    """Deletes a recipient and takes its shares away; needs ownership."""
    name, sharing = call.path["name"], call.state.sharing
    _let_in(call, "CREATE_RECIPIENT", sharing.recipient(name).owner)
    del sharing.recipients[name]
    for share in list(sharing.shares):
        seed = sharing.shares[share]
        kept = [recipient for recipient in seed.recipients if recipient != name]
        sharing.shares[share] = seed.model_copy(update={"recipients": kept})
    call.state.changed()
    return {}
