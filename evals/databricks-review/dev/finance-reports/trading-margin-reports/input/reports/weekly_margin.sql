-- Weeks run from Monday to Sunday (ISO 8601); the board compares a week with the same week of the year before.
CREATE OR REPLACE VIEW trade.sales.weekly_margin AS
SELECT
  year(sold_on) AS week_year,
  weekofyear(sold_on) AS week_no,
  product_line,
  sum(revenue) AS revenue,
  sum(revenue - cost) AS margin
FROM trade.sales.daily
GROUP BY ALL;
