"""Unpacks lz4 as Spark writes it: the block stream of lz4-java, which is not the lz4 frame format.

Format: `LZ4BlockOutputStream` of github.com/lz4/lz4-java: magic, one byte of method and level, packed size, unpacked
size and checksum as little-endian integers, then the block; a block of size 0 ends a stream, and streams may follow.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any, BinaryIO

MAGIC = b"LZ4Block"
_HEADER_BYTES = len(MAGIC) + 1 + 4 + 4 + 4
_RAW, _PACKED = 0x10, 0x20
_MAX_BLOCK = 32 * 1024 * 1024


class BlockError(ValueError):
    """A block that is not of this format, or that asks for more than a block may hold."""


def unpacked(stream: BinaryIO) -> Iterator[bytes]:
    """The unpacked blocks of a stream that stands at its beginning; checksums are not compared.

    Raises:
        BlockError: a block is damaged.
        EOFError: the stream ends inside a block.
    """
    # The library has no types.
    block: Any = importlib.import_module("lz4.block")
    while header := stream.read(_HEADER_BYTES):
        method, packed_size, size = _sizes(header)
        data = stream.read(packed_size)
        if len(data) < packed_size:
            raise EOFError
        if not size:
            continue
        try:
            yield data if method == _RAW else block.decompress(data, uncompressed_size=size)
        except block.LZ4BlockError as error:
            raise BlockError(str(error)) from error


def _sizes(header: bytes) -> tuple[int, int, int]:
    if len(header) < _HEADER_BYTES:
        raise EOFError
    if not header.startswith(MAGIC):
        raise BlockError("a block that does not begin with LZ4Block")
    method = header[8] & 0xF0
    packed_size, size = int.from_bytes(header[9:13], "little"), int.from_bytes(header[13:17], "little")
    if method not in {_RAW, _PACKED} or max(packed_size, size) > _MAX_BLOCK:
        raise BlockError(f"a block of {packed_size} bytes that unpacks to {size}")
    return method, packed_size, size
