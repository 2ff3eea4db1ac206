-- Balance of an account after each entry; printed on the statement, line by line.
CREATE OR REPLACE VIEW trade.ledger.balances AS
SELECT
  entry_id,
  account,
  posting_date,
  amount_eur,
  sum(amount_eur) OVER (PARTITION BY account ORDER BY posting_date, entry_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS balance_after
FROM trade.ledger.entries_eur;
