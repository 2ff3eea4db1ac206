"""Switch Data Classification on for a catalog, with automatic tagging for reviewed classes only. Needs a workspace;
databricks-sdk 0.156.

The caller owns the catalog, or holds USE CATALOG and MANAGE on it.
"""

from __future__ import annotations

from databricks.sdk import WorkspaceClient
from databricks.sdk.common.types.fieldmask import FieldMask
from databricks.sdk.errors import NotFound
from databricks.sdk.service.dataclassification import (
    AutoTaggingConfig,
    AutoTaggingConfigAutoTaggingMode,
    CatalogConfig,
    CatalogConfigSchemaNames,
)

CATALOG = "prod"
SCHEMAS = ["sales", "support"]
REVIEWED_CLASSES = ["class.email_address", "class.phone_number"]


def wanted() -> CatalogConfig:
    """The configuration: the schemas named above, tags set by themselves for the reviewed classes and for no other."""
    return CatalogConfig(
        name=f"catalogs/{CATALOG}/config",
        included_schemas=CatalogConfigSchemaNames(names=SCHEMAS),
        auto_tag_configs=[
            AutoTaggingConfig(
                classification_tag=tag, auto_tagging_mode=AutoTaggingConfigAutoTaggingMode.AUTO_TAGGING_ENABLED
            )
            for tag in REVIEWED_CLASSES
        ],
    )


def enable(client: WorkspaceClient) -> CatalogConfig:
    """The configuration as the workspace now has it."""
    config = wanted()
    try:
        client.data_classification.get_catalog_config(str(config.name))
    except NotFound:
        return client.data_classification.create_catalog_config(f"catalogs/{CATALOG}", config)
    mask = FieldMask(["included_schemas", "auto_tag_configs"])
    return client.data_classification.update_catalog_config(str(config.name), config, mask)


if __name__ == "__main__":
    print(enable(WorkspaceClient()).as_dict())
