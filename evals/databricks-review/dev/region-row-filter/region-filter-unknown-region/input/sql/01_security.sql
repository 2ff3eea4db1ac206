CREATE SCHEMA IF NOT EXISTS freight.security COMMENT 'Access control objects of the freight catalog';

CREATE TABLE IF NOT EXISTS freight.security.manager_regions (
  manager_email STRING NOT NULL COMMENT 'Login of the regional manager',
  region        STRING NOT NULL,
  valid_until   DATE            COMMENT 'Last day of the assignment, NULL for no end',
  CONSTRAINT manager_regions_pk PRIMARY KEY (manager_email, region)
);

CREATE OR REPLACE FUNCTION freight.security.region_visible(region STRING)
RETURNS BOOLEAN
COMMENT 'Row filter of all tables with a region column'
RETURN
  is_account_group_member('freight_global_ops')
  OR region IS NULL
  OR EXISTS (
    SELECT 1
    FROM freight.security.manager_regions AS m
    WHERE m.manager_email = current_user()
      AND m.region = region
  );
