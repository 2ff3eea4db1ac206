"""Bind a catalog to the workspaces that may see it. Needs a workspace and the catalog's owner or a metastore admin;
databricks-sdk 0.156.
"""

from __future__ import annotations

from databricks.sdk import WorkspaceClient
from databricks.sdk.service.catalog import CatalogIsolationMode, WorkspaceBinding, WorkspaceBindingBindingType

CATALOG = "prod_sales"
WANTED = {
    1111111111111111: WorkspaceBindingBindingType.BINDING_TYPE_READ_WRITE,  # production
    2222222222222222: WorkspaceBindingBindingType.BINDING_TYPE_READ_ONLY,  # analytics
}


def bind(client: WorkspaceClient) -> None:
    """Give the catalog exactly the wanted bindings, those first and the isolation after, so that production never
    loses sight of it.
    """
    live = {binding.workspace_id: binding for binding in client.workspace_bindings.get_bindings("catalog", CATALOG)}
    client.workspace_bindings.update_bindings(
        "catalog",
        CATALOG,
        add=[WorkspaceBinding(workspace_id=number, binding_type=kind) for number, kind in WANTED.items()],
        remove=[binding for number, binding in live.items() if number not in WANTED],
    )
    client.catalogs.update(CATALOG, isolation_mode=CatalogIsolationMode.ISOLATED)


if __name__ == "__main__":
    bind(WorkspaceClient())
