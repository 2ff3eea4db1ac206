CREATE SCHEMA IF NOT EXISTS security.review;

CREATE TABLE IF NOT EXISTS security.review.sensitive_reads (
  review_date DATE NOT NULL, event_time TIMESTAMP, principal STRING, table_name STRING,
  source_ip_address STRING, status_code INT, request_details STRING
);
CREATE TABLE IF NOT EXISTS security.review.odd_hours (
  review_date DATE NOT NULL, event_time TIMESTAMP, principal STRING, table_name STRING, source_ip_address STRING
);
CREATE TABLE IF NOT EXISTS security.review.effective_grants (
  review_date DATE NOT NULL, grantee STRING, table_name STRING, privilege_type STRING, inherited_from STRING
);

-- the job
GRANT USE CATALOG ON CATALOG security TO `2b9f3f64-0d5a-4f7b-b1d8-7f5a1c9d3e21`;
GRANT USE SCHEMA, SELECT, MODIFY ON SCHEMA security.review TO `2b9f3f64-0d5a-4f7b-b1d8-7f5a1c9d3e21`;
GRANT USE CATALOG ON CATALOG system TO `2b9f3f64-0d5a-4f7b-b1d8-7f5a1c9d3e21`;
GRANT USE SCHEMA, SELECT ON SCHEMA system.access TO `2b9f3f64-0d5a-4f7b-b1d8-7f5a1c9d3e21`;
GRANT USE CATALOG ON CATALOG claims TO `2b9f3f64-0d5a-4f7b-b1d8-7f5a1c9d3e21`;
GRANT USE SCHEMA, MANAGE ON SCHEMA claims.medical TO `2b9f3f64-0d5a-4f7b-b1d8-7f5a1c9d3e21`;
GRANT USE SCHEMA, MANAGE ON SCHEMA claims.finance TO `2b9f3f64-0d5a-4f7b-b1d8-7f5a1c9d3e21`;

-- the security office, and the owners of the data, who check the grants of their tables
GRANT USE CATALOG ON CATALOG security TO `security_office`;
GRANT USE SCHEMA, SELECT ON SCHEMA security.review TO `security_office`;
GRANT USE CATALOG ON CATALOG security TO `claims_data_owners`;
GRANT USE SCHEMA ON SCHEMA security.review TO `claims_data_owners`;
GRANT SELECT ON TABLE security.review.effective_grants TO `claims_data_owners`;
