-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Audience
-- MAGIC Who gets the campaign mail, and which offer.

-- COMMAND ----------

CREATE OR REPLACE TEMPORARY VIEW people AS
SELECT
  customer_id,
  email,
  timestampdiff(YEAR, birth_date, current_date()) AS age
FROM wine.crm.customers;

-- COMMAND ----------

CREATE OR REPLACE TEMPORARY VIEW adults AS
SELECT customer_id, email
FROM people
WHERE age >= 18;

-- COMMAND ----------

CREATE OR REPLACE TEMPORARY VIEW reachable AS
SELECT a.customer_id, a.email
FROM adults AS a
LEFT JOIN wine.crm.consent AS c
  ON c.customer_id = a.customer_id
WHERE c.state IS DISTINCT FROM 'withdrawn';

-- COMMAND ----------

CREATE OR REPLACE TEMPORARY VIEW audience AS
SELECT customer_id, email
FROM reachable
WHERE customer_id NOT IN (SELECT customer_id FROM wine.crm.objections WHERE customer_id IS NOT NULL);

-- COMMAND ----------

-- MAGIC %md
-- MAGIC ## Offer
-- MAGIC Collectors ordered in the last twelve months and spent more than 600 EUR on wine and tastings together.

-- COMMAND ----------

CREATE OR REPLACE TEMPORARY VIEW spending AS
SELECT customer_id, sum(amount) AS spent
FROM (
  SELECT customer_id, ordered_on AS day, total AS amount FROM wine.shop.orders
  UNION ALL
  SELECT customer_id, held_on AS day, paid AS amount FROM wine.events.tastings
)
WHERE day >= add_months(current_date(), -12)
GROUP BY customer_id;

-- COMMAND ----------

CREATE OR REPLACE TEMPORARY VIEW order_counts AS
SELECT a.customer_id, count(o.order_id) AS orders
FROM audience AS a
LEFT JOIN wine.shop.orders AS o
  ON o.customer_id = a.customer_id AND o.ordered_on >= add_months(current_date(), -12)
GROUP BY a.customer_id;

-- COMMAND ----------

CREATE OR REPLACE TABLE wine.campaign.autumn_mailing AS
SELECT
  a.customer_id,
  a.email,
  CASE WHEN n.orders > 0 AND s.spent > 600 THEN 'collector' ELSE 'standard' END AS offer
FROM audience AS a
JOIN order_counts AS n ON n.customer_id = a.customer_id
LEFT JOIN spending AS s ON s.customer_id = a.customer_id;
