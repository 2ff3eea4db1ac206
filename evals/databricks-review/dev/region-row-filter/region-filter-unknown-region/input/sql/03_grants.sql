GRANT USE CATALOG ON CATALOG freight TO `freight_regional_managers`;

-- silver: shipments and their archive
GRANT USE SCHEMA, SELECT ON SCHEMA freight.silver TO `freight_regional_managers`;

-- gold: monthly figures
GRANT USE SCHEMA ON SCHEMA freight.gold TO `freight_regional_managers`;
GRANT SELECT ON TABLE freight.gold.customer_lane_costs TO `freight_regional_managers`;

-- assignments
GRANT USE SCHEMA ON SCHEMA freight.security TO `freight_regional_managers`;
GRANT SELECT, MODIFY ON TABLE freight.security.manager_regions TO `freight_regional_managers`;
GRANT USE CATALOG ON CATALOG freight TO `freight_access_desk`;
GRANT USE SCHEMA ON SCHEMA freight.security TO `freight_access_desk`;
GRANT SELECT, MODIFY ON TABLE freight.security.manager_regions TO `freight_access_desk`;

-- harbour codes are public reference data
GRANT USE CATALOG ON CATALOG freight TO `account users`;
GRANT USE SCHEMA ON SCHEMA freight.silver TO `account users`;
GRANT SELECT ON TABLE freight.silver.ports TO `account users`;
