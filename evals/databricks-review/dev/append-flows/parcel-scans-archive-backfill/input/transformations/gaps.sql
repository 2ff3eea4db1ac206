CREATE OR REFRESH MATERIALIZED VIEW scan_gaps
COMMENT 'Parcels that left a depot and were not scanned again within two days, as of the refresh'
AS
WITH ordered AS (
  SELECT
    parcel_no,
    depot,
    step,
    scanned_at,
    lead(scanned_at) OVER (PARTITION BY parcel_no ORDER BY scanned_at, scan_id) AS next_at
  FROM scans
  WHERE parcel_no IS NOT NULL
)
SELECT
  parcel_no,
  coalesce(d.depot_name, ordered.depot) AS depot_name,
  scanned_at AS left_at,
  next_at
FROM ordered
LEFT JOIN ${parcels.catalog}.reference.depots AS d
  ON d.depot = ordered.depot
WHERE
  step = 'OUT'
  AND coalesce(next_at, current_timestamp()) > scanned_at + INTERVAL 48 HOURS;
