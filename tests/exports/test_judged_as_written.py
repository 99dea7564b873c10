"""A bundle is judged as its rows are written, which tells the same as the whole check of the finished ZIP."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeries_tui.exports.oneroster import BundleRefused, Fault, Version, bundle, check_bundle, write_bundle
from aeries_tui.exports.oneroster.check import check_written
from aeries_tui.exports.oneroster.notices import Notices
from aeries_tui.exports.oneroster.rows import BundleRows, Row
from aeries_tui.exports.oneroster.tables import WRITTEN, Column
from engine import PaperAeries, Station

DAYS = st.sampled_from(("", "2026-08-11", "2026-08-12", "2026-12-01", "2027-06-04", "2027-06-05"))
NAMES = st.sampled_from(("1", "2", "3"))
ODD = st.sampled_from(("", "=1", "a\nb", " x", "2027-02-30", "Ann@example.org", "ann@example.org")) | st.text(
    max_size=2
)


def cells(column: Column) -> st.SearchStrategy[str]:
    """What stands in a column: mostly what may, often what leads to the few rows that there are."""
    if column.name == "sourcedId" or column.target:
        usual: st.SearchStrategy[str] = (
            NAMES if column.form != "references" else st.sampled_from(("1", "2,1", "3"))
        )
    elif column.choices:
        usual = st.sampled_from(column.choices)
    else:
        usual = {"date": DAYS, "year": st.just("2027"), "list": st.sampled_from(("a", "a,b"))}.get(
            column.form, st.sampled_from(("a", "b"))
        )
    if column.name in {"status", "dateLastModified", "grades", "userIds"}:
        return st.just("")
    blank = st.just("") if not column.required else usual
    return st.one_of(usual, usual, usual, usual, blank, blank, ODD)


@st.composite
def rosters(draw: st.DrawFn) -> tuple[Version, dict[str, list[Row]]]:
    """A few rows of each file."""
    version: Version = draw(st.sampled_from(("1.1", "1.2")))
    return version, {
        file: draw(st.lists(st.tuples(*map(cells, columns)), max_size=4))
        for file, columns in WRITTEN[version].items()
    }


class Made:
    """Gives rows in place of the Master's."""

    def __init__(self, rows: dict[str, list[Row]]) -> None:
        self._rows = rows

    def of(self, file: str) -> Iterable[Row]:
        return self._rows[file]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("judged")


@given(rosters(), st.integers(1, 3))
def test_what_is_found_while_rows_are_written_is_what_the_whole_check_finds(
    folder: Path, roster: tuple[Version, dict[str, list[Row]]], at_once: int
) -> None:
    version, rows = roster
    path = folder / "bundle.zip"
    path.write_bytes(b"")
    asked, seen = Notices(), Notices()
    with pytest.MonkeyPatch.context() as patch:
        for place in ("sieve._AT_ONCE", "check._AT_ONCE", "hashes._AT_ONCE"):
            patch.setattr(f"aeries_tui.exports.oneroster.{place}", at_once)
        writing = bundle._write(path, cast(BundleRows, Made(rows)), version, rows, Notices())
        faults = check_written(path, writing.bytes, writing.between, writing.broken, asked)
        assert sorted(map(str, faults)) == sorted(map(str, check_bundle(path, seen)))
    assert asked.all() == seen.all()


Harm = Callable[[bytes], bytes]


def with_another_name(whole: bytes) -> bytes:
    """A good ZIP with a good cell that is not the one that was judged."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as before, zipfile.ZipFile(made, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(b"Lastname7000", b"Lastname7001"))
    return made.getvalue()


def without(file: str) -> Harm:
    def harm(whole: bytes) -> bytes:
        made = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(whole)) as before, zipfile.ZipFile(made, "w") as after:
            for name in before.namelist():
                if name != file:
                    after.writestr(name, before.read(name))
        return made.getvalue()

    return harm


HARMS: dict[str, Harm] = {
    "another cell": with_another_name,
    "a file less": without("users.csv"),
    "no manifest": without("manifest.csv"),
    "its end is missing": lambda whole: whole[:-100],
    "nothing arrived": lambda whole: b"",
    "a bit turned": lambda whole: whole[:500] + bytes([whole[500] ^ 1]) + whole[501:],
}


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS.keys())
def test_a_zip_that_does_not_hold_what_was_judged_does_not_leave(
    station: Station, monkeypatch: pytest.MonkeyPatch, harm: Harm
) -> None:
    station.aeries = PaperAeries.usual()
    station.begin(7)
    out = station.district.root / "out.zip"

    def harmed(path: Path, *rest: Any) -> list[Fault]:
        path.write_bytes(harm(path.read_bytes()))
        return check_written(path, *rest)

    with station.master() as db:
        before = write_bundle(db, "1.1", out).path.read_bytes()
        monkeypatch.setattr(bundle, "check_written", harmed)
        with pytest.raises(BundleRefused) as refused:
            write_bundle(db, "1.1", out)
    assert {fault.rule for fault in refused.value.faults} == {1}
    assert out.read_bytes() == before


@pytest.mark.parametrize("part", [3, 2, 1])
def test_a_check_of_a_zip_with_a_bit_turned_tells_it(
    good: dict[Version, Path], tmp_path: Path, part: int
) -> None:
    whole = bytearray(good["1.2"].read_bytes())
    whole[len(whole) * part // 4] ^= 1
    path = tmp_path / "turned.zip"
    path.write_bytes(whole)
    assert check_bundle(path) != []
