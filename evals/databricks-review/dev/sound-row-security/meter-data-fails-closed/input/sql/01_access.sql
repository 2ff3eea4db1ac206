CREATE SCHEMA IF NOT EXISTS grid.access;

CREATE TABLE IF NOT EXISTS grid.access.planner_areas (
  planner   STRING NOT NULL COMMENT 'Login',
  grid_area STRING NOT NULL,
  CONSTRAINT planner_areas_pk PRIMARY KEY (planner, grid_area)
);

-- NULL never equals an area, so a meter without one is hidden from planners; the control room sees it by its group.
CREATE OR REPLACE FUNCTION grid.access.area_visible(meter_area STRING)
RETURNS BOOLEAN
RETURN
  is_account_group_member('grid_control_room')
  OR EXISTS (
    SELECT 1
    FROM grid.access.planner_areas AS a
    WHERE a.planner = current_user()
      AND a.grid_area = meter_area
  );

CREATE OR REPLACE FUNCTION grid.access.customer_name(customer_name STRING)
RETURNS STRING
RETURN CASE WHEN is_account_group_member('grid_billing') THEN customer_name END;

-- Joins by customer work for everybody: the key is random and means nothing outside.
CREATE OR REPLACE FUNCTION grid.access.postcode(postcode STRING)
RETURNS STRING
RETURN CASE WHEN is_account_group_member('grid_billing') THEN postcode ELSE left(postcode, 2) END;
