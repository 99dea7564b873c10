"""Readers of the roster service over bare sockets, many at a time, and what each answer took."""

from __future__ import annotations

import asyncio
import re
import time
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

_LIMIT = 1 << 20
_NEXT = re.compile(rb'<https?://[^/>]*([^>]*)>; rel="next"')
_TICKS = 100


class Refused(Exception):
    """An answer that is none of records."""


@dataclass
class Took:
    """What readers were given.

    Attributes:
        seconds: of each answer.
        records, bytes: together, as the answers' bodies hold them.
    """

    seconds: list[float] = field(default_factory=list)
    records: int = 0
    bytes: int = 0


class Reader:
    """One connection, kept open."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, token: str) -> None:
        self._reader, self._writer = reader, writer
        self._head = f" HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n".encode()

    @classmethod
    async def open(cls, url: str, token: str) -> Self:
        """Connect."""
        split = urlsplit(url)
        reader, writer = await asyncio.open_connection(split.hostname, split.port, limit=_LIMIT)
        return cls(reader, writer, token)

    async def get(self, target: str | bytes, took: Took) -> tuple[bytes, bytes]:
        """Head and body of an answer."""
        began = time.perf_counter()
        self._writer.write(b"GET " + (target.encode() if isinstance(target, str) else target) + self._head)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        body = await self._reader.readexactly(length)
        if not head.startswith(b"HTTP/1.1 200"):
            raise Refused(f"{target!r}: {head[:40]!r}")
        took.seconds.append(time.perf_counter() - began)
        took.records += body.count(b'"dateLastModified"')
        took.bytes += length
        return head, body

    async def walk(self, target: str, pages: int, took: Took) -> list[bytes]:
        """So many pages of a walk by its links, or all; returns the addresses."""
        addresses, address = [], target.encode()
        while address and len(addresses) < pages:
            addresses.append(address)
            head, _ = await self.get(address, took)
            found = _NEXT.search(head)
            address = found[1] if found else b""
        return addresses

    def close(self) -> None:
        """Let go."""
        self._writer.close()


async def token_of(url: str, client: str, secret: str) -> str:
    """A token."""
    split = urlsplit(url)
    reader, writer = await asyncio.open_connection(split.hostname, split.port)
    basic = b64encode(f"{client}:{secret}".encode()).decode()
    body = "grant_type=client_credentials"
    writer.write(
        f"POST /token HTTP/1.1\r\nHost: bench\r\nAuthorization: Basic {basic}\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
    )
    answer = await reader.read()
    writer.close()
    return answer.split(b'"access_token":"')[1].split(b'"')[0].decode()


async def walk_together(url: str, token: str, targets: Sequence[str], pages: int) -> Took:
    """One reader for each address, all at a time."""
    took = Took()
    readers = await asyncio.gather(*(Reader.open(url, token) for _ in targets))
    await asyncio.gather(
        *(reader.walk(target, pages, took) for reader, target in zip(readers, targets, strict=True))
    )
    for reader in readers:
        reader.close()
    return took


def cpu_of(pid: int) -> float:
    """Seconds of a process so far, without its children."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / _TICKS


def peak_mb_of(pid: int) -> int:
    """The most resident memory of a process so far."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.split("VmHWM:")[1].split()[0]) // 1024
