"""Defects of governance: broad grants, open masks, personal data hashed, logged or copied, audit switched off."""

from planting import Mutator, edits

_HASH = """
from pyspark.sql import functions as F

customers = spark.read.table("main.bronze.customers")
salt = F.lit(dbutils.secrets.get("shop", "salt"))
safe = customers.withColumn("email_hash", F.sha2(F.concat("email", salt), 256)).drop("email")
safe.write.mode("overwrite").saveAsTable("main.silver.customers")
"""

_LOG = """
import logging

log = logging.getLogger("shop")
for row in spark.read.table("main.silver.customers").limit(20).collect():
    log.info("customer %s", row["customer_id"])
"""

_MASK = """
CREATE OR REPLACE FUNCTION main.gov.mask_email(email STRING) RETURNS STRING§
RETURN CASE WHEN is_account_group_member('support') THEN email ELSE '***' END;
ALTER TABLE main.silver.customers ALTER COLUMN email SET MASK main.gov.mask_email;
CREATE OR REPLACE FUNCTION main.gov.only_eu(region STRING) RETURNS BOOLEAN§
RETURN is_account_group_member('global') OR region = 'EU';
ALTER TABLE main.silver.customers SET ROW FILTER main.gov.only_eu ON (region);
"""

MUTATORS = (
    Mutator(
        rule="ACL001",
        kind="sql",
        clean="GRANT SELECT ON TABLE main.gold.revenue TO `account users`;\nGRANT USE CATALOG ON CATALOG main TO `account users`;",
        edits=edits(
            ("MODIFY to all", "SELECT ON TABLE", "SELECT, MODIFY ON TABLE"),
            ("ALL PRIVILEGES on a catalog to all", "USE CATALOG ON CATALOG", "ALL PRIVILEGES ON CATALOG"),
            ("MANAGE to all", "USE CATALOG ON CATALOG", "MANAGE ON CATALOG"),
            (
                "MODIFY on a schema to users",
                "SELECT ON TABLE main.gold.revenue TO `account users`",
                "MODIFY ON SCHEMA main.gold TO users",
            ),
        ),
    ),
    Mutator(
        rule="ACL001",
        kind="sql",
        # To `data-engineers` it was no defect: in public code those who own a catalog are given all of it on purpose.
        clean="GRANT SELECT ON CATALOG main TO `data-analysts`;",
        edits=edits(("ALL PRIVILEGES on a catalog to a group that reads", "GRANT SELECT", "GRANT ALL PRIVILEGES")),
    ),
    Mutator(
        rule="ACL001",
        kind="project",
        clean="""
# file: databricks.yml
bundle: {name: shop}
include: [resources/*.yml]
# file: resources/storage.yml
resources:
  schemas:
    gold:
      name: gold
      catalog_name: main
      grants:
        - principal: account users§
          privileges: [USE_SCHEMA, SELECT]
""",
        edits=edits(
            ("MODIFY in a bundle", "[USE_SCHEMA, SELECT]", "[USE_SCHEMA, MODIFY]"),
            ("ALL_PRIVILEGES in a bundle", "[USE_SCHEMA, SELECT]", "\n            - ALL_PRIVILEGES"),
        ),
    ),
    Mutator(
        rule="ACL002",
        kind="sql",
        clean="GRANT SELECT ON SCHEMA main.gold TO `analysts`;",
        edits=edits(
            ("an address", "`analysts`", "`maria.keller@shop.eu`"),
            (
                "an address among privileges",
                "SELECT ON SCHEMA main.gold TO `analysts`",
                "SELECT, MODIFY ON TABLE main.gold.revenue TO `j.doe@shop.io`",
            ),
        ),
    ),
    Mutator(
        rule="ACL003",
        kind="sql",
        clean=_MASK,
        edits=edits(
            ("raw on both ways", "THEN email ELSE '***' END", "THEN email ELSE email END"),
            (
                "hidden from one group only",
                "CASE WHEN is_account_group_member('support') THEN email ELSE '***' END",
                "CASE WHEN is_account_group_member('contractors') THEN '***' ELSE email END",
            ),
            ("no condition", "CASE WHEN is_account_group_member('support') THEN email ELSE '***' END", "email"),
            ("always true", "is_account_group_member('global') OR region = 'EU'", "TRUE"),
            ("true by a constant", "OR region = 'EU'", "OR 1 = 1"),
            ("groups of the workspace", "is_account_group_member('global')", "is_member('global')"),
            ("a person", "is_account_group_member('support')", "current_user() = 'maria.keller@shop.eu'"),
            (
                "a list of persons",
                "is_account_group_member('support')",
                "session_user() IN ('a.b@shop.eu', 'c.d@shop.eu')",
            ),
        ),
    ),
    Mutator(
        rule="PRV002",
        kind="python",
        clean=_HASH,
        edits=edits(
            ("SHA-2 alone", 'F.sha2(F.concat("email", salt), 256)', 'F.sha2("email", 256)'),
            (
                "SHA-2 of a normalised value",
                'F.sha2(F.concat("email", salt), 256)',
                'F.sha2(F.lower(F.trim(F.col("email"))), 256)',
            ),
            ("MD5", 'F.sha2(F.concat("email", salt), 256)', 'F.md5(F.col("email"))'),
            ("in an expression", 'F.sha2(F.concat("email", salt), 256)', "F.expr('sha1(email)')"),
            (
                "in place of the column",
                'withColumn("email_hash", F.sha2(F.concat("email", salt), 256)).drop("email")',
                'withColumn("phone", F.sha2("phone", 256))',
            ),
            (
                "in a select",
                'withColumn("email_hash", F.sha2(F.concat("email", salt), 256)).drop("email")',
                'select("id", F.md5("ssn").alias("ssn_token"))',
            ),
            (
                "with withColumns",
                'withColumn("email_hash", F.sha2(F.concat("email", salt), 256)).drop("email")',
                'withColumns({"ssn_hash": F.sha2("ssn", 256)})',
            ),
        ),
    ),
    Mutator(
        rule="PRV002",
        kind="sql",
        clean="CREATE OR REPLACE TABLE main.silver.people AS SELECT id, sha2(concat(ssn, secret('shop', 'salt')), 256) AS ssn_hash FROM main.bronze.people;",
        edits=edits(
            ("SHA-2 in SQL", "sha2(concat(ssn, secret('shop', 'salt')), 256)", "sha2(ssn, 256)"),
            (
                "MD5 in SQL",
                "sha2(concat(ssn, secret('shop', 'salt')), 256) AS ssn_hash",
                "md5(p.phone_number) AS phone_masked",
            ),
            ("hash in SQL", "sha2(concat(ssn, secret('shop', 'salt')), 256) AS ssn_hash", "xxhash64(email) AS email"),
        ),
    ),
    Mutator(
        rule="PRV003",
        kind="python",
        clean=_LOG,
        edits=edits(
            ("a field as an argument", 'row["customer_id"]', 'row["email"]'),
            (
                "an attribute in an f-string",
                'log.info("customer %s", row["customer_id"])',
                'print(f"customer {row.ssn}")',
            ),
            (
                "in an exception",
                'log.info("customer %s", row["customer_id"])',
                'raise ValueError("no such customer: " + row["phone_number"])',
            ),
            (
                "str.format",
                'log.info("customer %s", row["customer_id"])',
                'log.warning("customer {}".format(row["date_of_birth"]))',
            ),
            (
                "through a variable",
                'log.info("customer %s", row["customer_id"])',
                'address = row["email"]\n    print("mail to", address)',
            ),
            (
                "through a dictionary",
                'log.info("customer %s", row["customer_id"])',
                'found = row.asDict()\n    print(found["email"])',
            ),
        ),
    ),
    Mutator(
        rule="PRV003",
        kind="project",
        clean="""
# file: databricks.yml
bundle: {name: shop}
resources:
  jobs:
    nightly:
      schedule: {quartz_cron_expression: "0 0 2 * * ?", timezone_id: UTC}
      tasks:
        - {task_key: load, notebook_task: {notebook_path: ./src/load.py}}
# file: src/load.py
# Databricks notebook source
customers = spark.read.table("main.silver.customers")

# COMMAND ----------

customers.select("customer_id", "segment").show()
""",
        edits=edits(
            ("personal columns shown", '"customer_id", "segment"', '"customer_id", "email"'),
            (
                "personal columns displayed",
                'customers.select("customer_id", "segment").show()',
                'display(customers.select("full_name", "phone"))',
            ),
        ),
    ),
    Mutator(
        rule="CMP001",
        kind="sql",
        clean="CREATE OR REPLACE TABLE dev.sandbox.customers AS SELECT customer_id, segment FROM prod.silver.customers;",
        edits=edits(
            ("all columns by CREATE TABLE AS", "SELECT customer_id, segment FROM", "SELECT * FROM"),
            ("personal columns", "customer_id, segment", "customer_id, email, phone"),
            ("a clone", "AS SELECT customer_id, segment FROM", "DEEP CLONE"),
            (
                "an insert",
                "CREATE OR REPLACE TABLE dev.sandbox.customers AS SELECT customer_id, segment",
                "INSERT OVERWRITE dev.sandbox.customers SELECT *",
            ),
            (
                "catalogs with a prefix",
                "dev.sandbox.customers AS SELECT customer_id, segment FROM prod.",
                "shop_dev.sandbox.customers AS SELECT * FROM shop_prod.",
            ),
        ),
    ),
    Mutator(
        rule="CMP001",
        kind="python",
        clean="""
from pyspark.sql import functions as F

customers = spark.read.table("prod.silver.customers").select("customer_id", "segment")
customers.write.mode("overwrite").saveAsTable("dev.sandbox.customers")§
""",
        edits=edits(
            ("a frame with all columns", '.select("customer_id", "segment")', ""),
            ("a frame with personal columns", '"customer_id", "segment"', '"customer_id", "email"'),
            (
                "writeTo",
                'customers.write.mode("overwrite").saveAsTable("dev.sandbox.customers")',
                'spark.table("prod.silver.customers").writeTo("dev.sandbox.customers").createOrReplace()',
            ),
        ),
    ),
    Mutator(
        rule="AUD002",
        kind="python",
        clean="""
import requests
from databricks.sdk import WorkspaceClient

w = WorkspaceClient()
w.workspace_conf.set_status({"enableVerboseAuditLogs": "true"})
requests.patch("https://shop/api/2.0/workspace-conf", json={"enableVerboseAuditLogs": "true"}, headers={}, timeout=30)
""",
        edits=edits(
            (
                "verbose logs off",
                'set_status({"enableVerboseAuditLogs": "true"})',
                'set_status({"enableVerboseAuditLogs": "false"})',
            ),
            (
                "verbose logs off by a call",
                'json={"enableVerboseAuditLogs": "true"}',
                'json={"enableVerboseAuditLogs": "false"}',
            ),
            (
                "verbose logs off by a variable",
                'w.workspace_conf.set_status({"enableVerboseAuditLogs": "true"})',
                'wanted = {"enableVerboseAuditLogs": "false"}§\nw.workspace_conf.set_status(wanted)§',
            ),
            (
                "the schema of the audit log off",
                'w.workspace_conf.set_status({"enableVerboseAuditLogs": "true"})',
                'w.system_schemas.disable(metastore_id="m", schema_name="access")',
            ),
        ),
    ),
    Mutator(
        rule="AUD002",
        kind="sql",
        clean="DELETE FROM main.security.workspace_audit_logs WHERE event_date < current_date() - INTERVAL 800 DAYS;",
        edits=edits(
            (
                "a table called audit_logs and no more",
                "DELETE FROM main.security.workspace_audit_logs WHERE event_date < current_date() - INTERVAL 800 DAYS",
                "TRUNCATE TABLE main.security.audit_logs",
            ),
            (
                "a table of access audits",
                "DELETE FROM main.security.workspace_audit_logs WHERE event_date < current_date() - INTERVAL 800 DAYS",
                "DROP TABLE main.security.databricks_access_audit",
            ),
            ("rows of one user", "event_date < current_date() - INTERVAL 800 DAYS", "user_name = 'loader'"),
            (
                "all rows",
                "DELETE FROM main.security.workspace_audit_logs WHERE event_date < current_date() - INTERVAL 800 DAYS",
                "TRUNCATE TABLE main.security.workspace_audit_logs",
            ),
            (
                "the table",
                "DELETE FROM main.security.workspace_audit_logs WHERE event_date < current_date() - INTERVAL 800 DAYS",
                "DROP TABLE IF EXISTS main.security.databricks_audit_logs",
            ),
        ),
    ),
)
