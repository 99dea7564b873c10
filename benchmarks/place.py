"""A district set up for a pull, its Master copied and put back between runs."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from aeries_tui.aeries import normalise_address
from aeries_tui.master.roster.kinds import KINDS
from benchmarks.measure import Run, run
from simulator.served import ServedDistrict

DISTRICT = "bench"


class Place:
    """Configuration and data of one district in a folder of its own.

    Args:
        folder: made by this.
        server: asked for the list of schools, all of which are mapped.
    """

    def __init__(self, folder: Path, server: ServedDistrict) -> None:
        self._folder, self._urls = folder, {server.url}
        self._kept = folder.with_name(folder.name + "-kept")
        folder.mkdir(parents=True)
        self.env = {
            "AERIES_TUI_CONFIG_DIR": str(folder / "config"),
            "AERIES_TUI_DATA_DIR": str(folder / "data"),
        }
        self.command("credentials", "add", DISTRICT, "--url", server.url, "--certificate-stdin",
            stdin=server.certificate)  # fmt: skip
        self.command("schools", "update")
        self.command("schools", "create-ali", "--from-aeries", "all")

    @property
    def master(self) -> Path:
        """The District Master."""
        return self._folder / "data" / DISTRICT / "master.sqlite3"

    def command(self, *words: str, stdin: str = "") -> Run:
        """Run a command of the program."""
        return run(["-m", "aeries_tui", *words], self.env, stdin)

    def keep(self) -> None:
        """Keep everything as it is now, for `restore`."""
        shutil.rmtree(self._kept, ignore_errors=True)
        shutil.copytree(self._folder, self._kept)

    def restore(self) -> None:
        """Everything as it was at `keep`."""
        shutil.rmtree(self._folder)
        shutil.copytree(self._kept, self._folder)

    def settings(self, text: str) -> None:
        """Write config.toml."""
        (self._folder / "config" / "config.toml").write_text(text, encoding="utf-8")

    def schools(self) -> str:
        """The codes of the mapped schools, with commas between."""
        with self._opened() as db:
            rows = db.execute(
                "SELECT aeries_code FROM mapping WHERE ali_id IS NOT NULL AND excluded = 0 ORDER BY 1"
            )
            return ",".join(str(row[0]) for row in rows)

    def day(self) -> str:
        """The server's day at the last pull."""
        with self._opened() as db:
            return str(db.execute("SELECT day FROM import ORDER BY id DESC LIMIT 1").fetchone()[0])

    def roster(self) -> str:
        """A digest of the roster tables, row for row, with the import that wrote each row."""
        digest = hashlib.blake2b()
        with self._opened() as db:
            for kind in KINDS:
                for row in db.execute(f"SELECT * FROM {kind.name}"):
                    digest.update(repr(row).encode())
        return digest.hexdigest()

    def stages(self) -> dict[str, float]:
        """Seconds of each stage of the last pull, from its log."""
        logs = self._folder / "data" / DISTRICT / "pulls"
        newest = max(
            (path for path in logs.iterdir() if path.name.isdigit()), key=lambda path: int(path.name)
        )
        with contextlib.closing(sqlite3.connect(newest / "log.sqlite3")) as db:
            rows = db.execute(
                "SELECT name, ended_at - started_at FROM stage WHERE ended_at IS NOT NULL ORDER BY position"
            )
            return {name: round(seconds, 3) for name, seconds in rows}

    @contextlib.contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(sqlite3.connect(self.master)) as db:
            yield db

    def pull(self, server: ServedDistrict, *options: str) -> Run:
        """A pull as a user runs it, from a server; with what that server counted."""
        self._point_at(server.url)
        if "--quick" in options:
            self._move_mark(server.url)
        server.forget_requests()
        done = self.command("pull", "--acknowledge", "--json", *options)
        return counted(server, replace(done, document={**done.document, "stages": self.stages()}))

    def _move_mark(self, url: str) -> None:
        """Let a server stand for the one that was pulled from, a day later: a quick pull goes on at one address only."""
        with self._opened() as db, db:
            db.execute(
                "UPDATE meta SET value = json_set(value, '$.address', ?) WHERE name = 'mark'",
                (normalise_address(url).api,),
            )

    def _point_at(self, url: str) -> None:
        path = self._folder / "config" / "credentials.toml"
        text = path.read_text(encoding="utf-8")
        for known in self._urls:
            text = text.replace(f'"{known}"', f'"{url}"')
        new = path.with_name("credentials.new")
        descriptor = os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
            handle.write(text)
        new.replace(path)
        self._urls.add(url)


def counted(server: ServedDistrict, done: Run) -> Run:
    """The run with the requests and bytes that the server counted."""
    seen = server.control("GET", "requests?entries=0")
    return replace(done, requests=seen["count"], wire_bytes=seen["bytes"], at_once=seen["at_once"])
