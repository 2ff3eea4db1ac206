-- Who may read the gold tables of the shops.
GRANT USE SCHEMA, SELECT ON SCHEMA retail_prod.gold TO `readers`;
GRANT USE SCHEMA, SELECT ON SCHEMA retail_prod.gold TO `bi-dashboards`;
REVOKE ALL PRIVILEGES ON SCHEMA retail_prod.gold FROM `account users`;
