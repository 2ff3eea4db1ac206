"""Variables whose value is the id of something that the workspace knows by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from orchestrator.code.bundle import Variable
from orchestrator.errors import UsageError
from orchestrator.workspace.connection import Workspace

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

Named = Iterator[tuple[str | None, str | None]]


def _warehouses(client: WorkspaceClient) -> Named:
    return ((each.name, each.id) for each in client.warehouses.list())


def _clusters(client: WorkspaceClient) -> Named:
    return ((each.cluster_name, each.cluster_id) for each in client.clusters.list())


def _policies(client: WorkspaceClient) -> Named:
    return ((each.name, each.policy_id) for each in client.cluster_policies.list())


def _pools(client: WorkspaceClient) -> Named:
    return ((each.instance_pool_name, each.instance_pool_id) for each in client.instance_pools.list())


def _jobs(client: WorkspaceClient) -> Named:
    return ((each.settings.name if each.settings else None, str(each.job_id)) for each in client.jobs.list())


def _pipelines(client: WorkspaceClient) -> Named:
    return ((each.name, each.pipeline_id) for each in client.pipelines.list_pipelines())


def _principals(client: WorkspaceClient) -> Named:
    return ((each.display_name, each.application_id) for each in client.service_principals_v2.list())


_KINDS: Mapping[str, Callable[[WorkspaceClient], Named]] = {
    "warehouse": _warehouses,
    "cluster": _clusters,
    "cluster_policy": _policies,
    "instance_pool": _pools,
    "job": _jobs,
    "pipeline": _pipelines,
    "service_principal": _principals,
}


def _listed(
    listing: Callable[[WorkspaceClient], Named], client: WorkspaceClient
) -> list[tuple[str | None, str | None]]:
    return list(listing(client))


def looked_up(workspace: Workspace, variable: Variable) -> str | None:
    """The id that a variable looks up; None where it looks nothing up that is known here.

    Raises:
        UsageError: nothing has that name, or several have.
        WorkspaceError: the workspace does not list them.
    """
    for kind, node in variable.lookup.items() if variable.lookup else ():
        name = variable.lookup.text(kind) if variable.lookup else None
        if kind not in _KINDS or name is None:
            continue
        what = f"look up the {kind.replace('_', ' ')} {name!r}"
        found = [value for each, value in workspace.ask(what, partial(_listed, _KINDS[kind])) if each == name]
        if len(found) != 1 or found[0] is None:
            how = "is no" if not found else f"are {len(found)} times a"
            raise UsageError(
                f"{node.source.path}:{node.start_line}: there {how} {kind.replace('_', ' ')} {name!r}, which the "
                f"variable {variable.name!r} looks up; give --var {variable.name}=ID"
            )
        return found[0]
    return None
