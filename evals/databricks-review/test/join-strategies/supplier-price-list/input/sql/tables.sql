CREATE TABLE IF NOT EXISTS parts.silver.supplier_prices (
  supplier_id INT NOT NULL,
  article_no STRING NOT NULL,
  currency STRING NOT NULL,
  price DECIMAL(14, 4) NOT NULL,
  CONSTRAINT supplier_prices_pk PRIMARY KEY (supplier_id, article_no)
) CLUSTER BY (supplier_id);

CREATE TABLE IF NOT EXISTS parts.silver.rates (
  currency STRING NOT NULL,
  to_eur DECIMAL(18, 8) NOT NULL,
  CONSTRAINT rates_pk PRIMARY KEY (currency)
) COMMENT 'Rates of today, one row for each of 34 currencies';

CREATE TABLE IF NOT EXISTS parts.silver.order_lines (
  order_id BIGINT NOT NULL,
  supplier_id INT NOT NULL,
  article_no STRING NOT NULL,
  ordered_on DATE NOT NULL
) CLUSTER BY (ordered_on) COMMENT '1.9 billion rows in October 2026, 3 million more every day';

CREATE TABLE IF NOT EXISTS parts.gold.price_list (
  supplier_id INT NOT NULL,
  article_no STRING NOT NULL,
  price_eur DECIMAL(14, 4) NOT NULL,
  last_ordered DATE,
  CONSTRAINT price_list_pk PRIMARY KEY (supplier_id, article_no)
) CLUSTER BY (supplier_id, article_no);

CREATE TABLE IF NOT EXISTS parts.gold.gone_articles (
  supplier_id INT NOT NULL,
  article_no STRING NOT NULL,
  gone_on DATE NOT NULL
) CLUSTER BY (gone_on);

CREATE TABLE IF NOT EXISTS parts.gold.supplier_counts (
  supplier_id INT NOT NULL,
  articles BIGINT NOT NULL
);
