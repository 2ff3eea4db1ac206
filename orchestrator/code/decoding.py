"""Bytes to text: UTF-8 (or UTF-16 with a byte-order mark), newlines made one, and one sentence when neither holds."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

_WIDE_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Why a file's content is not text that can be reviewed; `incomplete` when it should have been reviewed."""

    reason: str
    incomplete: bool = True
    binary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    r"""A file's text with `\n` newlines and no byte-order mark, and what the disk has (`newline`: the commonest)."""

    text: str
    newline: str
    bom: bool


def decode(raw: bytes) -> Decoded | Unreadable:
    """The text of a file's bytes, or why it has none; never raises."""
    encoding = next((name for mark, name in _WIDE_MARKS if raw.startswith(mark)), "utf-8-sig")
    if encoding == "utf-8-sig" and b"\0" in raw:
        return Unreadable(reason="binary content, not text", binary=True)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        return Unreadable(reason=_complaint(encoding, error))
    if "\0" in text:
        return Unreadable(reason="binary content, not text", binary=True)
    bom = encoding != "utf-8-sig" or raw.startswith(codecs.BOM_UTF8)
    return _normalised(text, bom=bom)


def long_line(text: str, limit: int) -> int | None:
    """The number of the first line of more than that many characters, or None."""
    if len(text) <= limit:
        return None
    return next((number for number, line in enumerate(text.split("\n"), 1) if len(line) > limit), None)


def _normalised(text: str, *, bom: bool) -> Decoded:
    if "\r" not in text:
        return Decoded(text=text, newline="\n", bom=bom)
    pairs = text.count("\r\n")
    counts = {"\n": text.count("\n") - pairs, "\r\n": pairs, "\r": text.count("\r") - pairs}
    newline = max(counts, key=lambda style: counts[style])
    return Decoded(text=text.replace("\r\n", "\n").replace("\r", "\n"), newline=newline, bom=bom)


def _complaint(encoding: str, error: UnicodeDecodeError) -> str:
    if encoding != "utf-8-sig":
        return f"not {encoding.upper()} after its byte-order mark"
    # The codec counts from after a byte-order mark, which is not a newline: the line is right either way.
    line = error.object.count(b"\n", 0, error.start) + 1
    return f"not UTF-8 (byte 0x{error.object[error.start]:02x} at line {line})"
