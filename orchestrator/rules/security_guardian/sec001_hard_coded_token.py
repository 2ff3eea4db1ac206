"""A token or key stands in the code.

What: a literal with the form that an issuer gives its credentials (Databricks, AWS, Azure storage, Entra, GitHub,
GitLab, Slack, Google, PyPI, Stripe, model providers, private keys), in code, configuration, SQL or a comment.

Why: everyone who may read the repository, now or later, can act as the token's owner, and its history keeps the value
after the line is gone. The credential must be revoked and replaced; reports show only its first four characters.

Silent when: the value is a placeholder (zeros, `xxxx`, `EXAMPLE`, an alphabet, a repeated piece), its characters are
too regular to have been drawn at random, or the file is a test, where made-up tokens are data. A digest, an id or any
other random text without an issuer's prefix is never reported: nothing tells it from a secret.

Source: Databricks documentation, secret management and personal access tokens; CWE-798.

Bad::

    import requests

    requests.get(
        "https://dbc-0000.cloud.databricks.com/api/2.2/jobs/list",
        headers={"Authorization": "Bearer dapi7c1f0e93ab52d84616e0f9b2c35d8a4e"},
    )

Bad: in a comment it is as public as in code::

    # old token, still works: dkea7c1f0e93ab52d84616e0f9b2c35d8a4e
    token = dbutils.secrets.get("ops", "token")

Bad: in configuration::

    # file: conf/loader.yml
    bus:
      policy: reader
      connection: SharedAccessKey=x9PqT4vL0aZrW8nYbK2dMfUeHsJc7GiO1RtXwQy5B6E=

Bad: in SQL::

    # file: sql/share.sql
    CREATE CONNECTION crm TYPE databricks
    OPTIONS (host 'crm.example.com', personalAccessToken 'dapi7c1f0e93ab52d84616e0f9b2c35d8a4e');

Good::

    headers = {"Authorization": f"Bearer {dbutils.secrets.get('ops', 'jobs-token')}"}

Good: placeholders::

    TOKEN = "dapi00000000000000000000000000000000"
    OTHER = "dapi0123456789abcdef0123456789abcdef"
    SHOWN = "dapiXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"
    KEY = "AKIAIOSFODNN7EXAMPLE"

Good: random text that no issuer's form makes a credential::

    COMMIT = "7c1f0e93ab52d84616e0f9b2c35d8a4e11aa22bb"
    WAREHOUSE = "7c1f0e93ab52d846"
    URL = "https://dbc-7c1f0e93-ab52.cloud.databricks.com"

Good: data of a test::

    # file: tests/test_redaction.py
    def test_token_is_hidden():
        assert hide("dapi7c1f0e93ab52d84616e0f9b2c35d8a4e") == "dapi..."
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.code.secrets import Secret, find_secrets
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.source import SourceFile

RULE = Rule(
    id="SEC001",
    name="hard-coded-token",
    severity=Severity.CRITICAL,
    default=True,
    references=(
        "https://docs.databricks.com/aws/en/security/secrets/",
        "https://cwe.mitre.org/data/definitions/798.html",
    ),
)
_LINES = 10
"""How many lines of a private key the finding spans at most."""


@RULE.on_text
def check(source: SourceFile, facts: Facts) -> Iterator[Hit]:
    """Every credential that stands in a file which is no test."""
    parsed = facts.project.python_by_path.get(source.path)
    placed = parsed.source if parsed is not None else source
    for secret in find_secrets(source.text):
        if facts.role(source.path) is Role.TEST:
            return
        line, column = _place(source.text, secret.start)
        last, end = _place(source.text, secret.end)
        last, end_column = (last, end) if last < line + _LINES else (line + _LINES - 1, None)
        yield Hit(
            location=placed.location(line, last, column, end_column),
            message=f"{secret.kind} stands in the {_where(source, secret)} (it begins with `{secret.value[:4]}`): "
            "revoke it, and read its successor from a secret scope or the environment at run time",
            redact=(secret.value,),
        )


def _place(text: str, offset: int) -> tuple[int, int]:
    """The line and column of an offset, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _where(source: SourceFile, secret: Secret) -> str:
    """What kind of text holds the value."""
    line = source.text[source.text.rfind("\n", 0, secret.start) + 1 : secret.start].lstrip()
    if line.startswith(("#", "--", "//")) and not line.startswith("# MAGIC"):
        return "repository, in a comment"
    return "code" if source.path.endswith((".py", ".ipynb", ".sql", ".sh", ".scala", ".r")) else "configuration"
