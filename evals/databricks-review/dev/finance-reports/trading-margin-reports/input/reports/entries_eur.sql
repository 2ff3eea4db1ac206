-- Entries in EUR, at the last rate that was known on the posting date. EUR itself is in the rates with 1.
INSERT OVERWRITE trade.ledger.entries_eur
SELECT
  e.entry_id,
  e.account,
  e.posting_date,
  round(e.amount * r.to_eur, 2) AS amount_eur
FROM trade.ledger.entries AS e
JOIN trade.ledger.rates AS r
  ON r.currency = e.currency
  AND r.rate_date <= e.posting_date;
