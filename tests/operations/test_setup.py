"""A machine is set up as it was shown, once or again, and taken back to exactly what it was."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from unittest.mock import patch

import pytest

from aeries_tui.errors import ConfigurationError, MasterError, NotAllowedNow
from aeries_tui.operations import setup as making
from aeries_tui.operations import setup_undo as undoing
from aeries_tui.operations.move_places import move_all
from aeries_tui.operations.setup import Setup
from aeries_tui.operations.setup_record import Ground, Step
from aeries_tui.operations.setup_undo import Undoing
from aeries_tui.processes import Finished
from aeries_tui.pull.lock import locked
from aeries_tui.schedule.socket_unit import SocketUnit, WantedSocket
from aeries_tui.schedule.unit_pair import Directories
from aeries_tui.secret import Secret
from aeries_tui.settings import Credential, CredentialStore, InFile, Places, private_dir
from aeries_tui.settings.machine import Account

UID, GID = (4711, 4712) if os.geteuid() == 0 else (os.geteuid(), os.getegid())


@dataclass
class Accounts:
    """A machine's accounts, as useradd and userdel change them."""

    there: bool = False
    calls: list[str] = field(default_factory=list)
    refuses: bool = False

    def __call__(
        self, argv: Sequence[str], *, timeout: float, stdin: bytes = b"", env: Mapping[str, str] | None = None
    ) -> Finished:
        self.calls.append(" ".join(argv))
        if self.refuses:
            return Finished("exited", 9, stderr=b"useradd: group aeries-tui exists\n")
        self.there = Path(argv[0]).name == "useradd"
        return Finished("exited", 0)

    def find(self) -> Account | None:
        return Account("aeries-tui", UID, GID, "/var/lib/aeries-tui") if self.there else None


@pytest.fixture
def accounts() -> Accounts:
    return Accounts()


@pytest.fixture
def ground(tmp_path: Path, accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> Ground:
    monkeypatch.setattr(making, "schedulers", lambda places: ())
    monkeypatch.setattr(
        undoing.shutil, "which", lambda name, path=None: None if name == "crontab" else f"/sbin/{name}"
    )
    for name in ("etc/systemd", "var/lib", "usr/share", "root"):
        (tmp_path / name).mkdir(parents=True)
    return Ground(
        Places(tmp_path / "root" / "config", tmp_path / "root" / "data"),
        Places(tmp_path / "etc" / "aeries-tui", tmp_path / "var" / "lib" / "aeries-tui"),
        tmp_path / "etc" / "aeries-tui-secrets",
        tmp_path / "var" / "lib" / "aeries-tui-status",
        tmp_path / "etc" / "record.json",
        accounts,
        accounts.find,
        tmp_path / "etc" / "systemd",
    )


@pytest.fixture
def setup(ground: Ground, tmp_path: Path) -> Setup:
    text = tmp_path / "usr" / "share" / "man" / "man1" / "aeries-tui.1"
    return Setup(
        ground, {text: "a page\n"}, (tmp_path / "usr" / "aeries-tui", Path("/opt/aeries-tui/bin/aeries-tui"))
    )


def listing(root: Path) -> dict[str, tuple[int, int, int, str]]:
    """Everything below a directory: mode, owner, group, and a file's text or a link's target."""
    found = {}
    for path in sorted(root.rglob("*")):
        info = path.lstat()
        text = str(path.readlink()) if path.is_symlink() else path.read_text() if path.is_file() else ""
        found[str(path.relative_to(root))] = (info.st_mode, info.st_uid, info.st_gid, text)
    return found


def carry_out(steps: Sequence[Step]) -> list[str]:
    for step in steps:
        step.do()
    return [step.words for step in steps]


def add_district(places: Places, name: str = "lincoln") -> None:
    made = places.config_dir.exists() and places.config_dir.stat().st_uid
    if made:
        os.chown(places.config_dir, os.geteuid(), -1)
    private_dir(places.config_dir)
    CredentialStore(places.credentials_file).add(
        Credential(name, "https://x.example", InFile(Secret("c" * 32)))
    )
    if made:
        os.chown(places.config_dir, made, -1)
    files = places.district(name).create()
    files.master.write_text("a Master")
    files.master.chmod(0o600)
    files.lock.touch(0o600)


def test_everything_is_said_before_anything_is_done(setup: Setup, tmp_path: Path) -> None:
    before = listing(tmp_path)
    words = [step.words for step in setup.plan(move=True)]
    assert listing(tmp_path) == before
    assert "make the account aeries-tui" in words[0]
    assert len(words) == 7


def test_the_directories_are_the_services_alone_and_their_standing_everybodys(
    setup: Setup, accounts: Accounts
) -> None:
    carry_out(setup.plan(move=False))
    ground = setup.ground
    for path, mode in (
        (ground.machine.config_dir, 0o700), (ground.machine.data_dir, 0o700), (ground.status_dir, 0o755),
    ):  # fmt: skip
        assert (path.stat().st_mode & 0o777, path.stat().st_uid, path.stat().st_gid) == (mode, UID, GID)
    assert "--shell /sbin/nologin" in accounts.calls[0]
    assert "--no-create-home" in accounts.calls[0]


def test_a_second_time_nothing_is_to_be_done_and_what_is_missing_is_made_again(
    setup: Setup, tmp_path: Path
) -> None:
    carry_out(setup.plan(move=False))
    before = listing(tmp_path)
    assert setup.plan(move=False) == []
    (text,) = setup.texts
    text.unlink()
    assert carry_out(setup.plan(move=False)) == [f"write {text}"]
    assert listing(tmp_path) == before
    newer = replace(setup, texts={text: "a newer page\n"})
    assert carry_out(newer.plan(move=False)) == [f"write {text} anew"]
    text.write_text("somebody's own\n")
    assert newer.plan(move=False) == []


def test_undoing_leaves_exactly_what_was_there(setup: Setup, tmp_path: Path, accounts: Accounts) -> None:
    before = listing(tmp_path)
    carry_out(setup.plan(move=False))
    carry_out(Undoing(setup.ground).plan())
    assert listing(tmp_path) == before
    assert not accounts.there
    with pytest.raises(NotAllowedNow, match="setup has made nothing on this machine"):
        Undoing(setup.ground).plan()


def test_what_was_there_before_stays_and_belongs_to_whom_it_belonged(
    setup: Setup, tmp_path: Path, accounts: Accounts
) -> None:
    accounts.there = True
    etc = setup.ground.machine.config_dir
    etc.mkdir(mode=0o750)
    (etc / "config.toml").write_text("[source]\n")
    (text,) = setup.texts
    text.parent.mkdir(parents=True)
    text.write_text("somebody's own page\n")
    before = listing(tmp_path)
    carry_out(setup.plan(move=False))
    assert (etc / "config.toml").stat().st_uid == UID
    assert text.read_text() == "somebody's own page\n"
    carry_out(Undoing(setup.ground).plan())
    assert listing(tmp_path) == before
    assert accounts.there, "setup did not make it"


def test_what_somebody_changed_since_is_left(setup: Setup) -> None:
    carry_out(setup.plan(move=False))
    (text,) = setup.texts
    text.write_text("somebody's own\n")
    (setup.ground.status_dir / "notes.txt").touch()
    carry_out(Undoing(setup.ground).plan())
    assert text.read_text() == "somebody's own\n"
    assert (setup.ground.status_dir / "notes.txt").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="what was the machine's becomes root's, which only root can do")
def test_roots_own_districts_are_moved_there_and_back(setup: Setup, tmp_path: Path) -> None:
    own, machine = setup.ground.own, setup.ground.machine
    add_district(own)
    (own.config_dir / "aeries.secret").write_text("a certificate")
    (own.config_dir / "aeries.secret").chmod(0o600)
    before = listing(tmp_path)
    words = carry_out(setup.plan(move=True))
    assert any(word.startswith("move the districts lincoln: ") for word in words)
    assert [path for path in (own.config_dir, own.data_dir) for _ in path.iterdir()] == []
    assert machine.district("lincoln").master.read_text() == "a Master"
    for path in (
        machine.credentials_file,
        machine.district("lincoln").master,
        machine.district("lincoln").root,
    ):
        assert (path.stat().st_uid, path.stat().st_mode & 0o077) == (UID, 0)
    carry_out(Undoing(setup.ground).plan())
    assert listing(tmp_path) == before


@pytest.mark.skipif(os.geteuid() != 0, reason="what was the machine's becomes root's, which only root can do")
def test_undoing_loses_no_district_that_was_added_since(setup: Setup) -> None:
    carry_out(setup.plan(move=False))
    add_district(setup.ground.machine, "oak")
    words = carry_out(Undoing(setup.ground).plan())
    assert any(word.startswith("move the machine's districts and their data to ") for word in words)
    assert setup.ground.own.district("oak").master.read_text() == "a Master"
    assert not setup.ground.machine.data_dir.exists()


def test_districts_on_both_sides_are_never_mixed(setup: Setup, tmp_path: Path) -> None:
    carry_out(setup.plan(move=False))
    add_district(setup.ground.machine, "oak")
    add_district(setup.ground.own)
    before = listing(tmp_path)
    with pytest.raises(NotAllowedNow, match="The machine has districts already"):
        setup.plan(move=True)
    with pytest.raises(NotAllowedNow, match="is there already"):
        Undoing(setup.ground).plan()
    assert listing(tmp_path) == before


def test_a_roster_service_goes_with_the_machine_that_it_was_installed_on(
    setup: Setup, tmp_path: Path, accounts: Accounts
) -> None:
    ground = setup.ground
    before = listing(tmp_path)
    carry_out(setup.plan(move=False))
    unit = SocketUnit("system", Directories(ground.units, tmp_path / "stamps"), accounts)
    unit.install(WantedSocket("Lincoln High", "127.0.0.1", 8480, ground.machine, ("/opt/aeries-tui",)))
    accounts.there = True
    assert len(list(ground.units.glob("aeries-tui-serve-*"))) == 2
    words = carry_out(Undoing(ground).plan())
    assert words[0] == "remove the roster service of Lincoln High"
    assert listing(tmp_path) == before


def test_roots_own_roster_service_is_taken_away_before_its_districts_move(setup: Setup) -> None:
    own = setup.ground.own
    add_district(own)
    with (
        patch("aeries_tui.operations.setup.has_socket", return_value=True),
        patch("aeries_tui.operations.setup.remove_socket") as removed,
    ):
        (step,) = [one for one in setup.plan(move=True) if "roster service" in one.words]
        step.do()
    removed.assert_called_once_with(own, "lincoln")
    assert not any("roster service" in one.words for one in setup.plan(move=True))


def test_a_district_whose_roster_service_runs_is_not_moved(setup: Setup) -> None:
    add_district(setup.ground.own)
    with (
        locked(setup.ground.own.district("lincoln").serving, "http://127.0.0.1:8480"),
        pytest.raises(NotAllowedNow, match="The roster service of lincoln runs"),
    ):
        setup.plan(move=True)


def test_a_district_that_is_in_use_is_not_moved(setup: Setup) -> None:
    add_district(setup.ground.own)
    with (
        locked(setup.ground.own.district("lincoln").lock, "pull"),
        pytest.raises(NotAllowedNow, match="the district lincoln"),
    ):
        setup.plan(move=True)


def test_a_move_that_fails_leaves_all_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own, machine = Places(tmp_path / "a", tmp_path / "b"), Places(tmp_path / "c", tmp_path / "d")
    add_district(own)
    before = listing(tmp_path)
    copies: list[Path] = []

    def full(source: Path, target: Path, **others: object) -> None:
        copies.append(source)
        if source == own.data_dir:
            raise OSError(28, "No space left on device")
        target.mkdir()
        (target / "credentials.toml").touch()

    monkeypatch.setattr("shutil.copytree", full)
    with pytest.raises(MasterError, match="the disk is full") as caught:
        move_all(own, machine, os.geteuid(), os.getegid())
    assert caught.value.meaning == "They are where they were."
    assert copies == [own.config_dir, own.data_dir]
    left = {name: found for name, found in listing(tmp_path).items() if name not in {"c", "d"}}
    assert left == before


def test_a_directory_of_somebody_elses_is_refused(setup: Setup, tmp_path: Path) -> None:
    setup.ground.machine.config_dir.symlink_to(tmp_path / "usr")
    with pytest.raises(ConfigurationError, match="is no directory of root's or of aeries-tui's"):
        setup.plan(move=False)


def test_a_refused_account_is_said_and_the_next_run_goes_on(setup: Setup, accounts: Accounts) -> None:
    accounts.refuses = True
    with pytest.raises(MasterError, match="useradd ended with status 9: useradd: group aeries-tui exists"):
        carry_out(setup.plan(move=False))
    accounts.refuses = False
    carry_out(setup.plan(move=False))
    assert setup.plan(move=False) == []


def test_a_setup_that_was_killed_half_way_is_undone_as_far_as_it_went(setup: Setup, tmp_path: Path) -> None:
    before = listing(tmp_path)
    for step in setup.plan(move=False)[:3]:
        step.do()
    carry_out(Undoing(setup.ground).plan())
    assert listing(tmp_path) == before
