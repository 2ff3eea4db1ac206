"""History of contacts from the nightly exports."""

import os

from pyspark import pipelines as dp
from pyspark.sql import DataFrame

EXPORTS = spark.conf.get("consent.exports")
PREFIX, SUFFIX = "contacts_", ".parquet"


def version_of(file_name: str) -> int:
    """Snapshot version of an export."""
    return int(file_name.removeprefix(PREFIX).removesuffix(SUFFIX))


def next_snapshot(latest_version: int | None) -> tuple[DataFrame, int] | None:
    """The first export that was not applied yet, or None when all were."""
    exports = {version_of(name): name for name in os.listdir(EXPORTS) if name.startswith(PREFIX)}
    waiting = sorted(version for version in exports if latest_version is None or version > latest_version)
    if not waiting:
        return None
    version = waiting[0]
    return spark.read.parquet(f"{EXPORTS}/{exports[version]}"), version


dp.create_streaming_table(
    name="contact_history",
    comment="Versions of a contact: address, language and answer",
)

dp.create_auto_cdc_from_snapshot_flow(
    target="contact_history",
    source=next_snapshot,
    keys=["email"],
    stored_as_scd_type=2,
    track_history_column_list=["email", "language", "opted_in"],
)
