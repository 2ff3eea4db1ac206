CREATE TABLE IF NOT EXISTS wine.crm.customers (
  customer_id BIGINT NOT NULL,
  email STRING NOT NULL,
  birth_date DATE COMMENT 'unknown for guests',
  CONSTRAINT customers_pk PRIMARY KEY (customer_id)
);

CREATE TABLE IF NOT EXISTS wine.crm.objections (
  objection_id BIGINT NOT NULL,
  customer_id BIGINT COMMENT 'NULL when the letter could not be matched with a customer yet',
  received_on DATE NOT NULL
);

CREATE TABLE IF NOT EXISTS wine.crm.consent (
  customer_id BIGINT NOT NULL,
  state STRING NOT NULL COMMENT 'given or withdrawn',
  CONSTRAINT consent_pk PRIMARY KEY (customer_id)
);

CREATE TABLE IF NOT EXISTS wine.shop.orders (
  order_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  ordered_on DATE NOT NULL,
  total DECIMAL(10, 2) NOT NULL,
  CONSTRAINT orders_pk PRIMARY KEY (order_id)
);

CREATE TABLE IF NOT EXISTS wine.events.tastings (
  tasting_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  held_on DATE NOT NULL,
  paid DECIMAL(10, 2) NOT NULL COMMENT 'for one seat; a customer who books three seats has three rows'
);
