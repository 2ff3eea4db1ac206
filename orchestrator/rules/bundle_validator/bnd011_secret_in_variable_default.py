"""A bundle's variable has a secret as its default.

What: a default of a variable, or the value that a target gives it, that looks like a credential: by its form (a
Databricks or cloud token, a private key, an account key, a password inside an address), or because the variable is
called password, token, secret or key and the value is neither a word nor a placeholder.

Why: the value is in the repository's history for everyone who may read it, now and later, and deployment copies it into
the workspace in plain text. Removing the line does not take it back: the credential must be replaced.

Silent when: the value is empty, a placeholder, a `${...}` or a `{{secrets/...}}` reference; the variable names where a
secret is kept (a scope, a key's name, a path); the value reads as a name. The message never repeats the value.

Source: Databricks documentation, secrets; CWE-798.

Bad::

    # file: databricks.yml
    bundle:
      name: orders
    variables:
      warehouse_token:
        description: Used by the loader.
        default: dapi0123456789abcdef0123456789abcdef

Bad: the name says what it is::

    # file: databricks.yml
    bundle:
      name: orders
    variables:
      sql_password:
        default: Tr0ub4dor&3

Bad: a target gives the value::

    # file: databricks.yml
    bundle:
      name: orders
    variables:
      client_secret:
        description: Of the connector.
    targets:
      prod:
        mode: production
        variables:
          client_secret: q8Xv2mN7pR4sT9wZ1bC6dF3gH5jK0lQa

Bad: a password inside an address::

    # file: databricks.yml
    bundle:
      name: orders
    variables:
      source:
        default: postgresql://loader:Tr0ub4dor3@db.example.com:5432/orders

Good::

    # file: databricks.yml
    bundle:
      name: orders
    variables:
      sql_password:
        description: Given by the pipeline that deploys.
      api_token:
        default: ""
      access_token:
        default: "{{secrets/orders/access_token}}"
      client_secret:
        default: ${var.api_token}
      webhook_token:
        default: <your-token>
      loader_token:
        default: short-1
      access_key:
        default: AKIAXXXXXXXXXXXXXXXX

Good: where a secret is kept is no secret::

    # file: databricks.yml
    bundle:
      name: orders
    variables:
      secret_scope:
        default: kv-orders-prod-01
      token_key_name:
        default: orders-loader-token-2
      secret_key:
        default: orders_loader_key
      password_file:
        default: /Volumes/main/ops/keys/p4ssw0rd
      max_tokens:
        default: 4096
      service_principal:
        default: 8d51e6b4-2a97-4c03-b5f8-17ae90c3d264
      source:
        default: postgresql://${var.user}:${var.password}@db.example.com:5432/orders
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.bundle import scalars
from orchestrator.code.yaml import YamlMap, YamlScalar
from orchestrator.rules.bundle_validator._deployment import weighed
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.bundle import Bundle
    from orchestrator.code.facts import Facts
    from orchestrator.code.yaml import YamlNode

RULE = Rule(
    id="BND011",
    name="secret-in-variable-default",
    severity=Severity.CRITICAL,
    default=False,
    references=(
        "https://docs.databricks.com/aws/en/security/secrets/",
        "https://cwe.mitre.org/data/definitions/798.html",
    ),
)
LONGEST = 4_000
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a Databricks token", re.compile(r"\bdapi[0-9a-f]{32}\b")),
    ("an AWS access key", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("a GitHub token", re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_[A-Za-z0-9_]{40}")),
    ("a Slack token", re.compile(r"\bxox[abpr]-[A-Za-z0-9-]{20}|hooks\.slack\.com/services/T\w+/B\w+/\w{16}")),
    ("a signed token", re.compile(r"\beyJ[\w-]{16,}\.eyJ[\w-]{16,}\.[\w-]{16}")),
    ("a private key", re.compile(r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----")),
    ("a storage account key", re.compile(r"(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{40}")),
    ("a shared access signature", re.compile(r"[?&]sig=[A-Za-z0-9%+/]{30}")),
    ("an Entra client secret", re.compile(r"\b\w{3}8Q~[\w~.-]{31,34}")),
    ("a password in an address", re.compile(r"\w://[^\s:/@${}<>]{1,100}:[^\s:/@${}<>*]{4,100}@[\w.-]+")),
)
_PASSWORD = re.compile(r"(?:\A|_)(?:password|passwd|pwd|passphrase)\Z")
_SECRET = re.compile(
    r"(?:\A|_)(?:token|secret|secret_value|pat|api_?key|access_key|secret_key|private_key|account_key|sas"
    r"|credentials?|connection_string|conn_str)\Z"
)
_HOLE = re.compile(r"[<>]|\$\{|\{\{|\*\*|x{4}", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"change|replace|your|example|xxx|\.\.\.|todo|dummy|placeholder|redact|fake|sample|tbd", re.IGNORECASE
)
_PART = re.compile(r"[A-Za-z]*\d{0,4}\Z")


@RULE.on_bundle
def check(bundle: Bundle, _facts: Facts) -> Iterator[Hit]:
    """Every default and every target's value that looks like a credential."""
    for name, where, node in _values(bundle):
        for scalar in scalars(node):
            form = _form(name, scalar, plain=scalar is node)
            if form is not None:
                yield Hit(
                    location=scalar.location,
                    message=f"{where} `{name}` looks like {form}: replace the credential, and read the new one from a "
                    "secret scope when the job runs",
                    severity=weighed(Severity.CRITICAL, bundle),
                    symbol=name,
                    redact=(scalar.raw[:LONGEST],),
                )


def _values(bundle: Bundle) -> Iterator[tuple[str, str, YamlNode]]:
    for name, variable in bundle.declared_variables.items():
        if variable.default is not None:
            yield name, "the default of", variable.default
    for target in bundle.targets:
        given = bundle.root.at("targets", target.name, "variables")
        for name, node in given.items() if isinstance(given, YamlMap) else ():
            value = (node.get("default") or node) if isinstance(node, YamlMap) else node
            yield name, f"the value that `{target.name}` gives", value


def _form(name: str, scalar: YamlScalar, *, plain: bool) -> str | None:
    """What the value looks like, None where it looks like no secret."""
    text = scalar.raw[:LONGEST]
    if len(text) < 6 or _HOLE.search(text):
        return None
    known = next((form for form, pattern in _FORMS if pattern.search(text)), None)
    if known is not None or not plain or not isinstance(scalar.value, str) or _PLACEHOLDER.search(text):
        return known
    word = re.sub(r"[-. ]", "_", name.lower())
    if _PASSWORD.search(word) and _is_password(text):
        return "a password"
    return "a secret" if _SECRET.search(word) and _is_secret(text) else None


def _is_password(text: str) -> bool:
    return not re.search(r"\s|/", text) and any(not each.isalpha() and each not in "-_." for each in text)


def _is_secret(text: str) -> bool:
    """Whether a value is unlike a name: long, without blanks or slashes, and letters mixed with digits."""
    if len(text) < 16 or re.search(r"\s|://|\A[/.]", text):
        return False
    return any(not _PART.match(part) for part in re.split(r"[-_.]", text)) and bool(re.search(r"\d", text))
