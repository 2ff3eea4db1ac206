CREATE TABLE IF NOT EXISTS retail.silver.receipt_lines (
  receipt_id      STRING NOT NULL,
  line_no         INT NOT NULL,
  store_id        STRING NOT NULL,
  article_id      STRING NOT NULL,
  loyalty_card_no STRING,
  sold_at         TIMESTAMP NOT NULL,
  units           DECIMAL(10, 3) NOT NULL
)
CLUSTER BY (sold_at, store_id);
