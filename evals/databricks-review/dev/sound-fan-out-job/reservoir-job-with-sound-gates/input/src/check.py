# Databricks notebook source
catalog = dbutils.widgets.get("catalog")
basin = dbutils.widgets.get("basin")
day = dbutils.widgets.get("day")

row = spark.sql(
    """
    SELECT COUNT(DISTINCT l.gauge_id) AS seen, COUNT_IF(l.level_cm < -50) AS impossible
    FROM IDENTIFIER(:levels) AS l JOIN IDENTIFIER(:gauges) AS g ON g.gauge_id = l.gauge_id
    WHERE g.basin = :basin AND l.read_at >= CAST(:day AS DATE) AND l.read_at < CAST(:day AS DATE) + INTERVAL 1 DAY
    """,
    args={"levels": f"{catalog}.hydro.levels", "gauges": f"{catalog}.core.gauges", "basin": basin, "day": day},
).first()

if row.seen == 0 or row.impossible > 0:
    raise RuntimeError(f"{basin} {day}: {row.seen} gauges reported, {row.impossible} impossible levels")
