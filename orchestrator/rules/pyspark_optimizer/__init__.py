"""Rules of the specialist `pyspark-optimizer`."""
