"""The nightly step, which a setting can leave out."""

import logging
import os
@@IMPORTS@@
from pyspark.sql import SparkSession

log = logging.getLogger(__name__)


def nightly(spark: SparkSession) -> bool:
    """Whether the step was done."""
    if os.environ.get("SHOP_NIGHTLY", "on") == "on":
        log.info("nightly step begins")
        @@HERE@@
        return True
    log.info("nightly step left out")
    return False
