"""Unpacks snappy as Spark writes it: the stream of snappy-java, made of raw snappy blocks.

Formats: github.com/google/snappy `format_description.txt` and the README of github.com/xerial/snappy-java.
In pure Python, for no library of ours reads it; about 12 MB of log a second on a slow core.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

MAGIC = b"\x82SNAPPY\x00"
_HEADER_BYTES = 16
_MAX_BLOCK = 32 * 1024 * 1024


class SnappyError(ValueError):
    """A block that is not snappy, or that asks for more than a block may hold."""


def unpacked(stream: BinaryIO) -> Iterator[bytes]:
    """The unpacked blocks of a stream that stands at its beginning.

    Raises:
        SnappyError: a block is damaged.
        EOFError: the stream ends inside a block.
    """
    _exactly(stream, _HEADER_BYTES)
    while head := stream.read(4):
        if head == MAGIC[:4]:
            # A writer that was opened again on the same file wrote a header again.
            _exactly(stream, _HEADER_BYTES - 4)
            continue
        size = int.from_bytes(head, "big")
        if len(head) < 4:
            raise EOFError
        if size > _MAX_BLOCK:
            raise SnappyError(f"a block of {size} bytes")
        yield block(_exactly(stream, size))


def block(packed: bytes) -> bytes:
    """One unpacked raw snappy block.

    Raises:
        SnappyError: the block is damaged.
    """
    size, position = _length(packed)
    if size > _MAX_BLOCK:
        raise SnappyError(f"a block that unpacks to {size} bytes")
    output = bytearray()
    try:
        _expand(packed, position, output, size)
    except IndexError:
        raise SnappyError("a block that ends too early") from None
    if len(output) != size:
        raise SnappyError(f"a block of {len(output)} bytes where {size} were announced")
    return bytes(output)


def _expand(packed: bytes, position: int, output: bytearray, size: int) -> None:
    # Copies are most of a block and stand here, for a call each would double the time.
    end = len(packed)
    while position < end and len(output) <= size:
        tag = packed[position]
        kind = tag & 3
        if kind == 0:
            position = _literal(packed, position + 1, tag >> 2, output)
            continue
        length = (tag >> 2) + 1
        if kind == 1:
            length = (tag >> 2 & 7) + 4
            offset, position = tag >> 5 << 8 | packed[position + 1], position + 2
        elif kind == 2:
            offset, position = packed[position + 1] | packed[position + 2] << 8, position + 3
        else:
            offset, position = int.from_bytes(packed[position + 1 : position + 5], "little"), position + 5
        start = len(output) - offset
        if start >= 0 and offset >= length:
            output += output[start : start + length]
        else:
            _repeat(output, start, length)


def _repeat(output: bytearray, start: int, length: int) -> None:
    """A copy that reads what it writes: the bytes from `start` on, over and over."""
    if not 0 <= start < len(output):
        raise SnappyError("a copy from before the beginning")
    pattern = bytes(output[start:])
    output += (pattern * (length // len(pattern) + 1))[:length]


def _literal(packed: bytes, position: int, code: int, output: bytearray) -> int:
    length = code + 1
    if code >= 60:
        width = code - 59
        length = int.from_bytes(packed[position : position + width], "little") + 1
        position += width
    if position + length > len(packed):
        raise SnappyError("a literal that ends too early")
    output += packed[position : position + length]
    return position + length


def _length(packed: bytes) -> tuple[int, int]:
    size = shift = 0
    for position, byte in enumerate(packed[:5]):
        size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return size, position + 1
    raise SnappyError("a block without a length")


def _exactly(stream: BinaryIO, count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data
