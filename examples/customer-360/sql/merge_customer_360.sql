-- Nightly merge of everything we know about a person.
USE CATALOG IDENTIFIER(:catalog);

MERGE WITH SCHEMA EVOLUTION INTO gold.customer_360 AS target
USING (
  WITH contact AS (
    SELECT p.person_id, c.email, c.phone, c.country,
           bool_and(c.marketing_consent) OVER (PARTITION BY p.person_id) AS marketing_consent
    FROM silver.person_customers AS p
    JOIN silver.customers AS c ON c.customer_id = p.customer_id
    WHERE c.country IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY p.person_id ORDER BY c.updated_at DESC, c.customer_id) = 1
  ),
  spending AS (
    SELECT p.person_id,
           min(o.order_date) AS first_order_date,
           max(o.order_date) AS last_order_date,
           count_if(o.status <> 'cancelled') AS order_count,
           CAST(sum(o.amount) AS DECIMAL(18, 2)) AS lifetime_value
    FROM silver.person_customers AS p
    JOIN silver.orders AS o ON o.customer_id = p.customer_id
    GROUP BY p.person_id
  )
  SELECT contact.*,
         spending.first_order_date,
         spending.last_order_date,
         coalesce(spending.order_count, 0) AS order_count,
         coalesce(spending.lifetime_value, 0) AS lifetime_value,
         segments.segment,
         scores.churn_score,
         current_timestamp() AS updated_at
  FROM contact
  LEFT JOIN spending ON spending.person_id = contact.person_id
  LEFT JOIN gold.customer_segments AS segments ON segments.person_id = contact.person_id
  LEFT JOIN gold.churn_scores AS scores
    ON scores.person_id = contact.person_id AND scores.score_date = DATE(:run_date)
  QUALIFY row_number() OVER (PARTITION BY contact.person_id ORDER BY contact.email) = 1
) AS source
ON target.person_id = source.person_id
WHEN MATCHED THEN UPDATE SET *
WHEN NOT MATCHED THEN INSERT *
WHEN NOT MATCHED BY SOURCE THEN DELETE;
