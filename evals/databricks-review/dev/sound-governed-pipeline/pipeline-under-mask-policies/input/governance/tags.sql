ALTER TABLE charity.crm.addresses ALTER COLUMN street SET TAGS ('data_class' = 'identity');
ALTER TABLE charity.crm.addresses ALTER COLUMN phone SET TAGS ('data_class' = 'identity');
SET TAG ON COLUMN charity.donors.donors.email data_class = identity;
SET TAG ON COLUMN charity.donors.donors.full_name data_class = identity;

GRANT APPLY TAG ON CATALOG charity TO `charity_stewards`;
GRANT USE CATALOG ON CATALOG charity TO `charity_analysts`;
GRANT USE SCHEMA, SELECT ON SCHEMA charity.donors TO `charity_analysts`;
