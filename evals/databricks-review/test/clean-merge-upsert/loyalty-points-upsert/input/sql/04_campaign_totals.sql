-- Points by till and campaign, from all bookings; a till that has no bookings any more leaves the table.
MERGE INTO points.core.campaign_totals AS t
USING (
  SELECT till_id, campaign, sum(points) AS points
  FROM points.core.bookings
  GROUP BY till_id, campaign
) AS s
ON t.till_id = s.till_id AND t.campaign <=> s.campaign
WHEN MATCHED AND t.points <> s.points THEN
  UPDATE SET points = s.points
WHEN NOT MATCHED THEN
  INSERT (till_id, campaign, points)
  VALUES (s.till_id, s.campaign, s.points)
WHEN NOT MATCHED BY SOURCE THEN
  DELETE;
