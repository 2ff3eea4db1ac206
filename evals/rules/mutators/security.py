"""Defects of security: credentials in code, queries that a caller can change, secrets shown, keys and ciphers."""

import hashlib

from planting import Mutator, edits


def _drawn(seed: str, length: int, alphabet: str = "0123456789abcdef") -> str:
    """Characters that look drawn at random and are nobody's secret."""
    digest = hashlib.sha512(f"planted {seed}".encode()).digest() * 4
    return "".join(alphabet[byte % len(alphabet)] for byte in digest[:length])


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_DATABRICKS = "dapi" + _drawn("databricks", 32)
_AWS = "AKIA" + _drawn("aws", 16, _UPPER)
_GITHUB = "ghp_" + _drawn("github", 36, _LETTERS)
_AZURE = _drawn("azure", 86, _LETTERS) + "=="

_TOKEN = """
import requests

token = dbutils.secrets.get("shop", "token")
requests.get("https://adb-1.azuredatabricks.net/api/2.1/jobs/list", headers={"Authorization": f"Bearer {token}"}, timeout=30)
"""

_QUERY = """
dbutils.widgets.text("customer", "")
customer = dbutils.widgets.get("customer")
rows = spark.sql("SELECT * FROM main.silver.orders WHERE customer = :customer", args={"customer": customer})§
"""

_SECRET = """
import logging

log = logging.getLogger("shop")
password = dbutils.secrets.get(scope="shop", key="warehouse")
log.info("password of %d characters read", len(password))
"""

_JDBC = """
password = dbutils.secrets.get("shop", "warehouse")
orders = (
    spark.read.format("jdbc")
    .option("url", "jdbc:postgresql://db.shop.internal:5432/orders")
    .option("user", "reader")
    .option("password", password)§
    .option("dbtable", "public.orders")
    .load()
)
orders.write.mode("overwrite").saveAsTable("main.bronze.orders")
"""

MUTATORS = (
    Mutator(
        rule="SEC001",
        kind="python",
        clean=_TOKEN,
        edits=edits(
            ("a Databricks token in a variable", 'dbutils.secrets.get("shop", "token")', f'"{_DATABRICKS}"'),
            ("a Databricks token in a header", "{token}", _DATABRICKS),
            (
                "a token in a comment",
                "import requests\n",
                f"import requests\n\nlimit = 10  # old token: {_DATABRICKS}\n",
            ),
            ("a GitHub token", 'dbutils.secrets.get("shop", "token")', f"'{_GITHUB}'"),
            (
                "an AWS key as a setting",
                'dbutils.secrets.get("shop", "token")',
                f'"x"\nspark.conf.set("fs.s3a.access.key", "{_AWS}")',
            ),
            (
                "an Azure storage key",
                'dbutils.secrets.get("shop", "token")',
                f'"x"\nconnection = "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={_AZURE}"',
            ),
        ),
    ),
    Mutator(
        rule="SEC001",
        kind="project",
        clean="""
# file: databricks.yml
bundle: {name: shop}
resources:
  jobs:
    load:
      tasks:
        - task_key: load
          new_cluster:
            spark_env_vars:
              API_TOKEN: "{{secrets/shop/token}}"
# file: .github/workflows/deploy.yml
jobs:
  deploy:
    env:
      DATABRICKS_TOKEN: ${{ secrets.TOKEN }}
# file: sql/setup.sql
CREATE CONNECTION shop TYPE databricks OPTIONS (host 'h', personalAccessToken secret('shop', 'token'));
""",
        edits=edits(
            ("a token in a bundle", '"{{secrets/shop/token}}"', _DATABRICKS),
            ("a token in a workflow", "${{ secrets.TOKEN }}", _DATABRICKS),
            ("a token in SQL", "secret('shop', 'token')", f"'{_DATABRICKS}'"),
        ),
    ),
    Mutator(
        rule="SEC002",
        kind="python",
        clean=_QUERY,
        edits=edits(
            (
                "an f-string",
                '"SELECT * FROM main.silver.orders WHERE customer = :customer", args={"customer": customer}',
                "f\"SELECT * FROM main.silver.orders WHERE customer = '{customer}'\"",
            ),
            (
                "concatenation",
                '"SELECT * FROM main.silver.orders WHERE customer = :customer", args={"customer": customer}',
                '"SELECT * FROM main.silver.orders WHERE customer = \'" + customer + "\'"',
            ),
            (
                "str.format",
                '"SELECT * FROM main.silver.orders WHERE customer = :customer", args={"customer": customer}',
                "\"SELECT * FROM main.silver.orders WHERE customer = '{}'\".format(customer)",
            ),
            (
                "percent formatting",
                '"SELECT * FROM main.silver.orders WHERE customer = :customer", args={"customer": customer}',
                "\"SELECT * FROM main.silver.orders WHERE customer = '%s'\" % customer",
            ),
            (
                "a query in a variable",
                'rows = spark.sql("SELECT * FROM main.silver.orders WHERE customer = :customer", args={"customer": customer})',
                "query = f\"DELETE FROM main.silver.orders WHERE customer = '{customer}'\"\nspark.sql(query)",
            ),
            (
                "LIKE",
                '"SELECT * FROM main.silver.orders WHERE customer = :customer", args={"customer": customer}',
                "f\"SELECT * FROM main.silver.orders WHERE customer LIKE '%{customer}%'\"",
            ),
            (
                "a number's place",
                '"SELECT * FROM main.silver.orders WHERE customer = :customer", args={"customer": customer}',
                'f"SELECT * FROM main.silver.orders WHERE customer_no = {customer}"',
            ),
        ),
    ),
    Mutator(
        rule="SEC002",
        kind="python",
        clean="""
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--customer")
given = parser.parse_args()
spark.sql("DELETE FROM main.silver.orders WHERE customer = :customer", args={"customer": given.customer})
""",
        edits=edits(
            (
                "an argument of the command line",
                '"DELETE FROM main.silver.orders WHERE customer = :customer", args={"customer": given.customer}',
                "f\"DELETE FROM main.silver.orders WHERE customer = '{given.customer}'\"",
            ),
        ),
    ),
    Mutator(
        rule="SEC003",
        kind="python",
        clean=_SECRET,
        edits=edits(
            ("printed", 'log.info("password of %d characters read", len(password))', "print(password)"),
            (
                "printed in an f-string",
                'log.info("password of %d characters read", len(password))',
                'print(f"connecting with {password}")',
            ),
            ("logged as an argument", "len(password)", "password"),
            ("displayed", 'log.info("password of %d characters read", len(password))', "display(password)"),
            (
                "given as the notebook's result",
                'log.info("password of %d characters read", len(password))',
                "dbutils.notebook.exit(password)",
            ),
            (
                "in an exception",
                'log.info("password of %d characters read", len(password))',
                'raise ValueError("bad password: " + password)',
            ),
            (
                "printed through an address",
                'log.info("password of %d characters read", len(password))',
                'url = f"jdbc:postgresql://db/orders?password={password}"\nprint("connecting to", url)',
            ),
            (
                "printed character by character",
                'log.info("password of %d characters read", len(password))',
                'for character in password:\n    print(character, end=" ")§',
            ),
        ),
    ),
    Mutator(
        rule="SEC005",
        kind="python",
        clean=_JDBC,
        edits=edits(
            ("a password as an option", '.option("password", password)§', '.option("password", "Kx7!vPq92mTz")'),
            ("a password in a variable", 'dbutils.secrets.get("shop", "warehouse")', '"Kx7!vPq92mTz"'),
            ("a password in the address", '5432/orders"', '5432/orders?user=reader&password=Kx7vPq92mTz"'),
            (
                "a password among options",
                '.option("password", password)§',
                '.options(password="Kx7!vPq92mTz", fetchsize="1000")',
            ),
            (
                "a storage key as a setting",
                'password = dbutils.secrets.get("shop", "warehouse")\n',
                f'password = dbutils.secrets.get("shop", "warehouse")\nspark.conf.set("fs.azure.account.key.shop.dfs.core.windows.net", "{_AZURE}")\n',
            ),
        ),
    ),
    Mutator(
        rule="SEC005",
        kind="project",
        clean="""
# file: databricks.yml
bundle: {name: shop}
resources:
  jobs:
    load:
      job_clusters:
        - job_cluster_key: main
          new_cluster:
            spark_env_vars: {DB_PASSWORD: "{{secrets/shop/db}}", REGION: eu}
            spark_conf:
              spark.hadoop.javax.jdo.option.ConnectionPassword: "{{secrets/shop/meta}}"
""",
        edits=edits(
            ("an environment variable of a bundle", '"{{secrets/shop/db}}"', "Kx7vPq92mTz"),
            ("a Spark setting of a bundle", '"{{secrets/shop/meta}}"', "Kx7vPq92mTz"),
        ),
    ),
    Mutator(
        rule="ENC001",
        kind="sql",
        clean="CREATE OR REPLACE TABLE main.silver.cards AS SELECT id, aes_encrypt(number, secret('shop', 'card-key')) AS number FROM main.bronze.cards;",
        edits=edits(
            ("a key in SQL", "secret('shop', 'card-key')", "'q8Zr2LmT0vXc5NbY'"),
            ("a key in SQL, in hexadecimal", "secret('shop', 'card-key')", "unhex('a91f3c77d2e84b60915c3de7f04ab812')"),
            ("a key in SQL with a mode", "secret('shop', 'card-key')", "'q8Zr2LmT0vXc5NbY', 'GCM'"),
        ),
    ),
    Mutator(
        rule="ENC001",
        kind="python",
        clean="""
from pyspark.sql import functions as F
from cryptography.fernet import Fernet

key = dbutils.secrets.get("shop", "card-key")
box = Fernet(key)§
cards = spark.read.table("main.bronze.cards").withColumn("number", F.expr("aes_encrypt(number, secret('shop', 'card-key'))"))
""",
        edits=edits(
            (
                "a Fernet key in a variable",
                'dbutils.secrets.get("shop", "card-key")',
                'b"3q2-7wXyZk1pQv8sTn5uLb0rGc6hJd4fMa9eOi2xYwE="',
            ),
            ("a key in an expression", "secret('shop', 'card-key')", "'q8Zr2LmT0vXc5NbY'"),
            (
                "a key in a column function",
                "F.expr(\"aes_encrypt(number, secret('shop', 'card-key'))\")",
                'F.aes_encrypt("number", F.lit("q8Zr2LmT0vXc5NbY"))',
            ),
            (
                "an HMAC key",
                "box = Fernet(key)§",
                'import hmac\nbox = hmac.new(b"q8Zr2LmT0vXc5NbYq8Zr", b"x", "sha256")',
            ),
        ),
    ),
    Mutator(
        rule="ENC002",
        kind="sql",
        clean="CREATE OR REPLACE TABLE main.silver.cards AS SELECT id, aes_encrypt(number, secret('shop', 'k'), 'GCM') AS number FROM main.bronze.cards;",
        edits=edits(
            ("ECB in SQL", "'GCM'", "'ECB'"),
            ("ECB with padding, in lower case", "'GCM'", "'ecb', 'PKCS'"),
            ("a literal iv in SQL", "'GCM'", "'CBC', 'PKCS', '0123456789abcdef'"),
        ),
    ),
    Mutator(
        rule="ENC002",
        kind="python",
        clean="""
import os
from Crypto.Cipher import AES, ARC4, DES3

def seal(key, data):
    iv = os.urandom(16)
    cipher = AES.new(key, AES.MODE_CBC, iv)§
    return iv + cipher.encrypt(data)
""",
        into=("script", "notebook", "jupyter", "function"),
        edits=edits(
            ("ECB", "AES.new(key, AES.MODE_CBC, iv)", "AES.new(key, AES.MODE_ECB)"),
            ("a literal iv in a variable", "os.urandom(16)", 'b"0123456789abcdef"'),
            ("an iv of noughts", "os.urandom(16)", "bytes(16)"),
            ("triple DES", "AES.new(key, AES.MODE_CBC, iv)", "DES3.new(key, DES3.MODE_CBC, iv)"),
            ("RC4", "AES.new(key, AES.MODE_CBC, iv)", "ARC4.new(key)"),
        ),
    ),
)
