"""An answer is unpacked once, by gzip only, and stops at its limit."""

from __future__ import annotations

import gzip
import zlib

import pytest

from aeries_tui.aeries import Truncated, WronglyPacked
from aeries_tui.aeries.unpacking import unpacker

BODY = b'[{"ID":1,"LastName":"Abbott"}]' * 1000
PACKED = gzip.compress(BODY, mtime=0)


def unpacked(data: bytes, encoding: str = "gzip", step: int = 1000) -> bytes:
    unpack = unpacker({"content-encoding": encoding}, "the staff list")
    found = b"".join(part for at in range(0, len(data), step) for part in unpack.feed(data[at : at + step]))
    unpack.finish()
    return found


@pytest.mark.parametrize("step", [1, 7, 100_000])
@pytest.mark.parametrize("encoding", ["gzip", " GZIP ", "x-gzip"])
def test_gzip_is_unpacked(encoding: str, step: int) -> None:
    assert unpacked(PACKED, encoding, step) == BODY


@pytest.mark.parametrize("encoding", ["", "identity"])
def test_what_is_not_packed_stays_as_it_is(encoding: str) -> None:
    assert unpacked(BODY, encoding) == BODY


@pytest.mark.parametrize("step", [1, 100_000])
def test_members_one_after_the_other_are_one_answer(step: int) -> None:
    assert unpacked(PACKED + gzip.compress(b"more") + bytes(512), step=step) == BODY + b"more"


@pytest.mark.parametrize(
    "encoding",
    ["gzip, gzip", "gzip,gzip", "deflate", "br", "zstd", "compress", "gzip, identity", "odd\x1b[31m"],
)
def test_what_was_not_offered_is_refused_by_name(encoding: str) -> None:
    with pytest.raises(WronglyPacked) as caught:
        unpacked(PACKED, encoding)
    assert "the staff list" in caught.value.message
    assert caught.value.message.isprintable()
    assert encoding.split("\x1b", maxsplit=1)[0].split(",", maxsplit=1)[0] in caught.value.message
    assert not caught.value.retry


@pytest.mark.parametrize(
    "data",
    [
        PACKED[:-1],
        PACKED[:20],
        b"no gzip",
        PACKED + b"junk",
        PACKED[:50] + b"x" + PACKED[51:],
        zlib.compress(BODY),
    ],
)
def test_what_is_broken_is_said(data: bytes) -> None:
    with pytest.raises(Truncated):
        unpacked(data)


def test_no_step_is_large_however_much_a_chunk_holds() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    sizes = [len(part) for part in unpacker({"content-encoding": "gzip"}, "it").feed(bomb)]
    assert (max(sizes), sum(sizes)) == (256 * 1024, 50_000_000)
