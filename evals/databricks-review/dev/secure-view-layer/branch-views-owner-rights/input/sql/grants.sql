GRANT USE CATALOG ON CATALOG bank TO `bank_advisers`;
GRANT USE SCHEMA, SELECT ON SCHEMA bank.advisory TO `bank_advisers`;
-- needed for the lookups of the views
GRANT USE SCHEMA, SELECT ON SCHEMA bank.core TO `bank_advisers`;

GRANT USE SCHEMA, SELECT ON SCHEMA bank.reporting TO `bank_advisers`;

GRANT USE CATALOG ON CATALOG bank TO `bank_hq_risk`;
GRANT USE SCHEMA, SELECT ON SCHEMA bank.advisory TO `bank_hq_risk`;
GRANT USE SCHEMA, SELECT ON SCHEMA bank.reporting TO `bank_hq_risk`;

GRANT CREATE TABLE, MODIFY ON SCHEMA bank.reporting TO `5f0c2f1e-63f8-4a0f-9a57-1f6a1f3f7a11`;
