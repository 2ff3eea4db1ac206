CREATE OR REPLACE FUNCTION charity.governance.hidden(value STRING)
RETURNS STRING
RETURN CASE WHEN value IS NULL THEN NULL ELSE 'hidden' END;

-- b8d3f1a6... runs the pipeline: what it stores must be clear, and its tables are tagged again.
CREATE OR REPLACE POLICY hide_identity
ON CATALOG charity
COLUMN MASK charity.governance.hidden
TO `account users`
EXCEPT `charity_donor_care`, `b8d3f1a6-4c72-4e95-8a0d-3e6f9b1c5d27`
FOR TABLES
MATCH COLUMNS has_tag_value('data_class', 'identity') AS identity_column
ON COLUMN identity_column;
