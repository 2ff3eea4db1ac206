-- Column tags of telco.core
ALTER TABLE telco.core.customers ALTER COLUMN full_name SET TAGS ('sensitivity' = 'personal');
ALTER TABLE telco.core.customers ALTER COLUMN email SET TAGS ('sensitivity' = 'personal');
ALTER TABLE telco.core.customers ALTER COLUMN street SET TAGS ('sensitivity' = 'personal');

-- Calls: caller_number and callee_number
ALTER TABLE telco.core.calls ALTER COLUMN caller_number SET TAGS ('sensitivity' = 'personal');
ALTER TABLE telco.core.calls ALTER COLUMN callee_number SET TAGS ('sensitivity' = 'personal');

ALTER TABLE telco.core.handset_positions ALTER COLUMN latitude SET TAGS ('sensitivity' = 'location');
ALTER TABLE telco.core.handset_positions ALTER COLUMN longitude SET TAGS ('sensitivity' = 'location');

-- Columns of the mart
SET TAG ON COLUMN telco.mart.contactable_customers.full_name sensitivity = personal;
SET TAG ON COLUMN telco.mart.contactable_customers.email sensitivity = personal;

ALTER SCHEMA telco.mart SET TAGS ('data_product' = 'care');
