"""Publishes the feature table to an online store, which is created with the smallest capacity where there is none."""

from __future__ import annotations

import argparse

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import NotFound
from databricks.sdk.service.ml import OnlineStore, PublishSpec, PublishSpecPublishMode

CAPACITY = "CU_1"


def ensured(client: WorkspaceClient, store: str) -> OnlineStore:
    """The store of that name."""
    try:
        return client.feature_store.get_online_store(name=store)
    except NotFound:
        return client.feature_store.create_online_store(OnlineStore(name=store, capacity=CAPACITY))


def spec(store: str, table: str) -> PublishSpec:
    """What is published where: each publication copies what changed since the last one."""
    return PublishSpec(
        online_store=store, online_table_name=f"{table}_online", publish_mode=PublishSpecPublishMode.TRIGGERED
    )


def main() -> None:
    """Publish the table that the task's parameters name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", required=True, help="full name of the feature table")
    parser.add_argument("--store", required=True, help="name of the online store")
    asked = parser.parse_args()
    client = WorkspaceClient()
    store = ensured(client, asked.store)
    client.feature_store.publish_table(source_table_name=asked.table, publish_spec=spec(store.name, asked.table))


if __name__ == "__main__":
    main()
