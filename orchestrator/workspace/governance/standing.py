"""What a change of grants is weighed against: who asks, who manages, who owns, what is inherited, what runs as whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from orchestrator.workspace.changes import Change
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.governance.grants import GrantSetting, effective
from orchestrator.workspace.governance.securables import Securable

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

MAX_JOBS = 200


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The state beside the grants that change; names of principals are in lower case.

    `above` are privileges that a principal holds on an object through an object above it. `holding` are the principals
    that would hold MANAGE on an object when the changes are made. `jobs` are names of jobs by whom they run as.
    """

    me: str
    my_groups: frozenset[str]
    owners: Mapping[str, str] = field(default_factory=dict)
    holding: Mapping[str, frozenset[str]] = field(default_factory=dict)
    above: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    jobs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    jobs_more: bool = False

    def managers(self, of: Securable) -> frozenset[str]:
        """Who would hold MANAGE on the object."""
        return self.holding.get(str(of), frozenset())

    def without_jobs(self) -> Standing:
        """The same, with no look at whom the jobs run as."""
        return replace(self, jobs={})


def standing(workspace: Workspace, changes: Iterable[Change]) -> Standing:
    """The state beside the grants among the changes that take something away.

    Raises:
        WorkspaceError: it cannot be read.
    """
    me, groups = workspace.ask("read who is asking", _me)
    losing = [
        (change.setting, set(change.before or ()) - set(change.after or ()))
        for change in changes
        if isinstance(change.setting, GrantSetting) and set(change.before or ()) - set(change.after or ())
    ]
    owners: dict[str, str] = {}
    holding: dict[str, set[str]] = {}
    above: dict[tuple[str, str], set[str]] = {}
    for of in dict.fromkeys(setting.of for setting, _lost in losing):
        owners[str(of)] = workspace.ask(f"read the owner of {of}", _owner_of(of))
        grants = workspace.ask(
            f"read the effective grants of {of}", _effective_of(of), privilege="MANAGE on it or ownership"
        )
        holding[str(of)] = {who for who, privilege, _above in grants if privilege == "MANAGE"}
        for who, privilege, is_above in grants:
            if is_above:
                above.setdefault((who, str(of)), set()).add(privilege)
    for setting, lost in losing:
        who = setting.principal.lower()
        if "MANAGE" in lost and "MANAGE" not in above.get((who, str(setting.of)), set()):
            holding[str(setting.of)].discard(who)
    jobs, more = workspace.ask("read whom the jobs run as", _jobs) if losing else ({}, False)
    return Standing(
        me=me, my_groups=groups, owners=owners, jobs=jobs, jobs_more=more,
        holding={name: frozenset(each) for name, each in holding.items()},
        above={key: frozenset(each) for key, each in above.items()},
    )  # fmt: skip


def _me(client: WorkspaceClient) -> tuple[str, frozenset[str]]:
    found = client.current_user.me()
    groups = frozenset((group.display or "").lower() for group in found.groups or ())
    return (found.user_name or "").lower(), groups - {""}


def _owner_of(of: Securable) -> Callable[[WorkspaceClient], str]:
    def question(client: WorkspaceClient) -> str:
        match of.kind:
            case "catalog":
                return client.catalogs.get(of.name).owner or ""
            case "schema":
                return client.schemas.get(of.name).owner or ""
            case "table":
                return client.tables.get(of.name).owner or ""
            case "volume":
                return client.volumes.read(of.name).owner or ""
            case "function":
                return client.functions.get(of.name).owner or ""
            case _:
                return ""

    return question


def _effective_of(of: Securable) -> Callable[[WorkspaceClient], list[tuple[str, str, bool]]]:
    def question(client: WorkspaceClient) -> list[tuple[str, str, bool]]:
        return [(grant.principal.lower(), grant.privilege, grant.inherited) for grant in effective(client, of)]

    return question


def _jobs(client: WorkspaceClient) -> tuple[dict[str, tuple[str, ...]], bool]:
    found: dict[str, tuple[str, ...]] = {}
    listed = list(islice(client.jobs.list(), MAX_JOBS + 1))
    for item in listed[:MAX_JOBS]:
        job = client.jobs.get(item.job_id or 0)
        name = job.settings.name if job.settings and job.settings.name else str(item.job_id)
        who = (job.run_as_user_name or "").lower()
        found[who] = (*found.get(who, ()), f"job {name!r}")
    return found, len(listed) > MAX_JOBS
