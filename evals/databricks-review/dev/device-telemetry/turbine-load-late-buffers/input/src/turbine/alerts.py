"""Alerts to the pager of the control room."""

import json
from urllib.request import Request, urlopen

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

LIMIT_CELSIUS = 95
MOST_ALERTS = 200


def send_hot_bearings(hours: DataFrame, pager_url: str) -> None:
    """Send one event for each turbine hour above the limit."""
    hot = hours.where(F.col("max_bearing_celsius") > LIMIT_CELSIUS).orderBy(F.desc("max_bearing_celsius"))
    for row in hot.limit(MOST_ALERTS).collect():
        event = {
            "dedup_key": f"{row.turbine_id}/{row.hour:%Y%m%d%H}",
            "summary": f"bearing of {row.turbine_id} at {row.max_bearing_celsius} degrees",
        }
        request = Request(pager_url, data=json.dumps(event).encode(), headers={"Content-Type": "application/json"})
        with urlopen(request, timeout=10) as answer:
            answer.read()
