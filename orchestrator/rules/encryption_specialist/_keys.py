"""Where keys go in: the calls of ciphers and signatures in Python, and the literals that are handed to them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.python import as_call

if TYPE_CHECKING:
    from orchestrator.code.python import Call, PythonFile

CIPHER_PACKAGES = ("Crypto", "Cryptodome", "cryptography")
SHORTEST = 16
"""The shortest key of AES; shorter text in an HMAC is mostly a label that separates its uses."""
_LONGEST = 64
_REFERENCE = re.compile(r"\{\{|\$\{|<[^>]*>|\A\{[^{}]*\}\Z|x{4,}|\*{3}|\.\.\.")
_AES = re.compile(
    r"\b(?:try_)?aes_(?:en|de)crypt\s*\(\s*[\w.`]+(?:\s*\([\w.`\s]*\))?\s*,\s*(?:(?:unhex|unbase64|x)\s*\(?\s*)?'(?P<key>[^']*)'",
    re.IGNORECASE,
)
"""A call whose first argument is a column, or one function of a column."""
_STAND_IN = re.compile(r"your[-_ ]|example|placeholder|change.?me|replace|redact|dummy|todo|insert[-_ ]", re.IGNORECASE)


def is_key(value: str | bytes) -> bool:
    """Whether a literal may be a key: long enough, and neither a reference nor a stand-in."""
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    return len(text) >= SHORTEST and not _REFERENCE.search(text) and not _STAND_IN.search(text)


def literal_key(file: PythonFile, node: ast.expr | None, depth: int = 0) -> str | bytes | None:
    """The literal that an expression hands over as a key, through `.encode()`, `bytes()`, `lit()` and decoders."""
    if node is None or depth > 8:
        return None
    value = file.constant(node)
    if isinstance(value, str | bytes):
        return value
    followed = file.value_of(node)
    call = as_call(followed)
    if call is None:
        return None
    if call.name == "encode" and call.receiver is not None:
        return literal_key(file, call.receiver, depth + 1)
    if call.name == "bytes" and call.receiver is None and isinstance(size := file.constant(call.argument(0, "s")), int):
        return bytes(size) if 0 < size <= _LONGEST else None
    if call.name in {"bytes", "lit", "b64decode", "urlsafe_b64decode", "unhexlify", "fromhex", "bytearray", "unhex"}:
        return literal_key(file, call.argument(0, "s"), depth + 1)
    return None


def expression_keys(file: PythonFile, node: ast.expr) -> Iterator[str]:
    """The literals that an SQL expression hands to the AES functions as keys; holes of an f-string are left out."""
    text = file.pattern(node) or ""
    for found in _AES.finditer(text):
        yield found["key"]


def keyed_calls(file: PythonFile) -> Iterator[tuple[Call, ast.expr | None, str]]:
    """Each call that takes a key, the argument that is the key, and what the call makes."""
    for call in file.calls_named("Fernet", "AES", "AESGCM", "ChaCha20Poly1305", "new"):
        made = _made(file.dotted(call.node.func) or "")
        if made is not None:
            yield call, call.argument(0, "key"), made
    if file.imports_any("pyspark"):
        for call in file.calls_named("aes_encrypt", "aes_decrypt", "try_aes_decrypt"):
            yield call, call.argument(1, "key"), f"`{call.name}`"


def _made(dotted: str) -> str | None:
    """What a constructor of that dotted name makes; None where it is of no such library."""
    if dotted == "hmac.new":
        return "an HMAC"
    if not dotted.startswith(CIPHER_PACKAGES):
        return None
    *_, before, last = dotted.split(".")
    if last != "new":
        return "Fernet" if last == "Fernet" else f"an {last} cipher"
    return f"an {before} cipher" if ".Cipher." in dotted else None
