-- Days are UTC days throughout; the gateway stamps read_at in UTC.
USE CATALOG IDENTIFIER(:catalog);

INSERT INTO published.daily_levels
REPLACE WHERE basin = :basin AND day = CAST(:day AS DATE)
SELECT g.basin, CAST(:day AS DATE) AS day, l.gauge_id, MIN(l.level_cm) AS low_cm, MAX(l.level_cm) AS high_cm
FROM hydro.levels AS l
JOIN core.gauges AS g ON g.gauge_id = l.gauge_id
WHERE g.basin = :basin
  AND l.read_at >= CAST(:day AS DATE) AND l.read_at < CAST(:day AS DATE) + INTERVAL 1 DAY
GROUP BY g.basin, l.gauge_id;
