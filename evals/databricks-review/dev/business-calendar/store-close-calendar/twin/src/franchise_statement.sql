-- Statement of the seven days before :business_date, Monday to Sunday. Every night runs this file; only Monday's run writes.
USE CATALOG IDENTIFIER(:catalog);

MERGE INTO finance.franchise_statement AS t
USING (
  SELECT
    s.franchisee_id,
    CONCAT(
      EXTRACT(YEAROFWEEK FROM DATE_SUB(CAST(:business_date AS DATE), 1)), '-W',
      LPAD(WEEKOFYEAR(DATE_SUB(CAST(:business_date AS DATE), 1)), 2, '0')
    ) AS statement_week,
    SUM(d.net_sales) AS net_sales,
    SUM(d.net_sales * s.royalty_rate) AS royalty
  FROM finance.daily_sales AS d
  JOIN core.stores AS s ON s.store_id = d.store_id
  WHERE d.business_date BETWEEN DATE_SUB(CAST(:business_date AS DATE), 7) AND DATE_SUB(CAST(:business_date AS DATE), 1)
    AND DAYOFWEEK(CAST(:business_date AS DATE)) = 2
  GROUP BY s.franchisee_id
) AS f
ON t.franchisee_id = f.franchisee_id AND t.statement_week = f.statement_week
WHEN MATCHED THEN UPDATE SET net_sales = f.net_sales, royalty = f.royalty
WHEN NOT MATCHED THEN INSERT (franchisee_id, statement_week, net_sales, royalty)
  VALUES (f.franchisee_id, f.statement_week, f.net_sales, f.royalty);
