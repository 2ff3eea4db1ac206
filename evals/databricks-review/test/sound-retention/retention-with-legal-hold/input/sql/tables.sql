CREATE TABLE IF NOT EXISTS hr.records.applications (
  application_id STRING NOT NULL, applicant_id STRING NOT NULL, full_name STRING, decided_on DATE, decision STRING
) TBLPROPERTIES ('delta.enableDeletionVectors' = 'true', 'delta.deletedFileRetentionDuration' = 'interval 7 days');

CREATE TABLE IF NOT EXISTS hr.records.time_sheets (
  employee_id STRING NOT NULL, work_day DATE NOT NULL, hours DECIMAL(4, 2)
) TBLPROPERTIES ('delta.enableDeletionVectors' = 'true', 'delta.deletedFileRetentionDuration' = 'interval 7 days');

CREATE TABLE IF NOT EXISTS hr.records.sick_notes (
  employee_id STRING NOT NULL, began_on DATE NOT NULL, ended_on DATE COMMENT 'NULL while the employee is ill'
) TBLPROPERTIES ('delta.enableDeletionVectors' = 'true', 'delta.deletedFileRetentionDuration' = 'interval 7 days');

CREATE TABLE IF NOT EXISTS hr.legal.holds (
  person_id STRING NOT NULL, reason STRING NOT NULL, released_on DATE COMMENT 'NULL while the hold is in force'
);

GRANT USE CATALOG ON CATALOG hr TO `0c6b2e57-7d9a-4e6f-a2b8-5d3c1f9e8a74`;
GRANT USE SCHEMA, SELECT, MODIFY ON SCHEMA hr.records TO `0c6b2e57-7d9a-4e6f-a2b8-5d3c1f9e8a74`;
GRANT USE SCHEMA, SELECT ON SCHEMA hr.legal TO `0c6b2e57-7d9a-4e6f-a2b8-5d3c1f9e8a74`;
