"""Who may read columns that are tagged as personal, in the catalogs that the job is given."""

import re
import sys
from datetime import datetime, timezone

from pyspark.sql import DataFrame, Row, SparkSession

TARGET = "finca_ops.access.personal_readers"
PLAIN_NAME = re.compile(r"[a-z][a-z0-9_]*")


def personal_tables(spark: SparkSession, catalog: str) -> list[Row]:
    """Tables of the catalog with a column that is tagged as personal, each once."""
    return (
        spark.table(f"{catalog}.information_schema.column_tags")
        .where("tag_name = 'sensitivity' AND tag_value = 'personal'")
        .select("catalog_name", "schema_name", "table_name")
        .distinct()
        .collect()
    )


def readers(spark: SparkSession, catalog: str) -> DataFrame:
    """Privileges that let a principal read a table, direct and inherited ones."""
    return spark.table(f"{catalog}.information_schema.table_privileges").where(
        "privilege_type IN ('SELECT', 'MODIFY', 'MANAGE', 'ALL PRIVILEGES')"
    )


def inventory(spark: SparkSession, catalog: str, taken_at: datetime) -> list[tuple]:
    """One line for each personal table and principal that can read it."""
    personal = {(row.schema_name, row.table_name) for row in personal_tables(spark, catalog)}
    found = []
    for row in readers(spark, catalog).collect():
        if (row.table_schema, row.table_name) in personal:
            name = f"{catalog}.{row.table_schema}.{row.table_name}"
            found.append((taken_at, catalog, name, row.grantee, row.privilege_type, row.inherited_from))
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
    schema = "taken_at TIMESTAMP, catalog STRING, table_name STRING, grantee STRING, privilege STRING, inherited_from STRING"
    frame = spark.createDataFrame(lines, schema)
    day = taken_at.date().isoformat()
    start, end = f"TIMESTAMP'{day} 00:00:00Z'", f"TIMESTAMP'{day} 23:59:59.999999Z'"
    frame.write.mode("overwrite").option("replaceWhere", f"taken_at >= {start} AND taken_at <= {end}").saveAsTable(TARGET)
    print(f"{len(lines)} readers of personal tables in {len(catalogs)} catalogs")


if __name__ == "__main__":
    main()
