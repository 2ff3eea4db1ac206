"""Script task: mirror first, then the region counts."""

import sys

from pyspark.sql import SparkSession

from mirror import regions
from mirror.contacts import ContactMirror

if __name__ == "__main__":
    catalog = sys.argv[1]
    session = SparkSession.builder.getOrCreate()
    ContactMirror(session, catalog).run()
    regions.run(session, catalog)
