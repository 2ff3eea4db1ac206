CREATE OR REPLACE FUNCTION telco.governance.redact_text(value STRING)
RETURNS STRING
RETURN CASE WHEN value IS NULL THEN NULL ELSE 'redacted' END;

CREATE OR REPLACE FUNCTION telco.governance.coarse_position(degrees DOUBLE)
RETURNS DOUBLE
RETURN round(degrees, 0);

CREATE OR REPLACE POLICY mask_personal
ON CATALOG telco
COMMENT 'Personal text columns'
COLUMN MASK telco.governance.redact_text
TO `account users`
EXCEPT `telco_privacy_office`, `8c1d77c0-2f0e-4b42-8a3c-b7e8c5f4a902`
FOR TABLES
MATCH COLUMNS has_tag_value('sensitivity', 'personal') AS personal_column
ON COLUMN personal_column;

CREATE OR REPLACE POLICY mask_location
ON CATALOG telco
COMMENT 'Positions of handsets, about 100 km for readers'
COLUMN MASK telco.governance.coarse_position
TO `account users`
EXCEPT `telco_privacy_office`
FOR TABLES
MATCH COLUMNS has_tag_value('sensitivity', 'location') AS location_column
ON COLUMN location_column;
