"""The floor of the roster service: the same answers out of memory, by the same server.

    python -m benchmarks.served_floor FOLDER

FOLDER holds, for each answer, N.target, N.head and N.body. Prints its address once it listens.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from aeries_tui.roster_service.app import Receive, Scope, Send
from aeries_tui.roster_service.server import config_of, listen


class Kept:
    """Answers by address, as an application."""

    def __init__(self, folder: Path) -> None:
        self._kept = {
            target.read_bytes(): (
                [
                    (name, value)
                    for line in target.with_suffix(".head").read_bytes().split(b"\r\n")[1:]
                    for name, _, value in [line.partition(b": ")]
                    if name
                ],
                target.with_suffix(".body").read_bytes(),
            )
            for target in folder.glob("*.target")
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        headers, body = self._kept[scope["raw_path"] + b"?" + scope["query_string"]]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def main() -> None:
    import uvicorn

    with listen("127.0.0.1", 0) as listening:
        print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        asyncio.run(uvicorn.Server(config_of(Kept(Path(sys.argv[1])))).serve(sockets=[listening]))


if __name__ == "__main__":
    main()
