-- The newest change of each card. A deleted card is removed; a change that is older than the card is left out.
MERGE INTO points.core.cards AS t
USING (
  SELECT card_no, op, holder, changed_at, change_no
  FROM points.landing.card_changes
  QUALIFY row_number() OVER (PARTITION BY card_no ORDER BY change_no DESC) = 1
) AS s
ON t.card_no = s.card_no
WHEN MATCHED AND s.op = 'delete' AND s.change_no > t.change_no THEN
  DELETE
WHEN MATCHED AND s.op = 'upsert' AND s.change_no > t.change_no THEN
  UPDATE SET holder = s.holder, changed_at = s.changed_at, change_no = s.change_no
WHEN NOT MATCHED AND s.op = 'upsert' THEN
  INSERT (card_no, holder, changed_at, change_no)
  VALUES (s.card_no, s.holder, s.changed_at, s.change_no);
