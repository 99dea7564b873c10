"""A machine with one district: its directories, its credential, its settings, and pulls on it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec

from aeries_tui.aeries import ClientOptions
from aeries_tui.master.database import connect
from aeries_tui.master.identity.questions import Said
from aeries_tui.master.imports import imports
from aeries_tui.master.imports.descriptions import Description, descriptions
from aeries_tui.master.imports.told import import_result
from aeries_tui.master.roster.kinds import KINDS
from aeries_tui.master.roster.people import PersonKind
from aeries_tui.master.schools import schools, schools_table
from aeries_tui.operations import decisions
from aeries_tui.operations.district import District
from aeries_tui.operations.explain import explain
from aeries_tui.operations.identity import decide_identity
from aeries_tui.pull.log import LogReader
from aeries_tui.pull.request import PullRequest
from aeries_tui.pull.run import pull
from aeries_tui.secret import Secret
from aeries_tui.settings import Credential, CredentialStore, Places, Pull, Settings, Source, private_dir
from aeries_tui.settings.certificate import InFile
from engine.kept import begun
from engine.paper import PaperAeries
from in_memory import InMemory

CERTIFICATE = "Zq7Xk29vLm4Rt81Yc3Wb6Nh5Pd0Js8Gf"
OUTCOMES = ("created", "updated", "unchanged", "reactivated", "rejected", "duplicate", "out_of_scope")


def adds_up(document: dict[str, Any]) -> bool:
    """Whether each kind's outcomes sum to what was received (promise 5)."""
    return bool(document["counts"]) and all(
        count["received"] == sum(count[name] for name in OUTCOMES) for count in document["counts"].values()
    )


async def _no_wait(seconds: float) -> None:
    """Waits of the client between tries cost a test nothing."""
    await asyncio.sleep(0)


@contextlib.contextmanager
def fast_directory(otherwise: Path) -> Iterator[Path]:
    """A directory in memory for as long as the block runs, or `otherwise` where memory has no room for it."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < 1_000_000_000:
        yield otherwise
        return
    with tempfile.TemporaryDirectory(prefix="aeries-tui-", dir=memory) as name:
        yield Path(name)


class Station:
    """A machine with one district.

    Args:
        root: where its directories are made.
        url: the Instance URL; of the Aeries in memory by default.
        certificate: that of the district.

    Attributes:
        aeries: the Aeries in memory.
        settings: config.toml; replace it to change a setting.
        echoed: the log lines of the last pull, as the command prints them.
        usual: what a test that shares the station wants to remember of its first pull.
    """

    def __init__(
        self, root: Path, url: str = "https://demo.example/aeries", certificate: str = CERTIFICATE
    ) -> None:
        self.places = Places(private_dir(root / "config"), private_dir(root / "data"))
        self.district = self.places.district("demo").create()
        self.credential = Credential("demo", url, InFile(Secret(certificate)))
        if not self.places.credentials_file.exists():
            CredentialStore(self.places.credentials_file).add(self.credential)
        # Birth date and gender tell people apart in many tests; what is left out by default has tests of its own.
        self.settings = Settings(pull=Pull(omit=()))
        self.aeries = PaperAeries()
        self.echoed: list[str] = []
        self.usual: dict[str, Any] = {}

    def set(self, section: str, **values: Any) -> None:
        """Change settings of a section."""
        old = getattr(self.settings, section)
        self.settings = replace(self.settings, **{section: replace(old, **values)})

    def hurry(self) -> None:
        """Short time-outs, few tries: for servers that are broken on purpose."""
        self.settings = replace(
            self.settings,
            source=Source(
                connect_timeout=0.5, silence_timeout=1.0, request_deadline=3.0, tries=2, retry_budget=8,
                pull_deadline=60.0,
            ),
        )  # fmt: skip

    def as_district(self) -> District:
        """The district as the use cases take it."""
        return District(self.places, self.settings, self.credential, self.district)

    # --- the Master ---

    @contextlib.contextmanager
    def master(self) -> Iterator[sqlite3.Connection]:
        """The Master, open for writing; where there is none yet, a copy of one that was just made."""
        if not self.district.master.exists():
            self.district.master.touch(mode=0o600)
            self.district.master.write_bytes(_fresh_master())
        with contextlib.closing(connect(self.district.master)) as db:
            yield db

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the Master."""
        with self.master() as db:
            return [tuple(row) for row in db.execute(sql, values)]

    def map(self, *codes: int, rows: Iterable[schools_table.AeriesSchool] | None = None) -> None:
        """Take the school list over and map these schools, each to an ALI school of its own."""
        listed = rows if rows is not None else [_plain(row) for row in self.aeries.lists["schools"]]
        with self.master() as db:
            schools_table.update_aeries_schools(db, list(listed))
            schools_table.put_ali_schools(
                db,
                [schools_table.AliSchool(f"ali-{code}", f"ALI {code}", "", "", "", "csv") for code in codes],
            )
            schools.set_automatic(db, [(code, f"ali-{code}", "code", 100.0, []) for code in codes])

    def active(self, kind: str) -> set[tuple[Any, ...]]:
        """Keys of the active records of a kind."""
        keys = next(k for k in KINDS if k.name == kind).key_list()
        return set(self.query(f"SELECT {keys} FROM {kind} WHERE active = 1"))

    def all_active(self) -> dict[str, set[tuple[Any, ...]]]:
        """Keys of the active records of every kind."""
        return {kind.name: self.active(kind.name) for kind in KINDS}

    def roster(self) -> dict[str, list[tuple[Any, ...]]]:
        """The roster tables, row for row."""
        return {k.name: self.query(f"SELECT * FROM {k.name} ORDER BY {k.key_list()}") for k in KINDS}

    def contents(self) -> dict[str, list[tuple[Any, ...]]]:
        """The roster without the numbers of the imports that created its records."""
        return {
            k.name: self.query(f"SELECT {', '.join(k.names)}, active FROM {k.name} ORDER BY {k.key_list()}")
            for k in KINDS
        }

    def document(self, number: int) -> dict[str, Any]:
        """What `results --json` prints of an import."""
        with self.master() as db:
            told: dict[str, Any] = msgspec.to_builtins(import_result(db, number, "demo"))
            return told

    def descriptions(self, number: int, code: str | None = None) -> list[Description]:
        """An import's descriptions."""
        with self.master() as db:
            return list(descriptions(db, number, code))

    def notes(self) -> list[str]:
        """What the last import says of itself."""
        with self.master() as db:
            last = imports.latest(db)
        return [] if last is None else list(last.notes)

    def log(self, number: int) -> list[str]:
        """An import's log, a line each."""
        with LogReader(self.district.pulls / str(number) / "log.sqlite3") as reader:
            return [f"{line.level} {line.stage} {line.message}" for line in reader.lines(limit=1_000_000)]

    # --- decisions ---

    def approve(self, number: int, reason: str = "a test") -> str:
        """Apply a plan that waits."""
        decisions.approve(self.as_district(), number, reason)
        return str(self.document(number)["outcome"])

    def discard(self, number: int, reason: str = "a test") -> None:
        """Throw a plan that waits away."""
        decisions.discard(self.as_district(), number, reason)

    def undo(self, number: int, **options: Any) -> dict[str, Any]:
        """Take an import back."""
        return self.document(decisions.undo(self.as_district(), number, **options).number)

    def decide(self, kind: PersonKind, number: int, verdict: Said) -> list[str]:
        """Say who is behind an id."""
        return decide_identity(self.as_district(), kind, number, verdict, "a test")

    # --- pulls ---

    def order(self, **options: Any) -> PullRequest:
        """A pull of this district."""
        return PullRequest(self.district, self.credential, self.settings, **{"acknowledge": True, **options})

    @contextlib.contextmanager
    def answering(self) -> Iterator[None]:
        """While the block runs, whatever this process asks Aeries is asked of the one in memory."""
        transport = InMemory(self.aeries)
        client = partial(ClientOptions, transport=transport, sleep=_no_wait)
        with patch("aeries_tui.pull.client.ClientOptions", client):
            yield

    def pull(self, **options: Any) -> dict[str, Any]:
        """Pull from the Aeries in memory; returns what `pull --json` prints."""
        with self.answering():
            return self.pull_over_http(**options)

    def begin(self, *codes: int) -> None:
        """Map these schools and pull for the first time, or take what a station got that began as this one does."""
        assert not self.aeries.faults, "a fault is told apart by nothing"

        def begin() -> None:
            self.map(*codes)
            assert self.pull()["outcome"].startswith("completed")

        begun(self, repr((codes, self.settings, self.credential.url, vars(self.aeries))), begin)

    def explain(self, kind: PersonKind, number: int) -> dict[str, Any]:
        """What `explain --live --json` prints, asked of the Aeries in memory."""
        with self.answering():
            return explain(self.district, self.credential, self.settings, kind, number, live=True)

    def explain_kept(self, kind: PersonKind, number: int) -> dict[str, Any]:
        """What `explain --json` prints: what the Master alone knows."""
        return explain(self.district, self.credential, self.settings, kind, number, live=False)

    def pull_over_http(self, **options: Any) -> dict[str, Any]:
        """Pull from the server at the credential's address."""
        self.echoed = []
        ended = pull(self.order(**options), lambda line: self.echoed.append(line.message))
        return self.document(ended.number)


@cache
def _fresh_master() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "master.sqlite3"
        connect(path).close()
        return path.read_bytes()


def _plain(row: dict[str, Any]) -> schools_table.AeriesSchool:
    from aeries_tui.aeries import decode_list
    from aeries_tui.aeries.records import School
    from aeries_tui.pull.school_rows import school_row
    from engine.paper import as_json

    return school_row(decode_list(as_json([row]).content, School).records[0])
