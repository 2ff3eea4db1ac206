CREATE TABLE IF NOT EXISTS retail.sales.stores (
  store_id INT NOT NULL,
  country STRING NOT NULL,
  time_zone STRING NOT NULL COMMENT 'IANA name, for instance Europe/Helsinki',
  CONSTRAINT stores_pk PRIMARY KEY (store_id)
) COMMENT 'About 400 stores';

CREATE TABLE IF NOT EXISTS retail.sales.order_lines (
  order_id BIGINT NOT NULL,
  line_no INT NOT NULL,
  store_id INT NOT NULL,
  ordered_at TIMESTAMP NOT NULL,
  sku STRING NOT NULL,
  line_amount DECIMAL(12, 2) NOT NULL COMMENT 'EUR, VAT included',
  CONSTRAINT order_lines_pk PRIMARY KEY (order_id, line_no)
) CLUSTER BY (ordered_at);

CREATE TABLE IF NOT EXISTS retail.sales.payments (
  payment_id STRING NOT NULL,
  order_id BIGINT NOT NULL,
  method STRING NOT NULL COMMENT 'card, cash, voucher; a customer may pay one order with several',
  captured_amount DECIMAL(12, 2) NOT NULL COMMENT '0 until the capture is confirmed',
  CONSTRAINT payments_pk PRIMARY KEY (payment_id)
) CLUSTER BY (order_id);

CREATE TABLE IF NOT EXISTS retail.sales.refunds (
  order_id BIGINT NOT NULL,
  line_no INT NOT NULL,
  refund_amount DECIMAL(12, 2) NOT NULL,
  CONSTRAINT refunds_pk PRIMARY KEY (order_id, line_no)
) COMMENT 'Only lines that were given back, about 3 % of all';

CREATE TABLE IF NOT EXISTS retail.finance.daily_revenue (
  store_id INT NOT NULL,
  business_date DATE NOT NULL,
  gross DECIMAL(22, 2) NOT NULL,
  net DECIMAL(23, 2),
  CONSTRAINT daily_revenue_pk PRIMARY KEY (store_id, business_date)
) CLUSTER BY (business_date);
