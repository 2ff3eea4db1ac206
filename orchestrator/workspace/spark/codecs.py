"""The bytes of one file of a log, unpacked: the codec is known by the file's first bytes, not by its name."""

from __future__ import annotations

import importlib
import os
import stat
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from orchestrator.errors import UsageError
from orchestrator.workspace.spark import lz4_blocks, snappy

if TYPE_CHECKING:
    from pathlib import Path

CHUNK = 1024 * 1024
"""Unpacked bytes given at once, at most for the codecs that do not work in blocks."""
_ZSTD = b"\x28\xb5\x2f\xfd"
_GZIP = b"\x1f\x8b"
_LZ4_FRAME = b"\x04\x22\x4d\x18"
_LZF = b"ZV"
_GZIP_BITS = 31
_ZSTD_WINDOW = 128 * 1024 * 1024
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class CutShortError(Exception):
    """A packed file that ends too early, as that of a running application does."""


def chunks(path: Path) -> Iterator[bytes]:
    """The unpacked content of a file, piece by piece.

    Raises:
        UsageError: the file cannot be read, is damaged, or is packed in a way that nothing here unpacks.
        CutShortError: the file ended inside a packed block; everything before it was given.
    """
    with _opened(path) as stream:
        first = stream.read(16)
        stream.seek(0)
        try:
            yield from _unpacked(stream, first, path)
        except EOFError:
            raise CutShortError from None
        except (ValueError, OSError, zlib.error) as error:
            raise UsageError(f"{path.name!r} cannot be unpacked, it is damaged: {str(error)[:200]}") from error


def _opened(path: Path) -> BinaryIO:
    try:
        handle = os.open(path, _FLAGS)
    except OSError as error:
        raise UsageError(f"the event log {str(path)!r} cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise UsageError(f"the event log {str(path)!r} is not a regular file")
    return os.fdopen(handle, "rb")


def _unpacked(stream: BinaryIO, first: bytes, path: Path) -> Iterator[bytes]:
    if first.startswith(_ZSTD):
        return _of_zstd(stream)
    if first.startswith(lz4_blocks.MAGIC):
        return lz4_blocks.unpacked(stream)
    if first.startswith(snappy.MAGIC):
        return snappy.unpacked(stream)
    if first.startswith(_GZIP):
        return _of_gzip(stream)
    if first.startswith(_LZ4_FRAME):
        return _of_lz4_frame(stream)
    if first.startswith(_LZF):
        raise UsageError(
            f"{path.name!r} is packed with lzf, which nothing here unpacks; "
            "set spark.eventLog.compression.codec to zstd (the default), lz4 or snappy"
        )
    return _pieces(stream)


def _of_zstd(stream: BinaryIO) -> Iterator[bytes]:
    import zstandard

    reader = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).stream_reader(stream, read_across_frames=True)
    try:
        while piece := reader.read(CHUNK):
            yield piece
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from error


def _of_gzip(stream: BinaryIO) -> Iterator[bytes]:
    # GzipFile gives nothing of a piece that ends too early; a running application's log ends so.
    unpacker, is_inside = zlib.decompressobj(wbits=_GZIP_BITS), False
    while packed := stream.read(CHUNK // 8):
        while packed:
            yield unpacker.decompress(packed, CHUNK)
            is_inside, packed = True, unpacker.unconsumed_tail
            if unpacker.eof:
                is_inside, packed = False, unpacker.unused_data
                unpacker = zlib.decompressobj(wbits=_GZIP_BITS)
    if is_inside:
        raise EOFError


def _of_lz4_frame(stream: BinaryIO) -> Iterator[bytes]:
    # The library has no types.
    frame: Any = importlib.import_module("lz4.frame")
    try:
        yield from _pieces(cast("BinaryIO", frame.LZ4FrameFile(stream)))
    except RuntimeError as error:
        raise ValueError(str(error)) from error


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(CHUNK):
        yield piece
