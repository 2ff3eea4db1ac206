"""Create an online store if there is none, and publish a feature table to it. Needs a workspace; databricks-sdk
0.156 or newer.

Run it as the task after the feature job: TRIGGERED copies what changed since the last run.
"""

from __future__ import annotations

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import NotFound
from databricks.sdk.service.ml import OnlineStore, PublishSpec, PublishSpecPublishMode

STORE = "customer-features"
CAPACITY = "CU_1"
SOURCE = "prod.features.customer_activity"
ONLINE = "prod.features.customer_activity_online"


def ensure_store(client: WorkspaceClient) -> OnlineStore:
    """The store of that name, created with the smallest capacity where it did not exist."""
    try:
        return client.feature_store.get_online_store(name=STORE)
    except NotFound:
        return client.feature_store.create_online_store(OnlineStore(name=STORE, capacity=CAPACITY))


def publish(client: WorkspaceClient) -> str | None:
    """The id of the pipeline that keeps the online table in step; look there when values are stale."""
    store = ensure_store(client)
    published = client.feature_store.publish_table(
        source_table_name=SOURCE,
        publish_spec=PublishSpec(
            online_store=store.name,
            online_table_name=ONLINE,
            publish_mode=PublishSpecPublishMode.TRIGGERED,
        ),
    )
    return published.pipeline_id


if __name__ == "__main__":
    print(publish(WorkspaceClient()))
