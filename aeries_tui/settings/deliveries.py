"""Deliveries: which feeds go where, and when, as the tables `[[deliveries]]` declare it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aeries_tui.outcome import GOOD, Outcome
from aeries_tui.settings.certificate import FromSystemd
from aeries_tui.settings.credential import systemd_source
from aeries_tui.settings.documents import nearest
from aeries_tui.settings.fields import Unfit

_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_KEYS = ("name", "district", "feeds", "to", "after", "shrink_percent", "left_out_percent", "mark", "always")
_SFTP_KEYS = ("host", "port", "user", "directory", "key", "host_key")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9a-fA-F:]*:[0-9a-fA-F:.]*")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@\\+-]{0,127}")
_HOST_KEY = re.compile(r"(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[a-z0-9@.-]+ [A-Za-z0-9+/]{20,}={0,3}")
HERE = "{district}"
"""What stands in a target for the district's name."""


@dataclass(frozen=True)
class Folder:
    """A folder of this machine, or of a share that is mounted there."""

    path: str

    @property
    def in_words(self) -> str:
        """For receipts."""
        return self.path

    def of(self, district: str) -> Folder:
        """With the district's name where it is to stand."""
        return Folder(self.path.replace(HERE, district))


@dataclass(frozen=True)
class Sftp:
    """A directory of an SFTP server.

    Attributes:
        host, port, user: of the server.
        directory: there; blank for that in which the server puts the user.
        key: the file of the private key, or the systemd credential that holds it.
        host_key: the server's public key, type and base64.
    """

    host: str
    port: int
    user: str
    directory: str
    key: Path | FromSystemd
    host_key: str

    @property
    def in_words(self) -> str:
        """For receipts."""
        port = "" if self.port == 22 else f":{self.port}"
        return f"sftp://{self.user}@{self.host}{port}/{self.directory.lstrip('/')}"

    def of(self, district: str) -> Sftp:
        """With the district's name where it is to stand."""
        directory = self.directory.replace(HERE, district)
        return Sftp(self.host, self.port, self.user, directory, self.key, self.host_key)


@dataclass(frozen=True)
class Delivery:
    """One delivery.

    Attributes:
        name: by which commands call it.
        district: whose files; blank for every district's.
        feeds: what is sent, by name.
        to: where.
        after: the outcomes of imports that it follows; none where only `deliveries run` sends.
        shrink_percent: how much a file may lose against the last set.
        left_out_percent: how much of its rows a feed may leave out.
        mark: the name of a file that is put there last; blank for none.
        always: it is sent also where nothing changed.
    """

    name: str
    district: str
    feeds: tuple[str, ...]
    to: Folder | Sftp
    after: tuple[Outcome, ...] = (Outcome.COMPLETED, Outcome.COMPLETED_WITH_ERROR)
    shrink_percent: float = 10.0
    left_out_percent: float = 10.0
    mark: str = ""
    always: bool = False


@dataclass(frozen=True)
class BrokenDelivery:
    """A delivery that can't be used; `problem` is a sentence that begins with where."""

    name: str
    problem: str


class _Wrong(ValueError):
    """What is wrong, ending in a full stop."""


def deliveries(
    config_file: Path, tables: Iterable[Mapping[str, Any]], district: str, *, alone: bool
) -> list[Delivery | BrokenDelivery]:
    """The deliveries of a district, in the order of their names.

    Args:
        config_file: config.toml.
        tables: its `[[deliveries]]`.
        district: whose.
        alone: it is the only district of the configuration.
    """
    found: dict[str, Delivery | BrokenDelivery] = {}
    for place, table in enumerate(tables, 1):
        name = str(table.get("name", f"number {place}"))
        try:
            one = _delivery(table, config_file.parent, district)
            if one.district not in {"", district}:
                continue
            if name in found:
                raise _Wrong(f"there is a delivery {name} already.")
            if not (alone or one.district or HERE in _place(table)):
                raise _Wrong(
                    f"there are several districts, whose files would replace each other. Say district = \"{district}\", "
                    f"or let {HERE} stand in the folder."
                )  # fmt: skip
            found[name] = one
        except _Wrong as wrong:
            found[name] = BrokenDelivery(name, f"{config_file}, [[deliveries]] number {place}: {wrong}")
    return [found[name] for name in sorted(found)]


def _place(table: Mapping[str, Any]) -> str:
    to = table["to"]
    return to if isinstance(to, str) else str(to.get("directory", ""))


def _delivery(table: Mapping[str, Any], beside: Path, district: str) -> Delivery:
    _known(table, _KEYS, "a delivery")
    name = table.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise _Wrong("name must be of small letters, digits, - and _.")
    feeds = table.get("feeds")
    if not isinstance(feeds, list) or not feeds or not all(isinstance(one, str) for one in feeds):
        raise _Wrong('feeds must be a list of names of feeds, like ["clever"].')
    mark = table.get("mark", "")
    if not isinstance(mark, str) or (mark and not _PLAIN_NAME.fullmatch(mark)):
        raise _Wrong("mark must be a plain name of a file.")
    of = table.get("district", "")
    if not isinstance(of, str):
        raise _Wrong("district must be a district's name.")
    if not isinstance(table.get("always", False), bool):
        raise _Wrong("always must be true or false.")
    return Delivery(
        name, of, tuple(dict.fromkeys(feeds)), _target(table.get("to"), beside).of(district), tuple(_after(table)),
        _percent(table, "shrink_percent"), _percent(table, "left_out_percent"), mark, bool(table.get("always", False)),
    )  # fmt: skip


def _after(table: Mapping[str, Any]) -> Iterator[Outcome]:
    wanted = table.get("after", sorted(GOOD))
    if not isinstance(wanted, list) or not set(map(str, wanted)) <= GOOD:
        raise _Wrong(f"after must be a list out of {', '.join(sorted(GOOD))}.")
    for one in wanted:
        yield Outcome(one)


def _percent(table: Mapping[str, Any], key: str) -> float:
    value = table.get(key, 10.0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        raise _Wrong(f"{key} must be a number from 0 to 100.")
    return float(value)


def _target(to: object, beside: Path) -> Folder | Sftp:
    if isinstance(to, str) and to.strip() and to.isprintable():
        return Folder(str(beside / Path(to).expanduser()))
    if not isinstance(to, dict):
        raise _Wrong(f"to must be a folder, or a table of {', '.join(_SFTP_KEYS)} for SFTP.")
    if "password" in to:
        raise _Wrong(
            "to has no password: ssh takes none from a program. Ask the receiver to take a key (ssh-keygen -t ed25519)."
        )
    _known(to, _SFTP_KEYS, "an SFTP server")
    host, user, directory = str(to.get("host", "")), str(to.get("user", "")), str(to.get("directory", ""))
    if not _HOST.fullmatch(host):
        raise _Wrong("to.host must be a name or an address, without sftp:// and port.")
    if not _USER.fullmatch(user):
        raise _Wrong("to.user must be the account's name on the server.")
    if not directory.isprintable():
        raise _Wrong("to.directory must be one line.")
    port = to.get("port", 22)
    if isinstance(port, bool) or not isinstance(port, int) or not 0 < port < 65536:
        raise _Wrong("to.port must be a whole number from 1 to 65535.")
    host_key = " ".join(str(to.get("host_key", "")).split()[:2])
    if not _HOST_KEY.fullmatch(host_key):
        raise _Wrong(
            'to.host_key must be the server\'s public key, like "ssh-ed25519 AAAA...". '
            f"Type: ssh-keyscan -p {port} {host}, and compare it with what the receiver says it is."
        )
    return Sftp(host, port, user, directory, _key(to.get("key"), beside), host_key)


def _key(key: object, beside: Path) -> Path | FromSystemd:
    if isinstance(key, str) and key.strip() and key.isprintable():
        return beside / Path(key).expanduser()
    if isinstance(key, dict) and set(key) == {"systemd"}:
        try:
            return systemd_source(key["systemd"])
        except Unfit as unfit:
            raise _Wrong(f"to.key.systemd must be {unfit}.") from None
    raise _Wrong('to.key must be the file of the private key, or { systemd = "NAME" }.')


def _known(table: Mapping[str, Any], keys: tuple[str, ...], what: str) -> None:
    for key in table:
        if key not in keys:
            raise _Wrong(
                f"{key} is no key of {what}. {nearest(key, keys) or 'There are ' + ', '.join(keys) + '.'}"
            )
