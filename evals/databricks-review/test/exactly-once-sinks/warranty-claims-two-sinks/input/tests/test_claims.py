"""The books are the same after a batch that was handed over twice."""

from warranty.claims import ClaimBooks


def test_a_repeated_batch_changes_nothing(spark, catalog, claims):
    books = ClaimBooks(catalog)
    books(claims, 7)
    first = spark.table(f"{catalog}.warranty.claim_lines").collect()
    books(claims, 7)
    assert sorted(spark.table(f"{catalog}.warranty.claim_lines").collect()) == sorted(first)
