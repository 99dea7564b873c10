"""Preparing a machine for districts of its own.

Every step is planned as a sentence before anything is done. A second run does only what is missing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from aeries_tui.errors import ConfigurationError, NotAllowedNow
from aeries_tui.operations.move_places import move_all, move_secrets, root_entries
from aeries_tui.operations.roster_service.sockets import has_socket, remove_socket
from aeries_tui.operations.setup_record import SBIN_PATH, Ground, Record, Step, require_idle
from aeries_tui.schedule import schedulers
from aeries_tui.settings import CredentialStore, private_writer
from aeries_tui.settings.machine import SERVICE_USER, Account


@dataclass(frozen=True)
class Setup:
    """A machine to prepare.

    Attributes:
        ground: the machine.
        texts: files for everybody, such as the completion of a shell, each with its text.
        link: where the program shall be found, and the program; None where it need not be linked.
    """

    ground: Ground
    texts: Mapping[Path, str]
    link: tuple[Path, Path] | None = None

    def plan(self, *, move: bool) -> list[Step]:
        """What is to be done, each step once those before it are.

        Args:
            move: also move root's own districts to the machine's place.

        Raises:
            NotAllowedNow: the districts can't be moved: a pull runs, or the machine's place is not empty.
            ConfigurationError: a directory belongs to somebody else; the record can't be read.
        """
        steps = list(self._account_steps())
        for path, mode in (
            (self.ground.machine.config_dir, 0o700), (self.ground.machine.data_dir, 0o700), (self.ground.status_dir, 0o755),
        ):  # fmt: skip
            steps += self._directory_steps(path, mode)
        if not os.path.lexists(self.ground.secrets):
            words = f"make {self.ground.secrets} (750, of root; {SERVICE_USER} may read), for what systemd hands out"
            steps.append(Step(words, self._make_secrets))
        steps += self._text_steps()
        if self.link is not None:
            path, program = self.link
            if not os.path.lexists(path):
                steps.append(Step(f"link {path} to {program}", partial(self._make_link, path, program)))
        if move:
            steps += self._move_steps()
        return steps

    def _account_steps(self) -> Iterator[Step]:
        if self.ground.account() is None:
            yield Step(f"make the account {SERVICE_USER}, without a shell or a password", self._make_account)

    def _make_account(self) -> None:
        useradd = shutil.which("useradd", path=SBIN_PATH)
        if useradd is None:
            raise NotAllowedNow(
                "This machine has no useradd.",
                meaning="Nothing was changed.",
                remedy=f"Make a system account {SERVICE_USER} with the home {self.ground.machine.data_dir} and without a shell by the "
                "tools of this machine, then set up again.",
            )
        shell = (
            shutil.which("nologin", path=SBIN_PATH) or shutil.which("false", path=SBIN_PATH) or "/bin/false"
        )
        argv = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", str(self.ground.machine.data_dir),
                "--shell", shell, "--comment", "Daily import from Aeries", SERVICE_USER]  # fmt: skip
        self.ground.checked(argv)
        self.ground.note(lambda record: setattr(record, "account", True))

    def _directory_steps(self, path: Path, mode: int) -> Iterator[Step]:
        account = self.ground.account()
        if not os.path.lexists(path):
            yield Step(
                f"make {path} ({mode:o}, of {SERVICE_USER})", partial(self._make_directory, path, mode)
            )
            return
        found = path.lstat()
        if path.is_symlink() or not path.is_dir() or found.st_uid not in {0, account.uid if account else 0}:
            raise ConfigurationError(
                f"{path} is no directory of root's or of {SERVICE_USER}'s.",
                meaning="Nothing was changed.",
                remedy="See whose it is; move it away, then set up again.",
            )
        if account is None or found.st_uid != account.uid or found.st_mode & 0o777 != mode:
            yield Step(
                f"give {path} and what is in it to {SERVICE_USER} ({mode:o})", partial(self._give, path, mode)
            )

    def _make_directory(self, path: Path, mode: int) -> None:
        account = self._must_have_account()
        path.mkdir(0o700)
        self.ground.note(partial(_add_directory, str(path)))
        os.chown(path, account.uid, account.gid)
        path.chmod(mode)

    def _make_secrets(self) -> None:
        path = self.ground.secrets
        path.mkdir(0o700)
        self.ground.note(partial(_add_directory, str(path)))
        os.chown(path, 0 if os.geteuid() == 0 else -1, self._must_have_account().gid)
        path.chmod(0o750)

    def _give(self, path: Path, mode: int) -> None:
        account = self._must_have_account()
        for one in (path, *root_entries(path)):
            found = one.lstat()
            before = (found.st_uid, found.st_gid, found.st_mode & 0o7777)
            self.ground.note(partial(_keep_owner, str(one), before))
            os.chown(one, account.uid, account.gid, follow_symlinks=False)
        path.chmod(mode)

    def _text_steps(self) -> Iterator[Step]:
        for path, text in self.texts.items():
            if not os.path.lexists(path):
                yield Step(f"write {path}", partial(self._write, path, text))
            elif self.ground.is_as_written(path) and path.read_text("utf-8", "replace") != text:
                yield Step(f"write {path} anew", partial(self._write, path, text))

    def _write(self, path: Path, text: str) -> None:
        for missing in reversed([folder for folder in path.parents if not folder.exists()]):
            missing.mkdir(0o755)
            missing.chmod(0o755)
            self.ground.note(partial(_add_directory, str(missing)))
        digest = hashlib.sha256(text.encode()).hexdigest()
        self.ground.note(lambda record: record.files.update({str(path): digest}))
        with private_writer(path, mode=0o644) as file:
            file.write(text.encode())

    def _make_link(self, path: Path, program: Path) -> None:
        path.symlink_to(program)
        self.ground.note(lambda record: record.links.update({str(path): str(program)}))

    def _move_steps(self) -> Iterator[Step]:
        own = self.ground.own
        if own == self.ground.machine or not (root_entries(own.config_dir) or root_entries(own.data_dir)):
            return
        taken = [*root_entries(self.ground.machine.config_dir), *root_entries(self.ground.machine.data_dir)]
        if taken:
            raise NotAllowedNow(
                f"The machine has districts already ({taken[0]}), so root's own can't be moved there as a whole.",
                meaning="Nothing was changed.",
                remedy="Add them there by hand: aeries-tui credentials add NAME --url URL",
            )
        require_idle(own)
        names = [credential.name for credential in CredentialStore(own.credentials_file).all()]
        for name in names:
            if any(scheduler.agreement(name, None) == "left_over" for scheduler in schedulers(own)):
                yield Step(f"remove root's own timer of {name}", partial(self._remove_own, name))
            if has_socket(own, name):
                yield Step(
                    f"remove root's own roster service of {name}", partial(self._remove_own_service, name)
                )
        yield Step(
            f"move the districts {', '.join(names) or '(none)'}: {own.config_dir} to {self.ground.machine.config_dir}, "
            f"{own.data_dir} to {self.ground.machine.data_dir}",
            self._move,
        )

    def _move(self) -> None:
        account = self._must_have_account()
        move_secrets(self.ground.own.config_dir, self.ground.secrets, account.gid)
        move_all(self.ground.own, self.ground.machine, account.uid, account.gid)

    def _remove_own(self, name: str) -> None:
        for scheduler in schedulers(self.ground.own):
            scheduler.remove(name)

    def _remove_own_service(self, name: str) -> None:
        remove_socket(self.ground.own, name)

    def _must_have_account(self) -> Account:
        account = self.ground.account()
        if account is None:
            raise NotAllowedNow(
                f"The account {SERVICE_USER} is not there.", meaning="What was done so far stays."
            )
        return account


def _add_directory(path: str, record: Record) -> None:
    record.directories.append(path)


def _keep_owner(path: str, before: tuple[int, int, int], record: Record) -> None:
    record.owners.setdefault(path, before)
