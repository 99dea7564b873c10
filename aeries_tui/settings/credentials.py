"""The store of credentials: credentials.toml, written whole, readable by its owner only."""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import functools
import os
import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

import tomli_w

from aeries_tui.errors import ConfigurationError, MasterError, NotFound
from aeries_tui.os_errors import refusal_of
from aeries_tui.settings.credential import (
    KEYS,
    Credential,
    LastTest,
    WrongTable,
    checked,
    credential_from_table,
    table_from_credential,
)
from aeries_tui.settings.district_names import check_district_name, check_new_district_name
from aeries_tui.settings.documents import line_of, nearest, parse_toml, read_toml_text, wrong_key
from aeries_tui.settings.places import private_dir, private_writer
from aeries_tui.text import in_list
from aeries_tui.trust import refuse_distrusted

_NAMED = 12
"""Districts that an error names."""
_HEAD = "# Written by aeries-tui, which rewrites the whole file: comments of your own are lost.\n\n"


class CredentialStore:
    """The credentials of all districts in one file; every call reads the file anew.

    Several processes may write at the same time: each change is made under a lock on a
    file beside it, to what the file then holds.

    Args:
        path: the file; it and its directory are made by the first `add`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def all(self) -> tuple[Credential, ...]:
        """Every credential, by name; none when there is no file.

        Raises:
            ConfigurationError: others can read the file, or it holds something wrong.
        """
        self._refuse_if_shared()
        content = read_toml_text(self.path)
        return () if content is None else _credentials(self.path, content)

    def get(self, name: str | None = None) -> Credential:
        """The credential of a district; the only one there is when `name` is None.

        Raises:
            NotFound: there is none of that name, none at all, or no name was given and there are several.
        """
        credentials = self.all()
        names = [credential.name for credential in credentials]
        if not credentials:
            raise NotFound(
                "There is no district yet.",
                remedy="Add one: aeries-tui credentials add NAME --url URL --certificate-stdin",
            )
        if name is None:
            if len(credentials) == 1:
                return credentials[0]
            raise NotFound(
                "There are several districts, and none was named.",
                remedy=f"Add --district with one of: {in_list(names, _NAMED)}; or --all, where the command has it.",
            )
        for credential in credentials:
            if credential.name == name:
                return credential
        raise NotFound(
            f"There is no district {name!r}.",
            remedy=nearest(name, names) or f"There are: {in_list(names, _NAMED)}",
        )

    def add(self, credential: Credential) -> None:
        """Add a district; ConfigurationError when its name can't be, or is taken (letter case does not count)."""
        check_new_district_name(credential.name)
        new = checked(credential)
        with self._changing() as credentials:
            for other in credentials.values():
                if other.name.casefold() == new.name.casefold():
                    raise ConfigurationError(
                        f"There is a district {other.name!r} already.",
                        meaning="Nothing was changed.",
                        remedy="Choose another name, or change or remove the one that is there.",
                    )
            credentials[new.name] = new

    def replace(self, credential: Credential) -> None:
        """Put `credential` in the place of the one of its name; NotFound when there is none."""
        new = checked(credential)
        with self._changing() as credentials:
            self._must_hold(credentials, new.name)
            credentials[new.name] = new

    def remove(self, name: str) -> Credential:
        """Take a district's credential out and return it; its data stays. NotFound when there is none."""
        with self._changing() as credentials:
            self._must_hold(credentials, name)
            return credentials.pop(name)

    def record_test(self, name: str, test: LastTest) -> None:
        """Note how a test went, leaving everything else as it is then; NotFound when it is gone."""
        with self._changing() as credentials:
            self._must_hold(credentials, name)
            credentials[name] = checked(dataclasses.replace(credentials[name], last_test=test))

    @contextlib.contextmanager
    def _changing(self) -> Iterator[dict[str, Credential]]:
        """What the file holds, to be changed; written when the block ends well."""
        refuse_distrusted(private_dir(self.path.parent))
        with self._locked():
            credentials = {credential.name: credential for credential in self.all()}
            yield credentials
            tables = {
                name: table_from_credential(credential) for name, credential in sorted(credentials.items())
            }
            with private_writer(self.path) as file:
                file.write((_HEAD + tomli_w.dumps({"districts": tables})).encode())

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock beside the file; the kernel gives it back when the process dies."""
        beside = self.path.with_name(self.path.name + ".lock")
        with contextlib.ExitStack() as opened:
            try:
                descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                opened.callback(os.close, descriptor)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            except OSError as error:
                refusal = refusal_of(error)
                raise MasterError(
                    f"{beside} can't be locked: {refusal.what}.",
                    meaning="Nothing was changed.",
                    remedy=refusal.remedy,
                ) from error
            yield

    def _refuse_if_shared(self) -> None:
        """Raise ConfigurationError when anybody but the owner may do anything with the file."""
        try:
            found = self.path.stat().st_mode
        except OSError:
            return  # not there, or not readable, which reading it says better
        mode = stat.S_IMODE(found)
        if stat.S_ISREG(found) and mode & 0o077:
            raise ConfigurationError(
                f"{self.path} holds certificates, and others can read it (mode {mode:04o}).",
                meaning="It was not read.",
                remedy=f"Type: chmod 600 {shlex.quote(str(self.path))}",
            )

    def _must_hold(self, credentials: dict[str, Credential], name: str) -> None:
        if name not in credentials:
            raise NotFound(
                f"There is no district {name!r}.",
                meaning="Nothing was changed.",
                remedy=nearest(name, credentials) or f"There are: {', '.join(credentials) or 'none'}",
            )


@functools.lru_cache(maxsize=1)  # who works on many districts asks for each of them
def _credentials(path: Path, content: str) -> tuple[Credential, ...]:
    """Every credential of a file with this content, by name; raises ConfigurationError."""
    document = parse_toml(path, content)
    lines = content.splitlines()
    for key in document:
        if key != "districts":
            hint = nearest(key, ["districts"]) or "Each district stands under [districts.NAME]."
            raise _wrong(path, lines, "", key, "is no setting", hint)
    districts = document.get("districts", {})
    if not isinstance(districts, dict):
        raise _wrong(path, lines, "", "districts", "must hold sections [districts.NAME]")
    credentials = [_credential(path, lines, name, table) for name, table in districts.items()]
    return tuple(sorted(credentials, key=lambda credential: credential.name.casefold()))


def _credential(path: Path, lines: list[str], name: str, table: object) -> Credential:
    section = f"districts.{name}"
    if not isinstance(table, dict):
        raise _wrong(path, lines, "districts", name, f"must be a section: write [{section}]")
    check_district_name(name)
    try:
        return credential_from_table(name, table)
    except WrongTable as error:
        hint = nearest(error.key, KEYS) if error.key and error.key not in KEYS else ""
        if error.key:
            raise _wrong(path, lines, section, error.key, error.what, hint) from None
        raise _wrong(path, lines, "", section, error.what, hint) from None


def _wrong(
    path: Path, lines: list[str], section: str, key: str, what: str, hint: str = ""
) -> ConfigurationError:
    dotted = f"{section}.{key}" if section else key
    return wrong_key(path, line_of(lines, section, key), dotted, what, hint)
