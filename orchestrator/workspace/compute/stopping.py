"""When compute stops by itself, as settings that can be brought to another value: warehouses and idle pools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.workspace.changes import State
from orchestrator.workspace.connection import Workspace

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


@dataclass(frozen=True, kw_only=True)
class WarehouseStop:
    """The minutes without work after which a SQL warehouse stops; 0 is never."""

    warehouse_id: str

    @property
    def subject(self) -> str:
        """What is set."""
        return f"minutes until SQL warehouse {self.warehouse_id} stops"

    def read(self, workspace: Workspace) -> State:
        """The minutes."""
        what = f"read SQL warehouse {self.warehouse_id!r}"
        found = workspace.ask(what, lambda client: client.warehouses.get(self.warehouse_id), privilege="CAN USE")
        return (str(found.auto_stop_mins or 0),)

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Set the minutes; every other setting is sent as it was read, since the call takes the whole."""
        del before

        def change(client: WorkspaceClient) -> None:
            now = client.warehouses.get(self.warehouse_id)
            client.warehouses.edit(
                self.warehouse_id,
                name=now.name,
                cluster_size=now.cluster_size,
                min_num_clusters=now.min_num_clusters,
                max_num_clusters=now.max_num_clusters,
                auto_stop_mins=int(after[0]) if after else 0,
                enable_photon=now.enable_photon,
                enable_serverless_compute=now.enable_serverless_compute,
                spot_instance_policy=now.spot_instance_policy,
                channel=now.channel,
                tags=now.tags,
            )

        workspace.ask(f"edit SQL warehouse {self.warehouse_id!r}", change, privilege="CAN MANAGE on it")

    def call(self, before: State, after: State) -> str:
        """The REST call."""
        del before
        minutes = after[0] if after else "0"
        return f'POST /api/2.0/sql/warehouses/{self.warehouse_id}/edit {{"auto_stop_mins": {minutes}, ...as it is}}'


@dataclass(frozen=True, kw_only=True)
class PoolIdle:
    """How many instances a pool keeps although nobody uses them."""

    pool_id: str

    @property
    def subject(self) -> str:
        """What is set."""
        return f"idle instances that pool {self.pool_id} keeps"

    def read(self, workspace: Workspace) -> State:
        """The number."""
        what = f"read instance pool {self.pool_id!r}"
        found = workspace.ask(what, lambda client: client.instance_pools.get(self.pool_id), privilege="CAN ATTACH TO")
        return (str(found.min_idle_instances or 0),)

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Set the number."""
        del before

        def change(client: WorkspaceClient) -> None:
            now = client.instance_pools.get(self.pool_id)
            client.instance_pools.edit(
                self.pool_id,
                instance_pool_name=now.instance_pool_name or "",
                node_type_id=now.node_type_id or "",
                min_idle_instances=int(after[0]) if after else 0,
                max_capacity=now.max_capacity,
                idle_instance_autotermination_minutes=now.idle_instance_autotermination_minutes,
                custom_tags=now.custom_tags,
            )

        workspace.ask(f"edit instance pool {self.pool_id!r}", change, privilege="CAN MANAGE on it")

    def call(self, before: State, after: State) -> str:
        """The REST call."""
        del before
        count = after[0] if after else "0"
        return (
            "POST /api/2.0/instance-pools/edit "
            f'{{"instance_pool_id": "{self.pool_id}", "min_idle_instances": {count}, ...as it is}}'
        )
