-- Databricks notebook source
-- MAGIC %md
-- MAGIC Compares layers by hand when numbers look odd. Reads only.

-- COMMAND ----------

CREATE WIDGET TEXT catalog DEFAULT 'c360_dev';
CREATE WIDGET TEXT day DEFAULT '2026-11-01';

-- COMMAND ----------

USE CATALOG IDENTIFIER(:catalog);

-- COMMAND ----------

-- DBTITLE 1,Orders that silver does not have
SELECT b.order_id, b.status, b._source_file
FROM bronze.orders AS b
LEFT ANTI JOIN silver.orders AS s ON s.order_id = b.order_id
WHERE to_date(b.ordered_at) = :day
LIMIT 100;

-- COMMAND ----------

-- DBTITLE 1,Customers of more than one person
SELECT customer_id, count(DISTINCT person_id) AS persons
FROM silver.person_customers
GROUP BY customer_id
HAVING persons > 1;

-- COMMAND ----------

-- DBTITLE 1,What the weekly vacuum would remove
VACUUM silver.orders RETAIN 72 HOURS DRY RUN;
