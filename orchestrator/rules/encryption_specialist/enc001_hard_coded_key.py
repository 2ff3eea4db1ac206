"""A cipher's or signature's key is a literal in the code.

What: `aes_encrypt`, `aes_decrypt` and `try_aes_decrypt` in SQL or PySpark, `Fernet`, a cipher of PyCryptodome or of
`cryptography`, and `hmac.new`, whose key is a text or bytes written in the code.

Why: who may read the repository, now or later, can read what was encrypted or forge what was signed, and the key
cannot be changed without writing all data anew. Encryption with a published key is storage in clear with extra steps.

Silent when: the key comes from `secret('scope', 'key')`, `dbutils.secrets`, the environment, a column or a parameter;
it is a stand-in such as `<key>`, or shorter than sixteen characters, which no AES key is and which in an HMAC is
mostly a label; the file is a test, a demo or a generator of synthetic data.

Source: Databricks SQL reference, aes_encrypt and secret; CWE-321.

Bad: in SQL::

    # file: src/protect.sql
    SELECT customer_id, base64(aes_encrypt(iban, 'k8Jw2pQz6vLr0TnX', 'GCM')) AS iban FROM main.silver.accounts;

Bad: a constant of the module::

    from pyspark.sql import functions as F

    KEY = "k8Jw2pQz6vLr0TnX"

    def protect(frame):
        return frame.withColumn("iban", F.base64(F.aes_encrypt(F.col("iban"), F.lit(KEY))))

Bad: within an SQL text::

    KEY = "k8Jw2pQz6vLr0TnX"
    spark.sql(f"SELECT aes_decrypt(unbase64(iban), '{KEY}') AS iban FROM main.silver.accounts")

Bad: decoded from hexadecimal::

    # file: src/protect.sql
    SELECT aes_encrypt(iban, unhex('6b384a773270517a36764c7230546e58')) AS iban FROM main.silver.accounts;

Bad: within an expression::

    from pyspark.sql import functions as F

    def protect(frame):
        return frame.withColumn("iban", F.expr("base64(aes_encrypt(iban, 'k8Jw2pQz6vLr0TnX', 'GCM'))"))

Bad: other libraries::

    import hmac
    from cryptography.fernet import Fernet

    box = Fernet(b"Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=")
    signature = hmac.new("k8Jw2pQz6vLr0TnX".encode(), b"message", "sha256").hexdigest()

Good::

    # file: src/protect.sql
    SELECT base64(aes_encrypt(iban, secret('crm', 'iban-key'))) AS iban FROM main.silver.accounts;

Good: read at run time::

    from cryptography.fernet import Fernet
    from pyspark.sql import functions as F

    key = dbutils.secrets.get("crm", "iban-key")
    box = Fernet(key)
    protected = frame.withColumn("iban", F.aes_encrypt(F.col("iban"), F.lit(key)))
    spark.sql(f"SELECT aes_encrypt(iban, '{key}') FROM main.silver.accounts")
    other = frame.selectExpr("aes_encrypt(iban, secret('crm', 'iban-key')) AS iban", f"aes_encrypt(bic, '{key}')")

Good: a stand-in, a column and a parameter::

    # file: src/protect.sql
    SELECT aes_encrypt(iban, '<your-key-your-key>'), aes_encrypt(iban, row_key), aes_encrypt(iban, :key)
    FROM main.silver.accounts;

Good: a test::

    # file: tests/test_box.py
    from cryptography.fernet import Fernet

    box = Fernet(b"Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=")
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.rules.encryption_specialist._functions import aes_calls, literal_argument
from orchestrator.rules.encryption_specialist._keys import expression_keys, is_key, keyed_calls, literal_key
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile
    from orchestrator.code.sql import SqlUnit
    from orchestrator.types import Location

RULE = Rule(
    id="ENC001",
    name="hard-coded-key",
    severity=Severity.CRITICAL,
    default=True,
    references=(
        "https://docs.databricks.com/aws/en/sql/language-manual/functions/aes_encrypt",
        "https://cwe.mitre.org/data/definitions/321.html",
    ),
)
_PLAY = frozenset({Role.TEST, Role.DEMO, Role.GENERATOR})


@RULE.on_sql
def check_sql(unit: SqlUnit, facts: Facts) -> Iterator[Hit]:
    """Every literal key of an AES function."""
    for call in aes_calls(unit):
        if facts.role(unit.path) in _PLAY:
            return
        key = literal_argument(unit, facts, call, 1)
        if key is not None and is_key(key):
            yield _hit(unit.location(call.start, call.end), f"`{call.name}`", key)


@RULE.on_python
def check_expressions(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every literal key of an AES function in an SQL expression, as `expr` and `selectExpr` take it."""
    if "aes_" not in file.source.text or facts.role(file.path) in _PLAY:
        return
    for argument in (given for call in file.calls_named("expr", "selectExpr") for given in call.node.args):
        for key in filter(is_key, expression_keys(file, argument)):
            yield _hit(file.location(argument), "an AES function", key)


@RULE.on_python
def check_python(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every literal key of a cipher or a signature."""
    if facts.role(file.path) in _PLAY:
        return
    for call, given, made in keyed_calls(file):
        key = literal_key(file, given)
        if key is not None and is_key(key):
            text = key.decode("latin-1") if isinstance(key, bytes) else key
            yield _hit(file.call_location(call), made, text)


def _hit(location: Location, made: str, key: str) -> Hit:
    return Hit(
        location=location,
        message=f"the key of {made} is a literal, so everyone who can read this file can read or forge "
        "what it protects: make a new key, keep it in a secret scope and encrypt the data again",
        redact=(key,),
    )
