-- The tier is derived from the points of the linked loyalty account.
USE CATALOG IDENTIFIER(:catalog);

MERGE INTO gold.customer_360 AS target
USING (
  SELECT p.person_id, max_by(t.tier, t.min_points) AS loyalty_tier
  FROM silver.person_customers AS p
  JOIN silver.loyalty_members AS m ON m.customer_id = p.customer_id
  JOIN silver.loyalty_tiers AS t ON m.points >= t.min_points
  GROUP BY p.person_id
) AS source
ON target.person_id = source.person_id
WHEN MATCHED AND NOT target.loyalty_tier <=> source.loyalty_tier THEN
  UPDATE SET loyalty_tier = source.loyalty_tier, updated_at = current_timestamp();
