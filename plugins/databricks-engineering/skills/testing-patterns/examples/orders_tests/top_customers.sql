-- Runs on Databricks and on open-source Spark 4: the table comes in as a parameter.
SELECT customer_id, sum(amount) AS revenue
FROM IDENTIFIER(:orders)
GROUP BY customer_id
ORDER BY revenue DESC, customer_id
LIMIT :number
