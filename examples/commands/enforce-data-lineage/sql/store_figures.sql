-- Figures of the shops, each night.
INSERT OVERWRITE retail_prod.gold.daily_sales
SELECT o.store_id, CAST(o.ordered_at AS DATE) AS sales_date, sum(o.total_amount) AS revenue
FROM retail_prod.silver.orders AS o
JOIN retail_prod.silver.stores AS s ON s.store_id = o.store_id
GROUP BY ALL;

INSERT OVERWRITE retail_prod.gold.store_kpis
SELECT store_id, count(*) AS returned FROM retail_prod.silver.returns GROUP BY store_id;
