-- What the preflight stops: everybody, a person without an end, and power without a reason.
GRANT SELECT ON SCHEMA retail_prod.silver TO `account users`;
GRANT SELECT ON TABLE retail_prod.silver.customers TO `data-analyst-1@example.com`;

GRANT ALL PRIVILEGES ON SCHEMA retail_prod.gold TO `readers`;
