CREATE TABLE IF NOT EXISTS points.landing.bookings (
  booking_id STRING NOT NULL,
  card_no STRING NOT NULL,
  till_id INT NOT NULL,
  campaign STRING COMMENT 'NULL outside of campaigns',
  points INT NOT NULL COMMENT 'negative when points are spent',
  booked_at TIMESTAMP NOT NULL,
  received_at TIMESTAMP NOT NULL
) CLUSTER BY (received_at);

CREATE TABLE IF NOT EXISTS points.core.bookings (
  booking_id STRING NOT NULL,
  card_no STRING NOT NULL,
  till_id INT NOT NULL,
  campaign STRING,
  points INT NOT NULL,
  booked_at TIMESTAMP NOT NULL,
  CONSTRAINT bookings_pk PRIMARY KEY (booking_id)
) CLUSTER BY (card_no);

CREATE TABLE IF NOT EXISTS points.core.campaign_totals (
  till_id INT NOT NULL,
  campaign STRING COMMENT 'NULL for bookings outside of campaigns',
  points BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS points.core.cards (
  card_no STRING NOT NULL,
  holder STRING,
  changed_at TIMESTAMP NOT NULL,
  change_no BIGINT NOT NULL,
  CONSTRAINT cards_pk PRIMARY KEY (card_no)
) CLUSTER BY (card_no);

CREATE TABLE IF NOT EXISTS points.landing.card_changes (
  card_no STRING NOT NULL,
  op STRING NOT NULL COMMENT 'upsert or delete',
  holder STRING,
  changed_at TIMESTAMP NOT NULL,
  change_no BIGINT NOT NULL COMMENT 'unique, grows with every change',
  received_at TIMESTAMP NOT NULL
) CLUSTER BY (received_at);

CREATE TABLE IF NOT EXISTS points.core.blocked_cards (
  card_no STRING NOT NULL,
  CONSTRAINT blocked_cards_pk PRIMARY KEY (card_no)
);
