CREATE TABLE IF NOT EXISTS trade.ledger.entries (
  entry_id BIGINT NOT NULL COMMENT 'grows with every posting',
  account STRING NOT NULL,
  posting_date DATE NOT NULL COMMENT 'an account has many postings a day',
  currency STRING NOT NULL,
  amount DECIMAL(18, 2) NOT NULL COMMENT 'in currency; credit positive, debit negative',
  CONSTRAINT entries_pk PRIMARY KEY (entry_id)
) CLUSTER BY (account, posting_date);

-- Rates of the central bank, published on working days only. One row for a currency and day.
CREATE TABLE IF NOT EXISTS trade.ledger.rates (
  currency STRING NOT NULL,
  rate_date DATE NOT NULL,
  to_eur DECIMAL(18, 8) NOT NULL,
  CONSTRAINT rates_pk PRIMARY KEY (currency, rate_date)
) CLUSTER BY (currency, rate_date);

CREATE TABLE IF NOT EXISTS trade.ledger.entries_eur (
  entry_id BIGINT NOT NULL,
  account STRING NOT NULL,
  posting_date DATE NOT NULL,
  amount_eur DECIMAL(18, 2) NOT NULL COMMENT 'reconciled with the bank statements to the cent',
  CONSTRAINT entries_eur_pk PRIMARY KEY (entry_id)
) CLUSTER BY (account, posting_date);

CREATE TABLE IF NOT EXISTS trade.sales.daily (
  sold_on DATE NOT NULL,
  product_line STRING NOT NULL,
  revenue DECIMAL(18, 2) NOT NULL COMMENT '0 on days on which only samples left the warehouse',
  cost DECIMAL(18, 2) NOT NULL,
  CONSTRAINT daily_pk PRIMARY KEY (sold_on, product_line)
) CLUSTER BY (sold_on);
