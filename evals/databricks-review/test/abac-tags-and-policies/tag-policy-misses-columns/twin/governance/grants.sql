GRANT USE CATALOG ON CATALOG telco TO `telco_analysts`;
GRANT USE CATALOG ON CATALOG telco TO `telco_partner_support`;
GRANT USE CATALOG ON CATALOG telco TO `telco_data_stewards`;

GRANT USE SCHEMA, SELECT ON SCHEMA telco.core TO `telco_analysts`;
GRANT USE SCHEMA, SELECT ON SCHEMA telco.core TO `telco_partner_support`;
GRANT USE SCHEMA, SELECT ON SCHEMA telco.mart TO `telco_analysts`;
GRANT USE SCHEMA, SELECT ON SCHEMA telco.mart TO `telco_partner_support`;

GRANT USE SCHEMA, APPLY TAG ON SCHEMA telco.core TO `telco_data_stewards`;
GRANT USE SCHEMA, APPLY TAG ON SCHEMA telco.mart TO `telco_data_stewards`;
