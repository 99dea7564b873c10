"""The journal only grows, and whatever else is done to it is found and named."""

from __future__ import annotations

import json
import multiprocessing
import os
import syslog
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from aeries_tui.audit import Act, Head, Journal, verify
from aeries_tui.audit.journal import START, chained, parted
from aeries_tui.errors import MasterError


@pytest.fixture
def journal(fast_path: Path) -> Journal:
    """Nine entries."""
    journal = Journal(fast_path / "audit")
    for number in range(1, 10):
        journal.append(Act.APPROVED, "demo", {"import": number})
    return journal


def lines(journal: Journal) -> list[bytes]:
    return journal.path.read_bytes().splitlines(keepends=True)


def anew(rows: list[bytes], first: int) -> list[bytes]:
    """Give all rows from one on the hashes that they should have: what a careful forger does."""
    before = parted(rows[first - 1].rstrip())[1] if first else START
    made = rows[:first]
    for row in rows[first:]:
        body, _ = parted(row.rstrip())
        before = chained(before, body)
        made.append(body + b',"hash":"' + before.encode() + b'"}\n')
    return made


def test_what_is_written_is_read_and_whole(journal: Journal) -> None:
    entries = list(journal.entries())
    assert [entry.n for entry in entries] == list(range(1, 10))
    assert entries[3].about == {"import": 4}
    assert entries[3].by.uid == os.getuid()
    found = verify(journal)
    assert found.ok, found.faults
    assert (found.entries, found.last) == (9, journal.head())


def test_entries_of_before_there_was_a_version_are_read_and_whole(journal: Journal) -> None:
    older = [row.replace(b'"format_version":1,', b"") for row in lines(journal)[:4]]
    journal.path.write_bytes(b"".join(anew(older, 0)))
    journal.head_path.unlink()
    journal.append(Act.APPROVED, "demo", {"import": 5})
    assert [(entry.n, entry.about["import"]) for entry in journal.entries()] == [(n, n) for n in range(1, 6)]
    assert verify(journal).ok, verify(journal).faults


def test_its_files_are_for_their_owner_alone(journal: Journal) -> None:
    assert [path.stat().st_mode & 0o777 for path in (journal.folder, journal.path, journal.head_path)] == [
        0o700,
        0o600,
        0o600,
    ]


def changed(rows: list[bytes]) -> list[bytes]:
    rows[4] = rows[4].replace(b'"import":5', b'"import":7')
    return rows


def changed_with_its_hash(rows: list[bytes]) -> list[bytes]:
    return anew(changed(rows), 4)[:5] + rows[5:]


def without_one(rows: list[bytes]) -> list[bytes]:
    return rows[:4] + rows[5:]


def without_some(rows: list[bytes]) -> list[bytes]:
    return rows[:3] + rows[6:]


def without_the_first(rows: list[bytes]) -> list[bytes]:
    return rows[1:]


def without_the_end(rows: list[bytes]) -> list[bytes]:
    return rows[:7]


def without_the_last(rows: list[bytes]) -> list[bytes]:
    return rows[:8]


def exchanged(rows: list[bytes]) -> list[bytes]:
    return [*rows[:3], rows[4], rows[3], *rows[5:]]


def repeated(rows: list[bytes]) -> list[bytes]:
    return [*rows[:4], rows[3], *rows[4:]]


def put_in(rows: list[bytes]) -> list[bytes]:
    body, _ = parted(rows[3].rstrip())
    own = chained(parted(rows[3].rstrip())[1], body)
    return [*rows[:4], body + b',"hash":"' + own.encode() + b'"}\n', *rows[4:]]


def emptied(rows: list[bytes]) -> list[bytes]:
    return []


def blanked(rows: list[bytes]) -> list[bytes]:
    return [*rows[:4], b"\n", *rows[5:]]


def a_flipped_hash(rows: list[bytes]) -> list[bytes]:
    rows[8] = rows[8].replace(rows[8][-10:-3], b"0000000")
    return rows


def renumbered(rows: list[bytes]) -> list[bytes]:
    """One is taken out, and those behind it are given its place and right hashes."""
    left = rows[:4] + [
        row.replace(b'"n":%d,' % n, b'"n":%d,' % (n - 1)) for n, row in enumerate(rows, 1) if n > 5
    ]
    return anew(left, 4)


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (changed, "Entry 5 was changed"),
        (changed_with_its_hash, "Entry 6 was changed, or the one before it was"),
        (without_one, "Entry 5 is missing"),
        (without_some, "Entries 4 to 6 are missing"),
        (without_the_first, "Entry 1 is missing"),
        (without_the_end, "Entries 8 to 9 are missing at the end"),
        (without_the_last, "Entry 9 is missing at the end"),
        (exchanged, "Entry 4 is missing"),
        (repeated, "Entry 4 stands behind entry 4"),
        (put_in, "Entry 4 stands behind entry 4"),
        (emptied, "Entries 1 to 9 are missing at the end"),
        (blanked, "Line 5 is no entry"),
        (a_flipped_hash, "Entry 9"),
        (renumbered, "Entry 9 is missing at the end"),
    ],
)
def test_each_tampering_is_found_and_named(
    journal: Journal, tamper: Callable[[list[bytes]], list[bytes]], named: str
) -> None:
    journal.path.write_bytes(b"".join(tamper(lines(journal))))
    faults = verify(journal).faults
    assert any(named in fault for fault in faults), faults


def test_a_journal_that_is_gone_is_missed(journal: Journal) -> None:
    journal.path.unlink()
    assert verify(journal).faults == ("Entries 1 to 9 are missing at the end.",)
    journal.append(Act.LOOKED, "demo", {})
    assert verify(journal).faults[0] == "Entries 1 to 9 are missing."


def test_a_head_that_is_gone_or_put_back_is_told(journal: Journal) -> None:
    head = journal.head_path.read_bytes()
    journal.head_path.unlink()
    assert "head.json is missing" in verify(journal).faults[0]
    journal.head_path.write_bytes(head)
    assert verify(journal).ok


def test_a_chain_that_was_made_anew_is_told_by_what_was_noted_elsewhere(journal: Journal) -> None:
    noted = journal.head()
    assert noted is not None
    made = anew(changed(lines(journal)), 4)
    journal.path.write_bytes(b"".join(made))
    journal.head_path.write_text(json.dumps({"n": 9, "hash": parted(made[-1].rstrip())[1]}))
    assert verify(journal).ok
    assert "Entry 9 has another hash than was noted" in verify(journal, [noted]).faults[0]
    assert "Entry 12 is missing" in verify(journal, [Head(12, START)]).faults[0].replace(
        "Entries 10 to 12 are", "Entry 12 is"
    )


def test_what_a_kill_left_of_an_entry_goes_with_the_next_one(journal: Journal) -> None:
    with journal.path.open("ab") as file:
        file.write(b'{"n":10,"at":"2026')
    assert not verify(journal).ok
    assert journal.append(Act.LOOKED, "demo", {}).n == 10
    assert verify(journal).ok


def test_a_kill_before_the_head_is_written_costs_nothing(journal: Journal) -> None:
    head = journal.head_path.read_bytes()
    journal.append(Act.LOOKED, "demo", {})
    journal.head_path.write_bytes(head)
    assert verify(journal).ok
    assert journal.append(Act.LOOKED, "demo", {}).n == 11
    assert verify(journal).ok


def _write_many(folder: Path) -> None:
    for _ in range(20):
        Journal(folder).append(Act.LOOKED, "demo", {"pid": os.getpid()})


def test_several_programs_write_one_chain(fast_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_many, args=(fast_path / "audit",)) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    found = verify(Journal(fast_path / "audit"))
    assert (found.entries, found.faults) == (60, ())


def test_where_the_journal_cannot_be_written_nothing_is_done(fast_path: Path) -> None:
    (fast_path / "audit").write_text("in the way")
    done: list[str] = []
    with (
        pytest.raises(MasterError, match="audit"),
        Journal(fast_path / "audit").recording(Act.APPROVED, "demo"),
    ):
        done.append("it")
    assert done == []


def test_what_failed_is_not_written_down(journal: Journal) -> None:
    with pytest.raises(KeyError), journal.recording(Act.APPROVED, "demo"):
        raise KeyError
    assert verify(journal).entries == 9


def test_each_entry_is_handed_to_syslog_where_that_is_wanted(
    fast_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(syslog, "syslog", lambda level, text: heard.append(text))
    Journal(fast_path / "quiet").append(Act.LOOKED, "demo", {})
    assert heard == []
    entry = Journal(fast_path / "audit", mirror=True).append(Act.LOOKED, "demo", {})
    assert json.loads(heard[0])["hash"] == entry.hash


def test_a_hundred_thousand_entries_are_verified_within_two_seconds(fast_path: Path) -> None:
    journal = Journal(fast_path / "audit")
    first = journal.append(Act.LOOKED, "demo", {"person": "ab" * 16, "kind": "student"})
    body, _ = parted(journal.path.read_bytes().rstrip())
    before, rows = first.hash, list[bytes]()
    for n in range(2, 100_001):
        own = body.replace(b'"n":1,', b'"n":%d,' % n)
        before = chained(before, own)
        rows.append(own + b',"hash":"' + before.encode() + b'"}\n')
    with journal.path.open("ab") as file:
        file.writelines(rows)
    best = 9.0
    for _ in range(3):  # the machine does other work as well
        started = time.process_time()
        found = verify(journal)
        best = min(best, time.process_time() - started)
    assert (found.entries, found.faults) == (100_000, ())
    assert best < 2
