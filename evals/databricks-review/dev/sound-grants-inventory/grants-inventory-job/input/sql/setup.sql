CREATE TABLE IF NOT EXISTS finca_ops.access.personal_readers (
  taken_at TIMESTAMP, catalog STRING, table_name STRING, grantee STRING, privilege STRING, granted_on STRING
) COMMENT 'A few thousand lines a day';

-- SHOW GRANTS tells every grant of an object to whoever has MANAGE on it; information_schema would tell the principal only its own. MANAGE reads no data.
GRANT USE CATALOG, MANAGE ON CATALOG finca_prod TO `4e7a9c15-0b63-4d82-97f1-c2d5e8f6a3b0`;
GRANT USE CATALOG, MANAGE ON CATALOG finca_reference TO `4e7a9c15-0b63-4d82-97f1-c2d5e8f6a3b0`;
GRANT USE CATALOG ON CATALOG finca_ops TO `4e7a9c15-0b63-4d82-97f1-c2d5e8f6a3b0`;
GRANT USE SCHEMA ON SCHEMA finca_ops.access TO `4e7a9c15-0b63-4d82-97f1-c2d5e8f6a3b0`;
GRANT SELECT, MODIFY ON TABLE finca_ops.access.personal_readers TO `4e7a9c15-0b63-4d82-97f1-c2d5e8f6a3b0`;

GRANT USE CATALOG ON CATALOG finca_ops TO `finca_security_office`;
GRANT USE SCHEMA, SELECT ON SCHEMA finca_ops.access TO `finca_security_office`;
