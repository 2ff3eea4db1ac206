-- Share of the revenue that stays, for each day and product line of the previous calendar month.
-- Runs on a SQL warehouse on the second working day of the month.
CREATE OR REPLACE TABLE trade.sales.last_month_margin AS
SELECT
  sold_on,
  product_line,
  (revenue - cost) / revenue AS margin_share
FROM trade.sales.daily
WHERE sold_on >= date_sub(trunc(current_date(), 'MM'), 30)
  AND sold_on < trunc(current_date(), 'MM');
