CREATE SCHEMA IF NOT EXISTS grid.access;

CREATE TABLE IF NOT EXISTS grid.access.planner_areas (
  planner   STRING NOT NULL COMMENT 'Login',
  grid_area STRING NOT NULL,
  CONSTRAINT planner_areas_pk PRIMARY KEY (planner, grid_area)
);

-- A meter without an area is seen by the control room only: NULL never equals the area of a planner.
CREATE OR REPLACE FUNCTION grid.access.area_visible(meter_area STRING)
RETURNS BOOLEAN
RETURN
  is_account_group_member('grid_control_room')
  OR (meter_area IS NOT NULL AND is_account_group_member('grid_billing'))
  OR EXISTS (
    SELECT 1
    FROM grid.access.planner_areas AS a
    WHERE a.planner = current_user()
      AND a.grid_area = meter_area
  );

CREATE OR REPLACE FUNCTION grid.access.customer_name(customer_name STRING)
RETURNS STRING
RETURN CASE WHEN is_account_group_member('grid_billing') THEN customer_name END;

-- Planners need the region only. Joins by customer work for everybody: customer_key is random and not masked.
CREATE OR REPLACE FUNCTION grid.access.postcode(postcode STRING)
RETURNS STRING
RETURN CASE WHEN is_account_group_member('grid_billing') THEN postcode ELSE left(postcode, 2) END;
