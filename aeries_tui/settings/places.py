"""Where configuration and data live, and how files and directories are made there.

Two directories (XDG, by platformdirs), each overridable by the environment; below the
data directory one directory for each district. Everything is for its owner alone.
"""

from __future__ import annotations

import contextlib
import glob
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

import platformdirs

from aeries_tui.errors import ConfigurationError, MasterError
from aeries_tui.os_errors import leads_nowhere, no_folder, refusal_of
from aeries_tui.settings.district_names import check_district_name
from aeries_tui.trust import foreign_link

CONFIG_DIR_VARIABLE = "AERIES_TUI_CONFIG_DIR"
DATA_DIR_VARIABLE = "AERIES_TUI_DATA_DIR"

_APP = "aeries-tui"
_PART = ".part"
HOST_SLOTS = ".hosts"
STATUSES = ".status"


@dataclass(frozen=True)
class DistrictPlaces:
    """The files of one district; making a value creates nothing.

    Attributes:
        name: the district's name, already checked.
        root: the district's directory.
    """

    name: str
    root: Path

    @property
    def master(self) -> Path:
        """The District Master."""
        return self.root / "master.sqlite3"

    @property
    def pulls(self) -> Path:
        """Staging and log of each pull."""
        return self.root / "pulls"

    @property
    def imports(self) -> Path:
        """One directory for each import, with its staff and its student file."""
        return self.root / "imports"

    @property
    def outbox(self) -> Path:
        """One directory for each set of files that is to be delivered."""
        return self.root / "outbox"

    @property
    def host_slots(self) -> Path:
        """Where all districts see how many requests a server has from them; no district can be called so."""
        return self.root.parent / HOST_SLOTS

    @property
    def comparisons(self) -> Path:
        """Comparisons with lists, kept to be seen again."""
        return self.root / "comparisons"

    @property
    def served(self) -> Path:
        """What the roster service gives to products, and who may read it; there once a consumer was added."""
        return self.root / "service.sqlite3"

    @property
    def archives(self) -> Path:
        """The end-of-year archives."""
        return self.root / "archives"

    @property
    def lock(self) -> Path:
        """The file whose kernel lock lets one pull run."""
        return self.root / "pull.lock"

    @property
    def serving(self) -> Path:
        """The file whose kernel lock says that the roster service runs, and where."""
        return self.root / "serve.lock"

    @property
    def audit(self) -> Path:
        """The journal of who did what, beside the districts, for it outlives them."""
        return self.root.parent / "audit"

    def create(self) -> DistrictPlaces:
        """Make the directories that are missing, each 0700; returns itself."""
        for directory in (self.root, self.pulls, self.imports, self.archives):
            private_dir(directory)
        return self


@dataclass(frozen=True)
class Places:
    """The two directories of the program; making a value creates nothing."""

    config_dir: Path
    data_dir: Path

    @property
    def config_file(self) -> Path:
        """The settings: written by a person, never by the program."""
        return self.config_dir / "config.toml"

    @property
    def credentials_file(self) -> Path:
        """The districts and their certificates: written by the program, 0600."""
        return self.config_dir / "credentials.toml"

    @property
    def audit(self) -> Path:
        """The journal of who did what, of all districts."""
        return self.data_dir / "audit"

    @property
    def dispositions(self) -> Path:
        """The certificates of what was erased, of all districts."""
        return self.data_dir / "dispositions"

    @property
    def host_slots(self) -> Path:
        """Where all districts see how many requests a server has from them; no district can be called so."""
        return self.data_dir / HOST_SLOTS

    @property
    def statuses(self) -> Path:
        """A file for each district that says how it stands; no district can be called so."""
        return self.data_dir / STATUSES

    def district(self, name: str) -> DistrictPlaces:
        """The files of the district `name`; raises ConfigurationError for a name that is not allowed."""
        checked = check_district_name(name)
        return DistrictPlaces(checked, self.data_dir / checked)


def places_of_user(env: Mapping[str, str]) -> Places:
    """Where this user's configuration and data live, or where the environment names; see `machine.find_places`.

    Raises:
        ConfigurationError: the user has no home directory, and one of the two needs it.
    """
    config = env.get(CONFIG_DIR_VARIABLE) or _of_platform(
        platformdirs.user_config_dir, "XDG_CONFIG_HOME", env
    )
    data = env.get(DATA_DIR_VARIABLE) or _of_platform(platformdirs.user_data_dir, "XDG_DATA_HOME", env)
    return Places(_absolute(config), _absolute(data))


def home_directory(env: Mapping[str, str]) -> Path:
    """This user's home directory: HOME, else what the system knows of the account; ConfigurationError for none."""
    if env.get("HOME") or "HOME" not in env:
        with contextlib.suppress(RuntimeError):
            return Path(env.get("HOME") or Path.home())
    raise _homeless()


def _of_platform(find: Callable[[str], str], variable: str, env: Mapping[str, str]) -> str:
    if not env.get(variable):
        home_directory(env)
    return find(_APP)


def _absolute(path: str) -> Path:
    try:
        return Path(path).expanduser().absolute()
    except RuntimeError:
        raise _homeless() from None


def _homeless() -> ConfigurationError:
    return ConfigurationError(
        "This user has no home directory, so there is no place for configuration and data.",
        meaning="Nothing was read or changed.",
        remedy=f"Set HOME, or {CONFIG_DIR_VARIABLE} and {DATA_DIR_VARIABLE}, to directories of this user's.",
    )


def private_dir(path: Path) -> Path:
    """Make `path` and its missing parents, each 0700 whatever the umask; returns it.

    A directory that is there already is left as it is. Raises MasterError when the system refuses.
    """
    _refuse_foreign_link(path)
    try:
        missing = [directory for directory in (path, *path.parents) if not directory.exists()]
        for directory in reversed(missing):
            with contextlib.suppress(FileExistsError):
                directory.mkdir(mode=0o700)
                directory.chmod(0o700)
        if not path.is_dir():
            raise NotADirectoryError(20, "Not a directory")
    except OSError as error:
        in_the_way = no_folder(path)
        by_hand = f"Make it by hand, or name another place: {CONFIG_DIR_VARIABLE}, {DATA_DIR_VARIABLE}."
        raise MasterError(
            f"The directory {path} can't be made: {(in_the_way or refusal_of(error)).what}.",
            meaning="Nothing was changed.",
            remedy=in_the_way.remedy if in_the_way else by_hand,
        ) from error
    return path


@contextlib.contextmanager
def private_part(path: Path, mode: int = 0o600) -> Iterator[Path]:
    """A new, empty file beside `path` that takes its name when the block ends well; otherwise it is removed.

    Whoever reads `path`, at any instant, finds the old file or the new one whole: it is synced, renamed, and the
    directory synced. A symbolic link of this user or of root is written through; anybody else's, as can lie in wait in
    a shared folder, is replaced by the file, or refused where it is a directory on the way. When root replaces somebody's file in their own folder it stays theirs.
    What a killed process left behind is removed by the next one that writes the same file. A device or a pipe is
    never replaced.

    Args:
        path: the file; its directory exists.
        mode: its permissions, whatever the umask.

    Raises:
        MasterError: the system refused; the old file is as it was.
    """
    target = _behind_own_links(path)
    if _is_special(target):
        raise MasterError(
            f"{path} can't be written: a device or a pipe stands in the place of the file.",
            meaning="Nothing was changed.",
            remedy="Name a file.",
        )
    _drop_abandoned(target)
    part = target.with_name(f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}{_PART}")
    try:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            _keep_owner(target, descriptor)
            os.fchmod(descriptor, mode)
            yield part
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        part.replace(target)
        _sync_directory(target.parent)
    except OSError as error:
        refusal = leads_nowhere(path) or no_folder(path.parent) or refusal_of(error)
        raise MasterError(
            f"{path} can't be written: {refusal.what}.",
            meaning="The file is as it was before.",
            remedy=refusal.remedy,
        ) from error
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def private_writer(path: Path, mode: int = 0o600) -> Iterator[BinaryIO]:
    """A file to write bytes into that appears as `path` when the block ends well; see `private_part`."""
    with private_part(path, mode) as part, open(part, "r+b", opener=no_link) as file:
        yield file


@contextlib.contextmanager
def private_text_writer(path: Path) -> Iterator[TextIO]:
    """The same for text: UTF-8, line ends as they are written.

    A device or a pipe is written to as it is, never replaced, and never through a link of somebody else.
    """
    if _is_special(path) and foreign_link(path) is None:
        try:
            with path.open("w", encoding="utf-8", newline="") as file:
                yield file
        except OSError as error:
            refusal = refusal_of(error)
            raise MasterError(f"{path} can't be written: {refusal.what}.", remedy=refusal.remedy) from error
        return
    with (
        private_part(path) as part,
        open(part, "r+", encoding="utf-8", newline="", opener=no_link) as file,
    ):
        yield file


def _is_special(path: Path) -> bool:
    """Whether a device, a pipe or a socket stands there: a file in its place would take it from everybody."""
    try:
        return path.exists() and not path.is_file() and not path.is_dir()
    except OSError:  # nobody may look there; whoever opens it is told
        return False


def no_link(path: str, flags: int) -> int:
    """Opens a file that was just made; where others may write, a link could have taken its place."""
    return os.open(path, flags | os.O_NOFOLLOW)


def _behind_own_links(path: Path) -> Path:
    """Where `path` leads by links of this user and of root; anybody else's is not followed.

    Raises:
        MasterError: a directory on the way is a link of somebody else.
    """
    for _ in range(40):  # as many as the kernel follows
        _refuse_foreign_link(path.parent)
        try:
            if path.lstat().st_uid not in {os.geteuid(), 0}:
                break
            path = path.parent / path.readlink()
        except OSError:  # it is no link, or not there yet
            break
    return path


def _refuse_foreign_link(directory: Path) -> None:
    foreign = foreign_link(directory)
    if foreign is not None:
        raise MasterError(
            f"Nothing is written into {directory}: {foreign} is a link that belongs to somebody else.",
            meaning="Nothing was changed.",
            remedy="Name the directory itself, or one of your own.",
        )


def _drop_abandoned(target: Path) -> None:
    """Remove what killed processes left of this file."""
    for part in target.parent.glob(f".{glob.escape(target.name)}.*{_PART}"):
        owner = part.name[len(target.name) + 2 :].partition("-")[0]
        if owner.isdigit() and not _is_alive(int(owner)):
            with contextlib.suppress(OSError):
                part.unlink()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is another user's
        return True
    return True


def _keep_owner(target: Path, descriptor: int) -> None:
    """Give the new file to whom the old one belongs, where this process may and the folder is theirs too.

    In a shared folder anybody can lay a file that is to become theirs again, with what is written into it.
    """
    with contextlib.suppress(FileNotFoundError, PermissionError):
        old = target.lstat()
        if old.st_uid != os.geteuid() and old.st_uid == target.parent.stat().st_uid:
            os.fchown(descriptor, old.st_uid, old.st_gid)


def _sync_directory(directory: Path) -> None:
    """Make the rename itself durable."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
