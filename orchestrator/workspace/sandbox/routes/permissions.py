"""Permissions on objects of the workspace: jobs, clusters, warehouses, pipelines, endpoints, notebooks."""

from __future__ import annotations

from pydantic import BaseModel, Field

from orchestrator.workspace.sandbox.call import Call
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.problem import absent, denied
from orchestrator.workspace.sandbox.seed.part import Json

FAMILY = Family(title="Permissions on workspace objects")
_PATH = "/api/2.0/permissions/{request_object_type}/{request_object_id}"
_LEVELS = {
    "jobs": "IS_OWNER", "clusters": "CAN_MANAGE", "sql/warehouses": "IS_OWNER", "warehouses": "IS_OWNER",
    "pipelines": "IS_OWNER",
    "serving-endpoints": "CAN_MANAGE", "notebooks": "CAN_MANAGE", "directories": "CAN_MANAGE",
}  # fmt: skip


class AccessEntry(BaseModel):
    """What one principal may do."""

    user_name: str | None = None
    group_name: str | None = None
    service_principal_name: str | None = None
    permission_level: str


class AccessList(BaseModel):
    """The body that sets permissions."""

    access_control_list: list[AccessEntry] = Field(default_factory=list)


def _place(call: Call) -> tuple[str, str]:
    kind, identity = call.path["request_object_type"], call.path["request_object_id"]
    seed, work = call.state.seed, call.state.work
    known = {
        "jobs": {str(job_id) for job_id in work.jobs},
        "clusters": {cluster.cluster_id for cluster in seed.compute.clusters},
        "warehouses": {warehouse.id for warehouse in seed.compute.warehouses},
        "pipelines": set(work.pipelines),
    }
    if kind not in _LEVELS or (kind in known and identity not in known[kind]):
        raise absent(kind[:40], identity[:60])
    return kind, identity


def _owner(call: Call, kind: str, identity: str) -> str:
    seed, work = call.state.seed, call.state.work
    owners = {("jobs", str(job.job_id)): job.creator for job in work.jobs.values()}
    owners |= {("clusters", cluster.cluster_id): cluster.creator_user_name for cluster in seed.compute.clusters}
    owners |= {("pipelines", item.pipeline_id): item.creator for item in work.pipelines.values()}
    return owners.get((kind, identity)) or call.state.people.admin


def _entries(call: Call, kind: str, identity: str) -> list[AccessEntry]:
    given = call.state.access.get((kind, identity))
    if given is not None:
        return [AccessEntry.model_validate(entry) for entry in given]
    return [AccessEntry(user_name=_owner(call, kind, identity), permission_level=_LEVELS[kind])]


def _answer(call: Call, kind: str, identity: str) -> Json:
    inherited = {
        "group_name": "admins",
        "all_permissions": [
            {"permission_level": "CAN_MANAGE", "inherited": True, "inherited_from_object": [f"/{kind}/"]}
        ],
    }
    shown = [
        entry.model_dump(exclude={"permission_level"}, exclude_none=True)
        | {"all_permissions": [{"permission_level": entry.permission_level, "inherited": False}]}
        for entry in _entries(call, kind, identity)
    ]
    return {
        "object_id": f"/{kind}/{identity}",
        "object_type": kind.rstrip("s"),
        "access_control_list": [*shown, inherited],
    }


@FAMILY.get(_PATH, sdk="permissions.get")
def get_permissions(call: Call) -> Json:
    """Who may do what with an object: its owner, what was set, and the admins."""
    return _answer(call, *_place(call))


@FAMILY.put(_PATH, sdk="permissions.set")
def set_permissions(call: Call) -> Json:
    """Puts these permissions in place of all others; admins and owners only."""
    return _change(call, keep=False)


@FAMILY.patch(_PATH, sdk="permissions.update")
def update_permissions(call: Call) -> Json:
    """Adds these permissions to the others; admins and owners only."""
    return _change(call, keep=True)


def _change(call: Call, *, keep: bool) -> Json:
    kind, identity = _place(call)
    if not call.state.people.is_admin(call.caller) and call.caller != _owner(call, kind, identity):
        raise denied(f"User does not have CAN_MANAGE on {kind}/{identity}.")
    old = _entries(call, kind, identity) if keep else []
    entries = [*old, *call.parse(AccessList).access_control_list]
    call.state.access[kind, identity] = [entry.model_dump() for entry in entries]
    return _answer(call, kind, identity)
