"""Feature columns of the forecast; `day` is always the day whose quantity is predicted."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

LEAD_DAYS = 7
HORIZON = LEAD_DAYS + 1  # in the morning the newest known day is yesterday
FEATURES = ["weekday", "month", "is_holiday", "lag_8", "lag_14", "lag_28", "level", "weekly_mean", "rain_mm"]


def with_history(sales: DataFrame, holidays: DataFrame) -> DataFrame:
    """Adds calendar, lags and levels; nothing later than `day` minus the horizon may enter."""
    series = Window.partitionBy("shop_id", "product_id").orderBy("day")
    lagged = [F.lag("quantity", days).over(series).alias(f"lag_{days}") for days in (8, 14, 28)]
    level = F.avg("quantity").over(series.rowsBetween(-HORIZON - 27, -HORIZON)).alias("level")
    weekly = F.avg("quantity").over(series.rowsBetween(-3, 3)).alias("weekly_mean")
    return (
        sales.select("*", *lagged, level, weekly)
        .join(F.broadcast(holidays.select("day", F.lit(1).alias("is_holiday"))), "day", "left")
        .fillna(0, subset=["is_holiday"])
        .withColumns({"weekday": F.dayofweek("day"), "month": F.month("day")})
    )
