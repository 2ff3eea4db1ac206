-- New bookings; a booking never changes after it was made.
MERGE INTO points.core.bookings AS t
USING (
  SELECT DISTINCT booking_id, card_no, till_id, campaign, points, booked_at
  FROM points.landing.bookings
) AS s
ON t.booking_id = s.booking_id
WHEN NOT MATCHED THEN
  INSERT (booking_id, card_no, till_id, campaign, points, booked_at)
  VALUES (s.booking_id, s.card_no, s.till_id, s.campaign, s.points, s.booked_at);
