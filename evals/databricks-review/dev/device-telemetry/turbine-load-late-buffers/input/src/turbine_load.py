"""Script of the job."""

import argparse

from pyspark.sql import SparkSession

from turbine.load import start

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--catalog", required=True)
    parser.add_argument("--pager-url", required=True)
    options = parser.parse_args()
    start(SparkSession.builder.getOrCreate(), options.catalog, options.pager_url)
