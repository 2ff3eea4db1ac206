"""Credentials in text: found by form, told from placeholders, and masked."""

from __future__ import annotations

import random
import string

import pytest

from orchestrator.code.secrets import find_secrets, masked

HEX = "9f3c1e77ab204d5886e0c4b2f9137da5"
KEY_BODY = ["MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj", "zPq3uYh0XvD4mL8aTn5cR1eWbZ7gKfJx"]


def drawn(alphabet: str, length: int) -> str:
    return "".join(random.Random(7).choices(alphabet, k=length))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("a Databricks token", f'token = "dapi{HEX}"'),
        ("a Databricks token", f"DATABRICKS_TOKEN=dapi{HEX}-2"),
        ("a Databricks token", f"secret: dose{HEX}"),
        ("an AWS access key", "AKIA" + "Q3ZT7LMN2VXW5RKB"),
        ("a GitHub token", "ghp_" + drawn(string.ascii_letters + string.digits, 36)),
        ("a storage account key", "AccountKey=" + drawn(string.ascii_letters + string.digits, 86) + "=="),
        ("a private key", '"-----BEGIN RSA PRIVATE KEY-----\\n' + "\\n".join(KEY_BODY) + '"'),
    ],
)
def test_a_credential_is_found_by_its_form(kind: str, text: str) -> None:
    assert [secret.kind for secret in find_secrets(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "dapi" + "0" * 32,
        "dapi0123456789abcdef0123456789abcdef",
        "dapi" + "a1b2c3d4" * 4,
        "dapiXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
        "AKIAIOSFODNN7EXAMPLE",
        "sk-1234567890abcdefghijklmnopqrstuvwxyz",
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        f"commit {HEX}",
    ],
)
def test_a_placeholder_is_no_credential(text: str) -> None:
    assert list(find_secrets(text)) == []


def test_masking_leaves_the_first_characters_and_the_rest_of_the_line() -> None:
    assert masked(f'run(token="dapi{HEX}", retries=3)') == 'run(token="dapi…redacted", retries=3)'


def test_masking_hides_a_line_of_a_key_that_stands_alone() -> None:
    assert masked(f"    {KEY_BODY[0]}") == "    MIIE…redacted"


def test_masking_hides_given_values_and_spares_short_words() -> None:
    assert masked("open('Tr0ub4dor&3', 'rb')", ["Tr0ub4dor&3", "rb"]) == "open('Tr…redacted', 'rb')"
