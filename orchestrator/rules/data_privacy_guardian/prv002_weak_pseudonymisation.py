"""Personal data is replaced by a plain hash, from which it can be found again.

What: md5, sha1, sha2, xxhash64, crc32 or hash of one e-mail address, telephone number, government number, payment
number, date of birth or name, alone and without a key, written in place of the column or under a name that promises
protection (`email_hash`, `phone_masked`, `ssn_token`), or returned by a masking function.

Why: there are few telephone and government numbers, and lists of e-mail addresses are for sale: who has the table
hashes all candidates and compares. It stays personal data under the GDPR, while the name of the column says that it
is not.

Severity: high; medium for names and e-mail addresses under SHA-2, which cost an attacker a list.

Silent when: something is hashed along with the value, such as a salt, a key or another column; the hash is for
comparing rows, joining, partitioning or a surrogate key by its name (`row_hash`, `hash_diff`, `customer_key`); the
file is about advertisers' lists, whose format this is; the file is a test, a demo or a generator.

Source: Article 29 Working Party, opinion 05/2014 on anonymisation; FTC, "No, hashing still doesn't make your data
anonymous"; Databricks SQL reference, aes_encrypt and mask.

Bad::

    from pyspark.sql import functions as F

    customers = spark.table("main.silver.customers").withColumn("ssn", F.sha2(F.col("ssn"), 256))

Bad: normalised, and under a name that promises::

    from pyspark.sql import functions as F

    safe = frame.select("customer_id", F.md5(F.lower(F.trim("email"))).alias("email_hash"))
    other = frame.withColumns({"phone_masked": F.sha1(frame.phone_number)})

Bad: in SQL::

    # file: src/gold.sql
    CREATE OR REPLACE TABLE main.gold.members AS
    SELECT member_id, sha2(lower(email), 256) AS email_hash, md5(phone) AS phone FROM main.silver.members;

Bad: in a mask::

    # file: src/mask.sql
    CREATE FUNCTION main.gov.mask_ssn(ssn STRING) RETURNS STRING
    RETURN CASE WHEN is_account_group_member('hr') THEN ssn ELSE sha2(ssn, 256) END;

Good: with a key::

    from pyspark.sql import functions as F

    key = dbutils.secrets.get("crm", "hash-key")
    frame.withColumn("email_hash", F.sha2(F.concat(F.lit(key), F.col("email")), 256))
    frame.withColumn("ssn", F.sha2(F.concat_ws("|", "ssn", "salt"), 256))

Good: with a key in SQL::

    # file: src/gold.sql
    SELECT sha2(concat(secret('crm', 'hash-key'), email), 256) AS email_hash FROM main.silver.members;

Good: a hash to compare, join or partition by::

    from pyspark.sql import functions as F

    frame.withColumn("row_hash", F.md5("email")).withColumn("customer_key", F.sha2("email", 256))
    frame.withColumn("bucket", F.hash("email") % 16)

Good: no data of a person::

    from pyspark.sql import functions as F

    frame.withColumn("sku_hash", F.md5("sku")).withColumn("email_template_hash", F.md5("email_template"))

Good: lists for advertisers::

    from pyspark.sql import functions as F

    # Customer Match takes addresses as SHA-256.
    upload = frame.select(F.sha2(F.lower("email"), 256).alias("hashed_email"))

Good: a test::

    # file: tests/test_hash.py
    from pyspark.sql import functions as F

    frame.withColumn("email_hash", F.md5("email"))
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.personal import personal_kind
from orchestrator.code.roles import Role
from orchestrator.rules.data_privacy_guardian._hashes import HASHES, hashed_column, is_pseudonym, new_name
from orchestrator.rules.data_privacy_guardian._sql_hashes import hashes_in_sql
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile
    from orchestrator.code.source import SourceFile
    from orchestrator.code.sql import SqlUnit
    from orchestrator.types import Location

RULE = Rule(
    id="PRV002",
    name="weak-pseudonymisation",
    severity=Severity.HIGH,
    default=True,
    references=(
        "https://www.ftc.gov/policy/advocacy-research/tech-at-ftc/2024/07/no-hashing-still-doesnt-make-your-data-anonymous",
    ),
)
_PLAY = frozenset({Role.TEST, Role.DEMO, Role.GENERATOR})
_ADVERTISING = re.compile(
    r"customer.?match|custom.?audience|conversions?.api|google.?ads|facebook|tiktok|liveramp|uid2|gravatar",
    re.IGNORECASE,
)
_LONG_LISTS = frozenset({"an e-mail address", "a name"})


@RULE.on_python
def check_python(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every plain hash of a personal column that takes the column's place."""
    if not file.imports_any("pyspark"):
        return
    for call in file.calls_named(*sorted(HASHES)):
        column = hashed_column(file, call)
        written = new_name(file, call) if column is not None else None
        if column is not None and written is not None and is_pseudonym(written, column):
            if _is_other_use(file.source, facts):
                return
            yield _hit(file.call_location(call), call.name, column, written)


@RULE.on_sql
def check_sql(unit: SqlUnit, facts: Facts) -> Iterator[Hit]:
    """Every plain hash of a personal column in a SELECT or in a masking function."""
    for found in hashes_in_sql(unit):
        if _is_other_use(unit.source, facts):
            return
        if is_pseudonym(found.written, found.column):
            yield _hit(unit.location(found.start, found.end), found.function, found.column, found.written)


def _is_other_use(source: SourceFile, facts: Facts) -> bool:
    """Whether nobody is protected here: play data, or a format in which advertisers compare lists."""
    return facts.role(source.path) in _PLAY or _ADVERTISING.search(source.text) is not None


def _hit(location: Location, function: str, column: str, written: str) -> Hit:
    kind = personal_kind(column) or ""
    eased = function == "sha2" and kind in _LONG_LISTS
    return Hit(
        location=location,
        message=f"`{written}` is a plain {function} of {kind}, so whoever hashes a list of candidates finds `{column}` "
        "again; hash it with a key from a secret scope, or drop it",
        severity=Severity.MEDIUM if eased else Severity.HIGH,
    )
