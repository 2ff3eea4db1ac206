"""Data is encrypted with a broken cipher, in ECB mode, or with an initialisation vector that never changes.

What: `aes_encrypt` in ECB mode or with a literal iv, in SQL or PySpark; DES, 3DES, RC2, RC4 and Blowfish, ECB mode,
and a literal iv or nonce in PyCryptodome and `cryptography`, where something is encrypted.

Why: ECB writes equal values as equal text, so that rows can be matched, counted and swapped without the key; a fixed
iv does the same, and in GCM or CTR mode it gives the key stream away. DES and its age are searched through in hours.
The default of `aes_encrypt`, GCM with an iv of its own for each row, costs nothing more.

Silent when: the code only decrypts what others have written; the iv is made anew (`os.urandom`, `get_random_bytes`)
or is a column; equal output for equal input is what the code says that it wants (`deterministic`, `tokenize`,
`joinable`), or another program dictates the format by what the code says (`compatible with`); the file is a test, a
demo or a generator of synthetic data.

Source: Databricks SQL reference, aes_encrypt; NIST SP 800-38A, 800-38D and 800-131A; CWE-327 and CWE-329.

Bad: in SQL::

    # file: src/protect.sql
    SELECT aes_encrypt(iban, secret('crm', 'key'), 'ECB') AS iban FROM main.silver.accounts;

Bad: one iv for all rows::

    # file: src/protect.sql
    SELECT aes_encrypt(iban, secret('crm', 'key'), 'GCM', 'DEFAULT', unhex('000000000000000000000000')) AS iban
    FROM main.silver.accounts;

Bad: in PySpark::

    from pyspark.sql import functions as F

    key = dbutils.secrets.get("crm", "key")
    protected = frame.withColumn("iban", F.aes_encrypt("iban", F.lit(key), F.lit("ECB")))

Bad: by default::

    from pyspark.sql import functions as F

    def protect(column, key, mode="ECB"):
        return F.base64(F.aes_encrypt(F.col(column), F.lit(key), F.lit(mode)))

Bad: with a library::

    from Crypto.Cipher import AES, DES3

    def protect(key, text):
        return AES.new(key, AES.MODE_ECB).encrypt(text)

    def protect_old(key, text):
        return DES3.new(key, DES3.MODE_CBC).encrypt(text)

Bad: a literal iv::

    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    IV = b"0123456789abcdef"

    def protect(key, text):
        return Cipher(algorithms.AES(key), modes.CBC(IV)).encryptor().update(text)

Bad: an iv of noughts::

    from Crypto.Cipher import AES

    def protect(key, text):
        iv = bytes(16)
        return AES.new(key, AES.MODE_CBC, iv).encrypt(text)

Good::

    # file: src/protect.sql
    SELECT aes_encrypt(iban, secret('crm', 'key')) AS a, aes_encrypt(iban, secret('crm', 'key'), 'CBC') AS b
    FROM main.silver.accounts;

Good: only read, because another system writes it so::

    # file: src/read.sql
    SELECT aes_decrypt(unbase64(iban), secret('crm', 'key'), 'ECB') AS iban FROM main.bronze.accounts;

Good: only read, with a library::

    from Crypto.Cipher import AES

    def read(key, text):
        return AES.new(key, AES.MODE_ECB).decrypt(text)

Good: a new iv each time::

    import os
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    def protect(key, text):
        iv = os.urandom(16)
        return iv + Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor().update(text)

Good: equal output is wanted and said::

    # file: src/protect.sql
    -- Deterministic on purpose: the two systems join on this column.
    SELECT aes_encrypt(iban, secret('crm', 'key'), 'ECB') AS iban_token FROM main.silver.accounts;

Good: another program dictates it::

    from Crypto.Cipher import AES

    def protect(key, text):
        # Compatible with the connector of the old hub, which decrypts in this mode only.
        return AES.new(key, AES.MODE_ECB).encrypt(text)

Good: a test::

    # file: tests/test_ecb.py
    from Crypto.Cipher import AES

    assert AES.new(b"k" * 16, AES.MODE_ECB).encrypt(b"m" * 16)
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.rules.encryption_specialist._functions import aes_calls, argument_text
from orchestrator.rules.encryption_specialist._keys import CIPHER_PACKAGES, literal_key
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import Call, PythonFile
    from orchestrator.code.source import SourceFile
    from orchestrator.code.sql import SqlUnit, Token

RULE = Rule(
    id="ENC002",
    name="weak-cipher",
    severity=Severity.HIGH,
    default=True,
    references=(
        "https://docs.databricks.com/aws/en/sql/language-manual/functions/aes_encrypt",
        "https://cwe.mitre.org/data/definitions/327.html",
    ),
)
_PLAY = frozenset({Role.TEST, Role.DEMO, Role.GENERATOR})
_MEANT = re.compile(
    r"deterministic|tokeni[sz]|joinable|join on|equality search|compatib|interop|eventhubsutils|other side expects",
    re.IGNORECASE,
)
"""Equal output is wanted, or another program dictates the format."""
_OLD = {"DES": "DES", "DES3": "3DES", "ARC2": "RC2", "ARC4": "RC4", "Blowfish": "Blowfish", "TripleDES": "3DES"}
_OF_LITERALS = frozenset({"UNHEX", "X", "TO_BINARY", "CAST", "AS", "BINARY", "ENCODE", "UNBASE64"})
_ECB = "ECB mode writes equal values as equal text, so rows can be matched and swapped without the key"
_FIXED = "the iv is a literal, so equal values give equal text, and GCM or CTR give the key stream away"


@RULE.on_sql
def check_sql(unit: SqlUnit, facts: Facts) -> Iterator[Hit]:
    """Every `aes_encrypt` in ECB mode or with a literal iv."""
    for call in aes_calls(unit):
        if call.name != "aes_encrypt" or _is_excused(unit.source, facts):
            continue
        mode = argument_text(unit, facts, call, 2)
        iv = call.arguments[4] if len(call.arguments) > 4 else ()
        problem = _ECB if (mode or "").upper() == "ECB" else _FIXED if _is_literal(iv) else None
        if problem is not None:
            yield Hit(location=unit.location(call.start, call.end), message=_advice(problem))


def _is_literal(tokens: tuple[Token, ...]) -> bool:
    """Whether an argument is made of literals alone: `'0000'`, `unhex('00')`, `X'00'`."""
    words = {token.upper for token in tokens if token.kind == "word"}
    has_value = any(token.kind == "string" and token.value for token in tokens)
    plain = all(token.kind in {"word", "string", "operator"} for token in tokens)
    return has_value and plain and words <= _OF_LITERALS


@RULE.on_python
def check_python(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every old cipher, ECB mode and literal iv with which the code encrypts."""
    has_library = file.imports_any(*CIPHER_PACKAGES)
    if not (has_library or "aes_encrypt" in file.source.text) or _is_excused(file.source, facts):
        return
    for call in file.calls_named("aes_encrypt"):
        if (_text(file, _unlit(call.argument(2, "mode"))) or "").upper() == "ECB":
            yield _hit(file, call, _ECB)
    for call in file.calls if has_library else ():
        problem = _problem(file, call)
        if problem is not None and _encrypts(file, call):
            yield _hit(file, call, problem)


def _text(file: PythonFile, node: ast.expr | None) -> str | None:
    """The constant that an expression is, or the default of the parameter that it names."""
    text = file.string(node)
    function = file.function(node) if isinstance(node, ast.Name) else None
    if text is not None or function is None or not isinstance(node, ast.Name):
        return text
    given = function.args.args[len(function.args.args) - len(function.args.defaults) :]
    pairs = zip(given, function.args.defaults, strict=True)
    return next((file.string(default) for argument, default in pairs if argument.arg == node.id), None)


def _unlit(node: ast.expr | None) -> ast.expr | None:
    from orchestrator.code.python import as_call

    call = as_call(node)
    return call.argument(0, "col") if call is not None and call.name == "lit" else node


def _problem(file: PythonFile, call: Call) -> str | None:
    made = file.dotted(call.node.func) or ""
    if not made.startswith(CIPHER_PACKAGES):
        return None
    parts = made.split(".")
    if ".algorithms." in made or (parts[-1] == "new" and ".Cipher." in made):
        old = _OLD.get(parts[-1] if parts[-1] != "new" else parts[-2])
        if old is not None:
            return f"{old} is broken or too short for today's machines"
    if ".Cipher." in made and parts[-1] == "new":
        mode = file.dotted(call.argument(1, "mode")) or ""
        if mode.endswith(".MODE_ECB"):
            return _ECB
        iv = call.argument(2, "iv") or call.argument(-1, "nonce")
        return _FIXED if literal_key(file, iv) else None
    if ".modes." in made:
        iv = call.argument(0, "initialization_vector")
        return _ECB if parts[-1] == "ECB" else _FIXED if literal_key(file, iv) else None
    return None


def _encrypts(file: PythonFile, call: Call) -> bool:
    """Whether the function around encrypts: one that only decrypts reads what others have written."""
    function = file.function(call.node)
    text = file.text(function) if function is not None else file.source.text
    return ".encrypt" in text or ".decrypt" not in text


def _is_excused(source: SourceFile, facts: Facts) -> bool:
    return facts.role(source.path) in _PLAY or _MEANT.search(source.text) is not None


def _hit(file: PythonFile, call: Call, problem: str) -> Hit:
    return Hit(location=file.call_location(call), message=_advice(problem))


def _advice(problem: str) -> str:
    return f"{problem}; use AES-GCM with an iv that is made anew for each value, which is the default of `aes_encrypt`"
