"""Who may read columns that are tagged as personal, in the catalogs that the job is given."""

import re
import sys
from datetime import datetime, timezone

from pyspark.sql import Row, SparkSession

TARGET = "finca_ops.access.personal_readers"
PLAIN_NAME = re.compile(r"[a-z][a-z0-9_]*")
READING = ("SELECT", "MODIFY", "MANAGE", "ALL PRIVILEGES")


def personal_tables(spark: SparkSession, catalog: str) -> list[Row]:
    """Tables of the catalog with a column that is tagged as personal, each once."""
    return (
        spark.table(f"{catalog}.information_schema.column_tags")
        .where("tag_name = 'sensitivity' AND tag_value = 'personal'")
        .select("catalog_name", "schema_name", "table_name")
        .distinct()
        .collect()
    )


def readers(spark: SparkSession, table: str) -> list[Row]:
    """Grants that let a principal read a table, on the table itself or on what holds it."""
    grants = spark.sql(f"SHOW GRANTS ON TABLE {table}").select("principal", "actionType", "objectKey")
    return [grant for grant in grants.collect() if grant.actionType in READING]


def inventory(spark: SparkSession, catalog: str, taken_at: datetime) -> list[tuple]:
    """One line for each personal table and grant that lets somebody read it."""
    found = []
    for row in personal_tables(spark, catalog):
        name = f"{catalog}.{row.schema_name}.{row.table_name}"
        for grant in readers(spark, f"`{catalog}`.`{row.schema_name}`.`{row.table_name}`"):
            found.append((taken_at, catalog, name, grant.principal, grant.actionType, grant.objectKey))
    return found


def main() -> None:
    """Take the inventory of every catalog and keep it by day."""
    catalogs = sys.argv[1:]
    for catalog in catalogs:
        if not PLAIN_NAME.fullmatch(catalog):
            raise ValueError(f"{catalog!r} is no plain catalog name")
    spark = SparkSession.builder.getOrCreate()
    taken_at = datetime.now(timezone.utc)
    lines = [line for catalog in catalogs for line in inventory(spark, catalog, taken_at)]
    schema = "taken_at TIMESTAMP, catalog STRING, table_name STRING, grantee STRING, privilege STRING, granted_on STRING"
    frame = spark.createDataFrame(lines, schema)
    day = taken_at.date().isoformat()
    start, end = f"TIMESTAMP'{day} 00:00:00Z'", f"TIMESTAMP'{day} 23:59:59.999999Z'"
    frame.write.mode("overwrite").option("replaceWhere", f"taken_at >= {start} AND taken_at <= {end}").saveAsTable(TARGET)
    print(f"{len(lines)} readers of personal tables in {len(catalogs)} catalogs")


if __name__ == "__main__":
    main()
