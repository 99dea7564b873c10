"""What says which commands run is read only where nobody but this user and root can change it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from aeries_tui.errors import AeriesTuiError, ConfigurationError, MasterError
from aeries_tui.secret import Secret
from aeries_tui.settings import Credential, CredentialStore, load_settings, private_dir, private_writer
from aeries_tui.settings.certificate import FromCommand, InFile, resolve_certificate
from aeries_tui.trust import distrusted, foreign_link, run_named

SOMEBODY = 12345
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


@pytest.fixture
def config(fast_path: Path) -> Path:
    """A configuration folder of this user's."""
    folder = fast_path / "up" / "config"
    folder.mkdir(parents=True, mode=0o700)
    folder.parent.chmod(0o755)
    (folder / "config.toml").write_text("[ui]\n")
    (folder / "config.toml").chmod(0o644)
    CredentialStore(folder / "credentials.toml").add(
        Credential("demo", "https://demo.example", InFile(Secret("x" * 32)))
    )
    return folder


def refusal(work: Callable[[], object]) -> AeriesTuiError:
    with pytest.raises(AeriesTuiError) as caught:
        work()
    assert caught.value.remedy
    return caught.value


def readers(config: Path) -> list[Callable[[], object]]:
    return [
        lambda: load_settings(config / "config.toml"),
        lambda: CredentialStore(config / "credentials.toml").all(),
    ]


def test_files_of_this_user_that_others_can_only_read_are_read(config: Path) -> None:
    for read in readers(config):
        read()


@pytest.mark.parametrize("mode", [0o664, 0o646, 0o666])
def test_settings_that_others_can_write_are_refused_with_what_to_type(config: Path, mode: int) -> None:
    path = config / "config.toml"
    path.chmod(mode)
    error = refusal(lambda: load_settings(path))
    assert isinstance(error, ConfigurationError)
    assert f"{path} belongs to" in error.message
    assert f"(mode {mode:04o})" in error.message
    assert error.meaning == "No command was run, nothing was changed."
    assert error.remedy == f"Type: chmod go-w {path}"


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o775])
@pytest.mark.parametrize("above", [0, 1])
def test_a_folder_on_the_way_that_others_can_write_is_refused(config: Path, mode: int, above: int) -> None:
    folder = (config, config.parent)[above]
    folder.chmod(mode)
    for read in readers(config):
        error = refusal(read)
        assert f"{folder} belongs to" in error.message
        assert error.remedy == f"Type: chmod go-w {folder}"
    store = CredentialStore(config / "credentials.toml")
    refusal(lambda: store.remove("demo"))
    folder.chmod(0o700)
    assert [one.name for one in store.all()] == ["demo"]


def test_a_sticky_folder_that_everybody_can_write_is_no_way_in(config: Path) -> None:
    config.parent.chmod(0o1777)
    for read in readers(config):
        read()


def test_a_file_of_this_user_behind_a_link_is_looked_at_with_its_own_folders(config: Path) -> None:
    there = config.parent / "there"
    there.mkdir(mode=0o700)
    (config / "config.toml").rename(there / "real.toml")
    (config / "config.toml").symlink_to("../there/real.toml")
    load_settings(config / "config.toml")
    there.chmod(0o777)
    assert f"{there} belongs to" in refusal(lambda: load_settings(config / "config.toml")).message


@needs_root
@pytest.mark.parametrize("name", ["config.toml", "credentials.toml", "."])
def test_root_takes_nothing_from_what_another_user_owns(config: Path, name: str) -> None:
    theirs = config / name
    os.chown(theirs, SOMEBODY, SOMEBODY)
    read = readers(config)["credentials" in name]
    error = refusal(read)
    assert f"{theirs} belongs to {SOMEBODY}" in error.message
    assert "not to root" in error.message
    assert f"sudo -u {SOMEBODY} aeries-tui" in error.remedy
    assert f"chown root {theirs}" in error.remedy


@needs_root
def test_a_link_that_somebody_else_laid_is_not_followed(config: Path) -> None:
    (config / "config.toml").rename(config / "real.toml")
    (config / "config.toml").symlink_to("real.toml")
    os.chown(config / "config.toml", SOMEBODY, SOMEBODY, follow_symlinks=False)
    assert (
        f"{config / 'config.toml'} belongs to"
        in refusal(lambda: load_settings(config / "config.toml")).message
    )


def test_what_is_not_there_is_no_reason_to_refuse(config: Path) -> None:
    assert distrusted(config / "none" / "at.all") is None
    config.chmod(0o777)
    assert load_settings(config / "none.toml").path == config / "none.toml"


def test_a_circle_of_links_ends(config: Path) -> None:
    (config / "circle").symlink_to("circle")
    assert distrusted(config / "circle") is None


def program(folder: Path, *, mode: int = 0o755) -> Path:
    path = folder / "program"
    path.write_text("#!/bin/sh\necho ABCDEF\n")
    path.chmod(mode)
    return path


def test_a_command_whose_program_others_can_change_is_not_run(config: Path) -> None:
    path = program(config)
    ended = run_named([str(path)], timeout=10)
    assert ended.stdout == b"ABCDEF\n"
    path.chmod(0o775)
    ended = run_named([str(path)], timeout=10)
    assert (ended.ending, ended.stdout) == ("not_started", b"")
    assert f"{path} belongs to" in ended.reason
    assert f"chmod go-w {path}" in ended.reason
    path.chmod(0o755)
    config.chmod(0o777)
    assert run_named([str(path)], timeout=10).ending == "not_started"


def test_a_script_that_an_interpreter_runs_and_a_program_of_the_path_are_looked_at_as_well(
    config: Path,
) -> None:
    path = program(config, mode=0o766)
    assert run_named(["/bin/sh", str(path)], timeout=10).ending == "not_started"
    assert run_named(["program"], timeout=10, env={"PATH": str(config)}).ending == "not_started"
    path.chmod(0o744)
    assert run_named(["/bin/sh", str(path)], timeout=10).ok
    assert run_named(["program"], timeout=10, env={"PATH": str(config)}).ok
    # What a program is given to work on is its own business.
    path.chmod(0o666)
    assert run_named(["/bin/cat", str(path)], timeout=10).ok


def test_a_certificate_is_not_taken_from_a_command_that_others_can_change(config: Path) -> None:
    path = program(config, mode=0o777)
    error = refusal(lambda: resolve_certificate("demo", FromCommand((str(path),)), env={}))
    assert "others could change it" in error.message
    assert "Aeries was not asked" in error.meaning


@needs_root
def test_nothing_is_written_through_a_folder_that_is_somebody_elses_link(config: Path) -> None:
    shared = config.parent / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    (shared / "out").symlink_to(config)
    os.chown(shared / "out", SOMEBODY, SOMEBODY, follow_symlinks=False)
    assert foreign_link(shared / "out" / "x.csv") == shared / "out"
    with (
        pytest.raises(MasterError, match="link that belongs to somebody else"),
        private_writer(shared / "out" / "x.csv"),
    ):
        pass
    with pytest.raises(MasterError, match="link that belongs to somebody else"):
        private_dir(shared / "out" / "new")
    assert not (config / "new").exists()
    assert not list(config.glob("*x.csv*"))
