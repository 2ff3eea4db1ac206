GRANT USE CATALOG ON CATALOG grid TO `account users`;
GRANT USE SCHEMA, SELECT ON SCHEMA grid.open_data TO `account users`;

GRANT USE SCHEMA, SELECT ON SCHEMA grid.silver TO `grid_planners`;
GRANT USE SCHEMA, SELECT ON SCHEMA grid.silver TO `grid_billing`;
GRANT USE SCHEMA, SELECT ON SCHEMA grid.silver TO `grid_control_room`;

GRANT USE SCHEMA ON SCHEMA grid.access TO `grid_control_room`;
GRANT SELECT, MODIFY ON TABLE grid.access.planner_areas TO `grid_control_room`;
