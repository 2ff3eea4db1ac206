from __future__ import annotations

from pyspark.sql import SparkSession

from customer_360 import identity

LINKS = "customer_id STRING, root_id STRING"


def test_customers_that_share_a_key_get_the_smallest_id(spark: SparkSession) -> None:
    customers = spark.createDataFrame(
        [("c-1", "k"), ("c-2", "k"), ("c-3", None)], "customer_id STRING, email_key STRING"
    )
    links = identity.candidate_links(customers, "email_key").orderBy("customer_id").collect()
    assert [(row.customer_id, row.root_id) for row in links] == [("c-1", "c-1"), ("c-2", "c-1")]


def test_roots_are_followed_through_a_chain(spark: SparkSession) -> None:
    links = spark.createDataFrame([("c-1", "c-1"), ("c-2", "c-1"), ("c-3", "c-2")], LINKS)
    roots = {row.customer_id: row.root_id for row in identity.resolve_roots(links).collect()}
    assert roots == {"c-1": "c-1", "c-2": "c-1", "c-3": "c-1"}


def test_linked_customers_are_one_person(spark: SparkSession) -> None:
    roots = spark.createDataFrame([("c-1", "c-1"), ("c-2", "c-1"), ("c-3", "c-3")], LINKS)
    persons = {row.customer_id: row.person_id for row in identity.assign_person_ids(roots).collect()}
    assert persons["c-1"] == persons["c-2"] != persons["c-3"]
