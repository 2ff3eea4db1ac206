-- How campaigns perform; rebuilt on request, the campaign list is small.
USE CATALOG IDENTIFIER(:catalog);

CREATE OR REPLACE TABLE gold.campaign_response
CLUSTER BY AUTO
COMMENT 'Orders and revenue per campaign.'
AS
SELECT
  c.campaign_code,
  c.channel,
  count(DISTINCT o.order_id) AS orders,
  sum(o.amount) AS revenue
FROM hive_metastore.crm_legacy.campaign_codes AS c
LEFT JOIN silver.orders AS o ON o.campaign_code = c.campaign_code
GROUP BY ALL;

CREATE OR REPLACE VIEW gold.active_campaigns
COMMENT 'Campaigns with at least one order.'
AS
SELECT campaign_code, channel, orders, revenue
FROM gold.campaign_response
WHERE orders > 0;
