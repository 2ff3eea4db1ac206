USE CATALOG IDENTIFIER(:catalog);

MERGE INTO loyalty.accruals AS t
USING (
  SELECT card_id, business_date, CAST(FLOOR(SUM(net_amount)) AS BIGINT) AS points
  FROM till.receipts
  WHERE card_id IS NOT NULL
    AND business_date BETWEEN DATE_SUB(CURRENT_DATE(), 8) AND DATE_SUB(CURRENT_DATE(), 1)
  GROUP BY card_id, business_date
) AS s
ON t.card_id = s.card_id AND t.business_date = s.business_date
WHEN MATCHED THEN UPDATE SET points = s.points
WHEN NOT MATCHED THEN INSERT (card_id, business_date, points) VALUES (s.card_id, s.business_date, s.points);
