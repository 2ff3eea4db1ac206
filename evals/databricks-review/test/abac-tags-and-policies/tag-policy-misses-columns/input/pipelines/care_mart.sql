-- Customers whom the care team may write to. The outbound mailer of the privacy office sends from this view,
-- readers see redacted values by the policy on the catalog.
CREATE OR REFRESH MATERIALIZED VIEW contactable_customers
COMMENT 'Active customers with consent, one row per customer'
AS
SELECT customer_id, full_name, email, consent_given_on
FROM telco.core.customers
WHERE is_active
  AND consent_given_on IS NOT NULL;
