"""Defects of a change: promises that are taken back, data that goes with a key, columns that others still read."""

from planting import Mutator, edits

_CONTRACT = """
# file: contracts/orders.odcs.yaml
apiVersion: v3.1.0
kind: DataContract
id: urn:datacontract:shop:orders
name: orders
version: 1.2.0
status: active
schema:
  - name: orders
    physicalName: orders
    physicalType: table
    properties:
      - name: order_id
        logicalType: integer
        physicalType: BIGINT
        required: true
        unique: true
        primaryKey: true
      - name: customer_id
        logicalType: integer
        physicalType: BIGINT
        required: true
      - name: amount
        logicalType: number
        physicalType: DECIMAL(12,2)
        required: true
      - name: note
        logicalType: string
        physicalType: STRING
  - name: returns
    physicalName: returns
    physicalType: table
    properties:
      - name: return_id
        logicalType: integer
        physicalType: BIGINT
"""
_NOTE = """      - name: note
        logicalType: string
        physicalType: STRING
"""
_CHANNEL = _NOTE.replace("note", "channel")
_GROWN = _CONTRACT.replace("version: 1.2.0", "version: 1.3.0").replace(_NOTE, _NOTE + _CHANNEL)
_RETURNS = """  - name: returns
    physicalName: returns
    physicalType: table
    properties:
      - name: return_id
        logicalType: integer
        physicalType: BIGINT
"""

_STORAGE = """
# file: databricks.yml
bundle: {name: shop}
include: [resources/*.yml]
targets:
  dev:
    mode: development
    default: true
  prod:
    mode: production
    workspace: {root_path: /Workspace/Applications/shop}
    run_as: {service_principal_name: 3f1c9a52-7d40-4b6e-9c18-5ae02d7b6f91}
# file: resources/storage.yml
resources:
  schemas:
    silver:
      catalog_name: main
      name: silver
    gold:
      catalog_name: main
      name: gold
  volumes:
    landing:
      catalog_name: main
      schema_name: bronze
      name: landing
    exports:
      catalog_name: main
      schema_name: gold
      name: exports
# file: resources/pipelines.yml
resources:
  pipelines:
    orders:
      name: orders
      catalog: main
      schema: silver
      libraries:
        - file: {path: ../src/orders.sql}
    revenue:
      name: revenue
      catalog: main
      schema: gold
      libraries:
        - file: {path: ../src/revenue.sql}
# file: src/orders.sql
CREATE OR REFRESH STREAMING TABLE orders AS SELECT order_id, amount FROM STREAM main.bronze.orders;
# file: src/revenue.sql
CREATE OR REFRESH MATERIALIZED VIEW revenue AS SELECT sum(amount) AS amount FROM main.silver.orders;
"""
_MORE_STORAGE = _STORAGE.replace(
    "  volumes:\n", "    archive:\n      catalog_name: main\n      name: archive\n  volumes:\n"
)

_VIEWS = """
# file: sql/orders.sql
CREATE OR REPLACE VIEW main.silver.order_totals AS
SELECT order_id, order_date, net + vat AS amount, shop_id
FROM main.silver.orders;
CREATE TABLE IF NOT EXISTS main.silver.shops (
  shop_id BIGINT,
  city STRING,
  country STRING
);
# file: sql/revenue.sql
SELECT order_date, sum(amount) AS revenue FROM main.silver.order_totals GROUP BY order_date;
# file: src/shops.py
from pyspark.sql import functions as F

shops = spark.read.table("main.silver.shops")
shops.where(F.col("country") == "AT").write.mode("overwrite").saveAsTable("main.gold.shops_at")
"""
_WIDER_VIEWS = _VIEWS.replace(", shop_id\n", ", shop_id, channel\n").replace(
    "  country STRING\n", "  country STRING,\n  opened_on DATE\n"
)

MUTATORS = (
    Mutator(
        rule="CON003",
        kind="project",
        base=_CONTRACT,
        clean=_GROWN,
        edits=edits(
            ("a column renamed", "      - name: amount\n", "      - name: amount_eur\n"),
            (
                "a column gone",
                "      - name: customer_id\n        logicalType: integer\n        physicalType: BIGINT\n        required: true\n      - name: amount\n",
                "      - name: amount§\n",
            ),
            ("cents cut off", "DECIMAL(12,2)", "DECIMAL(12,0)"),
            ("a narrower number", "DECIMAL(12,2)\n        required: true", "DECIMAL(9,2)§\n        required: true"),
            (
                "another type",
                "logicalType: number\n        physicalType: DECIMAL(12,2)\n",
                "logicalType: string§\n        physicalType: STRING§\n",
            ),
            (
                "no longer filled",
                "DECIMAL(12,2)\n        required: true",
                "DECIMAL(12,2)\n        required: false§",
            ),
            (
                "no longer promised to be filled",
                "        physicalType: DECIMAL(12,2)\n        required: true\n",
                "        physicalType: DECIMAL(12,2)§\n",
            ),
            (
                "another key",
                "        unique: true\n        primaryKey: true\n      - name: customer_id\n        logicalType: integer\n        physicalType: BIGINT\n        required: true\n",
                "        unique: true§\n      - name: customer_id§\n        logicalType: integer\n        physicalType: BIGINT\n        required: true\n        primaryKey: true§\n",
            ),
            (
                "a table gone",
                _CHANNEL + _RETURNS,
                "      - name: channel§\n        logicalType: string§\n        physicalType: STRING§\n",
            ),
            (
                "the version lowered",
                "version: 1.3.0\nstatus: active\nschema:\n  - name: orders\n    physicalName: orders\n    physicalType: table\n    properties:\n      - name: order_id\n        logicalType: integer\n        physicalType: BIGINT\n",
                "version: 1.1.0\nstatus: active\nschema:\n  - name: orders\n    physicalName: orders\n    physicalType: table\n    properties:\n      - name: order_id\n        logicalType: integer\n        physicalType: INT§\n",
            ),
        ),
    ),
    Mutator(
        rule="DEP005",
        kind="project",
        base=_STORAGE,
        clean=_MORE_STORAGE,
        edits=edits(
            (
                "a schema gone",
                "    gold:\n      catalog_name: main\n      name: gold\n    archive:\n",
                "    archive:§\n",
            ),
            (
                "a volume under another key",
                "    landing:\n      catalog_name: main\n      schema_name: bronze\n      name: landing\n",
                "    inbox:§\n      catalog_name: main§\n      schema_name: bronze§\n      name: landing§\n",
            ),
            (
                "a pipeline gone",
                "    orders:\n      name: orders\n      catalog: main\n      schema: silver\n      libraries:\n        - file: {path: ../src/orders.sql}\n    revenue:\n",
                "    revenue:§\n",
            ),
            (
                "a pipeline under another key",
                "    revenue:\n      name: revenue\n",
                "    revenue_pipeline:§\n      name: revenue\n",
            ),
            (
                "a file taken out of the includes",
                "include: [resources/*.yml]",
                "include: [resources/storage.yml]",
            ),
        ),
    ),
    Mutator(
        rule="LIN001",
        kind="project",
        base=_VIEWS,
        clean=_WIDER_VIEWS,
        edits=edits(
            (
                "a column of a view renamed",
                "CREATE OR REPLACE VIEW main.silver.order_totals AS\nSELECT order_id, order_date, net + vat AS amount",
                "CREATE OR REPLACE VIEW main.silver.order_totals AS§\nSELECT order_id, order_date, net + vat AS gross",
            ),
            (
                "a column of a view gone",
                "CREATE OR REPLACE VIEW main.silver.order_totals AS\nSELECT order_id, order_date, ",
                "CREATE OR REPLACE VIEW main.silver.order_totals AS§\nSELECT order_id, ",
            ),
            (
                "a declared column gone",
                "CREATE TABLE IF NOT EXISTS main.silver.shops (\n  shop_id BIGINT,\n  city STRING,\n  country STRING,\n",
                "CREATE TABLE IF NOT EXISTS main.silver.shops (§\n  shop_id BIGINT,§\n  city STRING,§\n",
            ),
        ),
    ),
)
