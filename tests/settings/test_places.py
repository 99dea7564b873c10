"""Places are found, private and written whole."""

import contextlib
import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeries_tui.errors import ConfigurationError, MasterError
from aeries_tui.settings import Places, find_places, private_dir, private_text_writer, private_writer
from aeries_tui.settings.district_names import OWN_NAMES, check_district_name, check_new_district_name


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def any_umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_environment_wins() -> None:
    places = find_places(
        {"AERIES_TUI_CONFIG_DIR": "/etc/aeries-tui", "AERIES_TUI_DATA_DIR": "/var/lib/aeries-tui"}
    )
    assert places.config_file == Path("/etc/aeries-tui/config.toml")
    assert places.credentials_file == Path("/etc/aeries-tui/credentials.toml")
    assert places.district("Lincoln USD").master == Path("/var/lib/aeries-tui/Lincoln USD/master.sqlite3")


def test_a_blank_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/x/config")
    monkeypatch.setenv("XDG_DATA_HOME", "/x/data")
    assert find_places({"AERIES_TUI_CONFIG_DIR": ""}) == Places(
        Path("/x/config/aeries-tui"), Path("/x/data/aeries-tui")
    )


def test_a_relative_place_is_made_absolute() -> None:
    assert find_places({"AERIES_TUI_DATA_DIR": "here"}).data_dir == Path.cwd() / "here"


def test_finding_makes_nothing(tmp_path: Path) -> None:
    Places(tmp_path / "c", tmp_path / "d").district("x")
    assert list(tmp_path.iterdir()) == []


def test_a_districts_directories_are_for_their_owner_alone(tmp_path: Path, any_umask: None) -> None:
    places = Places(tmp_path / "c", tmp_path / "data" / "aeries").district("Lincoln").create()
    for path in (
        places.root,
        places.root.parent,
        tmp_path / "data",
        places.pulls,
        places.imports,
        places.archives,
    ):
        assert mode(path) == 0o700
    assert places.lock.parent == places.root


def test_a_directory_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    private_dir(tmp_path)
    assert mode(tmp_path) == 0o755


def test_a_file_in_the_way_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MasterError, match="can't be made"):
        private_dir(tmp_path / "file")
    with pytest.raises(MasterError, match="can't be made"):
        private_dir(tmp_path / "file" / "below")


@pytest.mark.parametrize("name", ["Lincoln", "lincoln-unified_2.0", "A b", "4", "_demo"])
def test_a_plain_name_is_taken(name: str) -> None:
    assert check_district_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "a/b",
        "../x",
        "a\0b",
        "a\nb",
        "a\n",
        "-x",
        ".x",
        "x.",
        "x ",
        " x",
        "x" * 65,
        "Peña",
        "a\u202eb",
    ],
)
def test_any_other_name_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        check_district_name(name)
    assert caught.value.exit_status == 2
    assert caught.value.remedy


@pytest.mark.parametrize("name", [*sorted(OWN_NAMES), "Defects", "SAVED", "aeries.secret", "x.lock"])
def test_a_new_district_is_not_called_like_what_the_program_keeps(name: str) -> None:
    with pytest.raises(ConfigurationError, match="files of its own under it"):
        check_new_district_name(name)
    assert check_district_name(name) == name, "one that is there goes on"


@pytest.mark.parametrize("name", ["con", "NUL", "aux.txt", "Com1", "lpt9.a.b", "prn .x"])
def test_a_new_district_is_not_called_like_a_device(name: str) -> None:
    with pytest.raises(ConfigurationError, match="Windows takes it for a device"):
        check_new_district_name(name)


@pytest.mark.parametrize("name", ["console", "Saved by the bell", "auxiliary", "com10", "defects-2", "con-2"])
def test_a_name_that_only_begins_so_is_taken(name: str) -> None:
    assert check_new_district_name(name) == name


def test_a_link_laid_in_place_of_a_file_that_is_being_written_is_not_followed(tmp_path: Path) -> None:
    victim, new = tmp_path / "victim", tmp_path / "new"
    victim.write_text("precious")

    @contextlib.contextmanager
    def laid(path: Path, mode: int = 0o600) -> Iterator[Path]:
        (part := path.with_name("part")).symlink_to(victim)
        yield part

    with patch("aeries_tui.settings.places.private_part", laid):
        for writer in (private_writer, private_text_writer):
            with pytest.raises(OSError, match="symbolic link"), writer(new):
                pass
            (tmp_path / "part").unlink()
    assert victim.read_text() == "precious"


def test_whatever_the_program_keeps_in_its_directories_is_no_districts_name(tmp_path: Path) -> None:
    places = Places(tmp_path / "both", tmp_path / "both")
    kept = {places.config_file, places.credentials_file}
    district = places.district("x")
    kept |= {district.master, district.pulls, district.imports, district.archives, district.lock}
    assert {path.name for path in kept} <= OWN_NAMES


@given(st.text(max_size=80))
def test_a_name_that_is_taken_stays_inside_the_data_directory(name: str) -> None:
    data = Path("/data")
    try:
        root = Places(Path("/c"), data).district(name).root
    except ConfigurationError:
        return
    assert root.parent == data
    assert root.name == name not in {"", ".", ".."}


def _write(path: Path, content: bytes, mode: int = 0o600) -> None:
    with private_writer(path, mode) as file:
        file.write(content)


def test_a_file_is_private_whatever_the_umask(tmp_path: Path, any_umask: None) -> None:
    _write(tmp_path / "f", b"content")
    _write(tmp_path / "g", b"content", mode=0o644)
    assert (tmp_path / "f").read_bytes() == b"content"
    assert mode(tmp_path / "f") == 0o600
    assert mode(tmp_path / "g") == 0o644
    assert sorted(path.name for path in tmp_path.iterdir()) == ["f", "g"]


def test_a_failed_write_leaves_the_old_file_and_no_rubbish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "f").write_bytes(b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(MasterError, match="the disk is full") as caught:
        _write(tmp_path / "f", b"new")
    assert caught.value.meaning == "The file is as it was before."
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_a_block_that_fails_leaves_the_old_file_and_no_rubbish(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), private_writer(tmp_path / "f") as file:
        file.write(b"half of it")
        raise ZeroDivisionError
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_what_a_killed_process_left_is_removed_and_what_another_one_writes_is_not(tmp_path: Path) -> None:
    child = subprocess.Popen(["true"])
    child.wait()
    (tmp_path / f".f.{child.pid}-00000000.part").write_bytes(b"somebody's name")
    with private_writer(tmp_path / "f") as first, private_writer(tmp_path / "f") as second:
        first.write(b"first")
        second.write(b"second")
    assert [path.name for path in tmp_path.iterdir()] == ["f"]
    assert (tmp_path / "f").read_bytes() == b"first", "each wrote a file of its own; the last to end stays"


def test_a_missing_directory_is_said(tmp_path: Path) -> None:
    with pytest.raises(MasterError, match="can't be written"):
        _write(tmp_path / "no" / "f", b"")


def test_a_symbolic_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    _write(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


def test_a_pipe_is_written_to_and_never_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        with private_text_writer(pipe) as file:
            file.write("a line\n")
        assert reader.communicate(timeout=20)[0] == b"a line\n"
    with pytest.raises(MasterError, match="a device or a pipe stands in the place"), private_writer(pipe):
        pass
    assert pipe.is_fifo()
    assert [one.name for one in tmp_path.iterdir()] == ["pipe"]


def test_a_device_that_is_full_is_said(tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.symlink_to("/dev/full")
    with pytest.raises(MasterError, match="full can't be written"), private_text_writer(full) as file:
        file.write("a line\n")
    assert Path("/dev/full").is_char_device()


def test_links_are_followed_one_after_the_other_and_a_circle_of_them_ends(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "first").symlink_to("there/second")
    (tmp_path / "there" / "second").symlink_to("real")
    _write(tmp_path / "first", b"new")
    assert (tmp_path / "there" / "real").read_bytes() == b"new"
    (tmp_path / "circle").symlink_to("circle")
    _write(tmp_path / "circle", b"new")
    assert (tmp_path / "circle").read_bytes() == b"new"


@needs_root
def test_a_link_in_a_shared_folder_is_replaced_and_never_written_through(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o1777)
    (tmp_path / "master").write_bytes(b"old")
    link = shared / "metrics.prom"
    link.symlink_to("../master")
    os.chown(link, 12345, 12345, follow_symlinks=False)
    _write(link, b"new")
    assert (tmp_path / "master").read_bytes() == b"old"
    assert not link.is_symlink()
    assert (link.read_bytes(), link.stat().st_uid, mode(link)) == (b"new", os.geteuid(), 0o600)


@needs_root
def test_a_file_that_root_replaces_stays_its_owners_in_their_own_folder_only(tmp_path: Path) -> None:
    for folder, owner, left in (("home", 12345, 12345), ("shared", 0, 0)):
        (tmp_path / folder).mkdir()
        file = tmp_path / folder / "f"
        file.write_bytes(b"old")
        os.chown(file, 12345, 12345)
        os.chown(tmp_path / folder, owner, owner)
        _write(file, b"new")
        assert file.stat().st_uid == left
        assert mode(file) == 0o600
