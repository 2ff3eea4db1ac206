-- Who may read what. Groups only; persons are added to groups by the identity provider.
USE CATALOG IDENTIFIER(:catalog);

GRANT USE SCHEMA ON SCHEMA gold TO `customer-360-analysts`;
GRANT SELECT ON TABLE gold.customer_360 TO `customer-360-analysts`;
GRANT SELECT ON TABLE gold.daily_revenue TO `account users`;
GRANT EXECUTE ON FUNCTION gold.mask_contact TO `customer-360-analysts`;
GRANT READ VOLUME ON VOLUME gold.exports TO `partner-transfer`;
REVOKE ALL PRIVILEGES ON SCHEMA silver FROM `account users`;
