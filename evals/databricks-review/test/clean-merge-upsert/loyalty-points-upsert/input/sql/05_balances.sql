-- What the app shows: the balance of each card after each booking. Card and booking are NOT NULL everywhere.
CREATE OR REPLACE TABLE points.serving.card_balances
CLUSTER BY (card_no)
AS
SELECT
  b.card_no,
  b.booking_id,
  b.booked_at,
  b.points,
  sum(b.points) OVER (PARTITION BY b.card_no ORDER BY b.booked_at, b.booking_id) AS balance
FROM points.core.bookings AS b
WHERE b.card_no NOT IN (SELECT card_no FROM points.core.blocked_cards);

-- Cards of which a booking or a change came in since the run before, with room for a late run; the app forgets what it knows about them.
CREATE OR REPLACE TABLE points.serving.stale_cards AS
SELECT card_no FROM points.landing.bookings WHERE received_at >= current_timestamp() - INTERVAL 3 HOURS
UNION
SELECT card_no FROM points.landing.card_changes WHERE received_at >= current_timestamp() - INTERVAL 3 HOURS;

-- One line for the monitor.
CREATE OR REPLACE VIEW points.serving.monitor AS
SELECT
  t.bookings,
  c.cards,
  try_divide(t.bookings, c.cards) AS bookings_per_card
FROM (SELECT count(*) AS bookings FROM points.core.bookings) AS t
CROSS JOIN (SELECT count(*) AS cards FROM points.core.cards) AS c;
