-- Masks and row filters by governed tag. Needs Databricks: runtime 16.4 or serverless; MANAGE on the catalog, EXECUTE on the functions.
-- The governed tags `pii` (skill data-classification) and `region_of` exist and columns carry them. Replace `prod`, the groups and the values.

CREATE SCHEMA IF NOT EXISTS prod.governance COMMENT 'Functions of policies. Owner: group governance-admins';

-- Deterministic, built-in functions only, no identity check: who is exempt stands in the policy.
CREATE OR REPLACE FUNCTION prod.governance.mask_email(email STRING)
RETURNS STRING
DETERMINISTIC
COMMENT 'First letter and domain'
RETURN concat(substring(email, 1, 1), '***@', substring_index(email, '@', -1));

CREATE OR REPLACE FUNCTION prod.governance.mask_text(content STRING)
RETURNS STRING
DETERMINISTIC
COMMENT 'Nothing of the value'
RETURN '***';

CREATE OR REPLACE FUNCTION prod.governance.year_only(day DATE)
RETURNS DATE
DETERMINISTIC
COMMENT 'First of January of the same year'
RETURN trunc(day, 'YEAR');

CREATE OR REPLACE FUNCTION prod.governance.in_region(region STRING, allowed STRING)
RETURNS BOOLEAN
DETERMINISTIC
COMMENT 'Whether the row belongs to the region'
RETURN region = allowed;

CREATE OR REPLACE POLICY mask_email
ON CATALOG prod
COMMENT 'E-mail addresses: letter and domain only'
COLUMN MASK prod.governance.mask_email
TO `account users`
EXCEPT `support-agents`, `pipeline-identities`
FOR TABLES
MATCH COLUMNS has_tag_value('pii', 'email') AS email
ON COLUMN email;

CREATE OR REPLACE POLICY mask_identifiers
ON CATALOG prod
COMMENT 'National identifiers and account numbers: hidden'
COLUMN MASK prod.governance.mask_text
TO `account users`
EXCEPT `fraud-investigators`, `pipeline-identities`
FOR TABLES
MATCH COLUMNS has_tag_value('pii', 'national_id') OR has_tag_value('pii', 'bank_account') AS identifier
ON COLUMN identifier;

CREATE OR REPLACE POLICY birth_year
ON CATALOG prod
COMMENT 'Dates of birth: year only'
COLUMN MASK prod.governance.year_only
TO `account users`
EXCEPT `pipeline-identities`
FOR TABLES
MATCH COLUMNS has_tag_value('pii', 'birth_date') AS day
ON COLUMN day;

CREATE OR REPLACE POLICY rows_of_the_eu
ON SCHEMA prod.sales
COMMENT 'Analysts of the EU see rows of the EU'
ROW FILTER prod.governance.in_region
TO `analysts-eu`
FOR TABLES
MATCH COLUMNS has_tag_value('region_of', 'customer') AS region
USING COLUMNS (region, 'EU');

SHOW POLICIES ON CATALOG prod;
