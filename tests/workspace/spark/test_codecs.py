"""Event logs as Spark packs them."""

from __future__ import annotations

import contextlib
import gzip
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.errors import UsageError
from orchestrator.workspace.spark import snappy
from orchestrator.workspace.spark.codecs import CutShortError, chunks
from orchestrator.workspace.spark.event_log import read_event_log
from orchestrator.workspace.spark.limits import MEBIBYTE, Limits
from tests.workspace.spark import events

Pack = Callable[[bytes], bytes]
TEXT = b"".join(b'{"Event":"SparkListenerLogStart","Spark Version":"4.%d.0"}\n' % number for number in range(5_000))


def lz4_stream(data: bytes, size: int = 32_768) -> bytes:
    block: Any = importlib.import_module("lz4.block")
    out = b""
    for start in range(0, len(data), size):
        piece = data[start : start + size]
        packed = block.compress(piece, store_size=False)
        out += b"LZ4Block" + bytes([0x25]) + len(packed).to_bytes(4, "little") + len(piece).to_bytes(4, "little")
        out += bytes(4) + packed
    return out + b"LZ4Block" + bytes([0x15]) + bytes(12)


def snappy_block(data: bytes) -> bytes:
    """A plain encoder: a copy wherever four bytes stood before within 64 KiB, else a literal of one byte."""
    out, size = bytearray(), len(data)
    while size >= 0x80:
        out.append(size & 0x7F | 0x80)
        size >>= 7
    out.append(size)
    place = 0
    while place < len(data):
        start = data.rfind(data[place : place + 4], max(0, place - 60_000), place + 3)
        if 0 <= start < place and place + 4 <= len(data):
            length = 4
            while length < 64 and place + length < len(data) and data[start + length] == data[place + length]:
                length += 1
            out += bytes([(length - 1) << 2 | 2]) + (place - start).to_bytes(2, "little")
            place += length
        else:
            out += bytes([0, data[place]])
            place += 1
    return bytes(out)


def snappy_stream(data: bytes) -> bytes:
    packed = snappy_block(data)
    return snappy.MAGIC + bytes(8) + len(packed).to_bytes(4, "big") + packed


def lz4_frame(data: bytes) -> bytes:
    frame: Any = importlib.import_module("lz4.frame")
    packed: bytes = frame.compress(data)
    return packed


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress, lz4_stream, lz4_frame, snappy_stream])
def test_each_packing_gives_the_same_bytes(pack: Pack, tmp_path: Path) -> None:
    text = TEXT if pack is not snappy_stream else TEXT[:6_000]
    (tmp_path / "log").write_bytes(pack(text))
    assert b"".join(chunks(tmp_path / "log")) == text


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress, lz4_stream])
def test_frames_and_members_that_follow_each_other_are_all_read(pack: Pack, tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(pack(TEXT) + pack(TEXT))
    assert b"".join(chunks(tmp_path / "log")) == TEXT + TEXT


@given(st.binary(max_size=300).map(lambda piece: piece * 3))
def test_snappy_gives_back_what_was_packed(data: bytes) -> None:
    assert snappy.block(snappy_block(data)) == data


@given(st.binary(max_size=200))
def test_snappy_refuses_noise_and_never_breaks(data: bytes) -> None:
    try:
        snappy.block(data)
    except snappy.SnappyError:
        return


def test_lzf_is_refused_with_the_codecs_that_work(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"ZV\x01\x00\x10\x00\x20")
    with pytest.raises(UsageError, match=r"packed with lzf.*zstd"):
        list(chunks(tmp_path / "log"))


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress, lz4_stream, snappy_stream])
def test_a_file_that_is_cut_gives_what_it_holds(pack: Pack, tmp_path: Path) -> None:
    text = TEXT if pack is not snappy_stream else TEXT[:2_000]
    packed = pack(text)
    (tmp_path / "log").write_bytes(packed[: len(packed) * 2 // 3])
    pieces: list[bytes] = []
    # zstd gives the whole blocks and ends without a word; the broken last line tells it then.
    cut = contextlib.nullcontext() if pack is zstandard.compress else pytest.raises(CutShortError)
    with cut:
        pieces.extend(chunks(tmp_path / "log"))
    assert text.startswith(b"".join(pieces))
    assert pieces or pack is snappy_stream  # its writer here makes one block of all


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress, lz4_stream, snappy_stream])
def test_a_damaged_file_is_one_clear_sentence(pack: Pack, tmp_path: Path) -> None:
    text = TEXT if pack is not snappy_stream else TEXT[:2_000]
    packed = bytearray(pack(text))
    packed[20:60] = b"\xff" * 40
    (tmp_path / "log").write_bytes(bytes(packed))
    with pytest.raises(UsageError, match="cannot be unpacked, it is damaged"):
        list(chunks(tmp_path / "log"))


def test_a_packed_bomb_is_refused_before_it_is_unpacked_whole(tmp_path: Path) -> None:
    packer = zstandard.ZstdCompressor().compressobj()
    piece = bytes(MEBIBYTE)
    (tmp_path / "log").write_bytes(b"".join(packer.compress(piece) for _ in range(64)) + packer.flush())
    limits = Limits(ratio_floor=8 * MEBIBYTE)
    with pytest.raises(UsageError, match="more than 400 times its size"):
        read_event_log(tmp_path / "log", limits)


def test_a_log_past_the_limit_of_bytes_is_refused(tmp_path: Path) -> None:
    log = events.written(tmp_path / "log", events.started(), ["x" * 1_000] * 3_000)
    with pytest.raises(UsageError, match="more than 2 MiB"):
        read_event_log(log, Limits(unpacked_bytes=2 * MEBIBYTE))
