"""Archives that are encrypted to a public key."""

from __future__ import annotations

import json
from pathlib import Path

import pyrage  # type: ignore[import-untyped,unused-ignore]
import pytest

from aeries_tui.cli import run
from aeries_tui.errors import NotAllowedNow, WrongUse
from aeries_tui.operations.archive_encryption import decrypt_archive, encrypt_archive
from aeries_tui.operations.archive_year import archive_year, archives_of, verify_archive
from aeries_tui.operations.erase import erase
from engine import PaperAeries, Station
from operations.test_erase import where

WHO = 70_123_456


@pytest.fixture
def town(station: Station) -> Station:
    """A district with an archive."""
    station.aeries = PaperAeries.usual(6)
    for path, rows in station.aeries.lists.items():
        if path.endswith(("/students", "/classes")):
            for row in rows:
                if row.get("StudentID") == 7003:
                    row["StudentID"] = WHO
    next(r for r in station.aeries.lists["7/students"] if r["StudentID"] == WHO)["LastName"] = "Unmistakeable"
    station.begin(7, 8, 9)
    archive_year(station.district, station.settings)
    station.pull()
    return station


@pytest.fixture
def key(tmp_path: Path) -> tuple[str, Path]:
    """A public key, and the file of its private one."""
    identity = pyrage.x25519.Identity.generate()
    path = tmp_path / "key.txt"
    path.write_text(f"# created: today\n# public key: {identity.to_public()}\n{identity}\n")
    return str(identity.to_public()), path


def test_an_encrypted_archive_is_read_by_the_private_key_alone(town: Station, key: tuple[str, Path]) -> None:
    (archive,) = archives_of(town.district)
    before = archive.path.read_bytes()
    path = encrypt_archive(town.as_district(), archive.name, [key[0]])
    assert path.stat().st_mode & 0o777 == 0o600
    assert not archive.path.exists()
    assert b"Unmistakeable" not in path.read_bytes()
    assert "It is encrypted" in verify_archive(town.district, archive.name)[0]
    assert decrypt_archive(town.as_district(), archive.name, key[1]) == 0
    assert archive.path.read_bytes() == before
    assert not path.exists()
    assert verify_archive(town.district, archive.name) == []


def test_who_was_erased_meanwhile_is_taken_out_when_it_is_decrypted(
    town: Station, key: tuple[str, Path]
) -> None:
    (archive,) = archives_of(town.district)
    encrypt_archive(town.as_district(), archive.name, [key[0]])
    done = erase(town.as_district(), [("student", WHO)], "asked for")
    assert f"the archive {archive.name}, which is encrypted" in " ".join(done.disposition.not_reached)
    assert where(town.places.data_dir, [b"Unmistakeable", str(WHO).encode()]) == []
    assert decrypt_archive(town.as_district(), archive.name, key[1]) == 1
    assert where(town.places.data_dir, [b"Unmistakeable", str(WHO).encode()]) == []
    assert verify_archive(town.district, archive.name) == []


def test_another_key_and_what_is_no_key_change_nothing(
    town: Station, key: tuple[str, Path], tmp_path: Path
) -> None:
    (archive,) = archives_of(town.district)
    with pytest.raises(WrongUse, match="is no public key"):
        encrypt_archive(town.as_district(), archive.name, ["age1nonsense"])
    with pytest.raises(NotAllowedNow, match="is not encrypted"):
        decrypt_archive(town.as_district(), archive.name, key[1])
    path = encrypt_archive(town.as_district(), archive.name, [key[0]])
    other = tmp_path / "other.txt"
    other.write_text(f"{pyrage.x25519.Identity.generate()}\n")
    with pytest.raises(NotAllowedNow, match="can't be decrypted with this key"):
        decrypt_archive(town.as_district(), archive.name, other)
    other.write_text("nothing\n")
    with pytest.raises(WrongUse, match="holds no private key"):
        decrypt_archive(town.as_district(), archive.name, other)
    with pytest.raises(NotAllowedNow, match="encrypted already"):
        encrypt_archive(town.as_district(), archive.name, [key[0]])
    assert path.exists()
    assert not archive.path.exists()


def test_without_the_extra_it_is_said_what_to_install(
    town: Station, key: tuple[str, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AERIES_TUI_CONFIG_DIR", str(town.places.config_dir))
    monkeypatch.setenv("AERIES_TUI_DATA_DIR", str(town.places.data_dir))
    with monkeypatch.context() as without:
        without.setitem(__import__("sys").modules, "pyrage", None)
        assert run(["archive", "encrypt", "2026-2027", "--to", key[0]]) == 2
        assert "aeries-tui[encrypt]" in capsys.readouterr().err
    assert run(["archive", "encrypt", "2026-2027", "--to", key[0]]) == 0
    assert run(["archive", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.split("\n", 1)[1])["archives"][0]["encrypted"] is True
    assert run(["archive", "decrypt", "2026-2027", "--identity", str(key[1])]) == 0
