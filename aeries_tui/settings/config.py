"""config.toml, read strictly: a wrong key, type or range is an error that names it."""

from __future__ import annotations

import dataclasses
import shlex
import stat
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from aeries_tui.errors import ConfigurationError
from aeries_tui.kinds import KIND_NAMES
from aeries_tui.settings.certificate import InFile
from aeries_tui.settings.documents import line_of, nearest, parse_toml, read_toml_text, wrong_key
from aeries_tui.settings.fields import Setting, Unfit, setting_of
from aeries_tui.settings.omit import DEMOGRAPHICS
from aeries_tui.settings.rules import can_be_read_on_the_way
from aeries_tui.settings.sections import (
    Accounts,
    Alarms,
    Audit,
    Exports,
    GuardLimits,
    Pull,
    Retention,
    Schedule,
    Serve,
    Source,
    Ui,
)

S = TypeVar("S")


@dataclass(frozen=True)
class Guard:
    """The guard's limits: those for all kinds, and where a kind has its own."""

    general: GuardLimits = field(default_factory=GuardLimits)
    kinds: Mapping[str, GuardLimits] = field(default_factory=dict)

    def limits_for(self, kind: str) -> GuardLimits:
        """The limits of a kind of record (a name of `kinds.KIND_NAMES`); what its table leaves out is as for all kinds."""
        return self.kinds.get(kind, self.general)


@dataclass(frozen=True)
class Settings:
    """All of config.toml; every value has a default.

    Attributes:
        path: the file it came from, for messages.
        keys: action id to key, as remapped by the user; checked by `check_keys`.
        checks: the tables of [[checks]], as they stand; `district_checks` reads them.
        feeds: those of [[feeds]]; `settings.feeds` reads them.
        deliveries: those of [[deliveries]]; `settings.deliveries` reads them.
    """

    path: Path = Path("config.toml")
    source: Source = field(default_factory=Source)
    pull: Pull = field(default_factory=Pull)
    guard: Guard = field(default_factory=Guard)
    retention: Retention = field(default_factory=Retention)
    ui: Ui = field(default_factory=Ui)
    keys: Mapping[str, str] = field(default_factory=dict)
    schedule: Schedule = field(default_factory=Schedule)
    alarms: Alarms = field(default_factory=Alarms)
    accounts: Accounts = field(default_factory=Accounts)
    exports: Exports = field(default_factory=Exports)
    audit: Audit = field(default_factory=Audit)
    serve: Serve = field(default_factory=Serve)
    checks: Sequence[Mapping[str, Any]] = ()
    feeds: Sequence[Mapping[str, Any]] = ()
    deliveries: Sequence[Mapping[str, Any]] = ()

    @property
    def omitted(self) -> tuple[str, ...]:
        """The fields that are not kept, by kind and column: `pull.omit`, but for what exports need."""
        needed = DEMOGRAPHICS if self.exports.demographics else ()
        return tuple(field for field in self.pull.omit if field not in needed)

    def check_keys(self, valid_ids: Collection[str]) -> None:
        """Raise ConfigurationError when [keys] names an action that is not among `valid_ids`."""
        for action in self.keys:
            if action not in valid_ids:
                raise wrong_key(
                    self.path, None, f"keys.{action}", "names no action", nearest(action, valid_ids)
                )

    def check_theme(self, valid_names: Collection[str]) -> None:
        """Raise ConfigurationError when [ui] theme is not among `valid_names`."""
        if self.ui.theme not in valid_names:
            hint = nearest(self.ui.theme, valid_names) or f"Use one of {', '.join(sorted(valid_names))}."
            raise wrong_key(self.path, None, "ui.theme", f'names no theme: "{self.ui.theme}"', hint)


_SECTIONS: dict[str, type[Any]] = {
    "source": Source,
    "pull": Pull,
    "guard": GuardLimits,
    "retention": Retention,
    "ui": Ui,
    "schedule": Schedule,
    "alarms": Alarms,
    "accounts": Accounts,
    "exports": Exports,
    "audit": Audit,
    "serve": Serve,
}


_TABLES = ("checks", "feeds", "deliveries")
"""What stands in tables of its own, several of a name: `[[checks]]`."""


def sections() -> Mapping[str, type[Any]]:
    """Section name to its dataclass, in the order of the example; [keys] is free and not among them."""
    return _SECTIONS


def settings_in(section: type[Any]) -> Iterable[tuple[str, Any, Setting]]:
    """Name, default and description of each setting of a section's dataclass."""
    for setting_field in dataclasses.fields(section):
        setting = setting_of(setting_field.metadata)
        if setting is not None:
            yield setting_field.name, setting_field.default, setting


def load_settings(path: Path) -> Settings:
    """The settings of the file at `path`; the defaults when there is none.

    Raises:
        ConfigurationError: the file can't be read, is no TOML, or holds a key, type or value that
            is not allowed; names file, line where known, key, and the nearest valid name.
    """
    content = read_toml_text(path)
    if content is None:
        return Settings(path=path)
    return _Reader(path, content).settings()


class _Reader:
    """Turns one document into Settings."""

    def __init__(self, path: Path, content: str) -> None:
        self.path = path
        self.lines = content.splitlines()
        self.document = parse_toml(path, content)

    def settings(self) -> Settings:
        for name in self.document:
            if name not in _SECTIONS and name not in {"keys", *_TABLES}:
                known = [*_SECTIONS, "keys", *_TABLES]
                what = (
                    "is no section"
                    if isinstance(self.document[name], dict)
                    else "stands outside of any section"
                )
                raise self._wrong("", name, what, nearest(name, known) or f"There are {_brackets(known)}.")
        read = {name: self._section(name, kind) for name, kind in _SECTIONS.items() if name != "guard"}
        if read["source"].requests_at_a_time > read["source"].requests_ceiling:
            raise self._wrong("source", "requests_at_a_time", "must not be above source.requests_ceiling")
        self._check_webhook(read["alarms"])
        return Settings(
            path=self.path,
            guard=self._guard(),
            keys=self._keys(),
            checks=self._tables("checks"),
            feeds=self._tables("feeds"),
            deliveries=self._tables("deliveries"),
            **read,
        )

    def _check_webhook(self, alarms: Alarms) -> None:
        """Refuse what would let others read an alarm, its token or the secret that signs it."""
        if can_be_read_on_the_way(alarms.webhook) and not alarms.allow_plain_http:
            raise self._wrong(
                "alarms", "webhook",
                'must begin with "https://": over http:// anybody on the way can read what is posted',
                "Write the https address, or, where there is none, allow_plain_http = true under [alarms].",
            )  # fmt: skip
        for key in ("webhook_secret", "webhook_token"):
            if isinstance(getattr(alarms, key), InFile) and stat.S_IMODE(self.path.stat().st_mode) & 0o077:
                raise self._wrong(
                    "alarms", key, "stands in a file that others can read",
                    f"Type: chmod 600 {shlex.quote(str(self.path))}, or name where it lives instead.",
                )  # fmt: skip

    def _section(
        self, name: str, kind: type[S], *, inherit: S | None = None, leave: Collection[str] = ()
    ) -> S:
        """One table as its dataclass; what it leaves out is as in `inherit`, else the default."""
        table: Any = self.document
        for part in name.split("."):
            table = table.get(part, {})
            if not isinstance(table, dict):
                raise self._wrong("", name, f"must be a section: write [{name}] on a line of its own")
        known = {key: described for key, _, described in settings_in(kind)}
        values = {}
        for key, value in table.items():
            if key in leave:
                continue
            if key not in known:
                hint = nearest(key, [*known, *leave]) or f"There are {', '.join(known)}."
                raise self._wrong(name, key, "is no setting", hint)
            try:
                values[key] = known[key].check(value)
            except Unfit as error:
                raise self._wrong(name, key, f"must be {error}") from None
        return kind(**values) if inherit is None else dataclasses.replace(inherit, **values)  # type: ignore[type-var]

    def _guard(self) -> Guard:
        general = self._section("guard", GuardLimits, leave=KIND_NAMES)
        kinds = {
            kind: self._section(f"guard.{kind}", GuardLimits, inherit=general)
            for kind in KIND_NAMES
            if kind in self.document.get("guard", {})
        }
        return Guard(general, kinds)

    def _keys(self) -> Mapping[str, str]:
        table = self.document.get("keys", {})
        if not isinstance(table, dict):
            raise self._wrong("", "keys", "must be a section: write [keys] on a line of its own")
        return dict(self._flat_keys(table, ""))

    def _tables(self, name: str) -> Sequence[Mapping[str, Any]]:
        tables = self.document.get(name, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise self._wrong("", name, f"must be tables: write [[{name}]] above each")
        return tuple(tables)

    def _flat_keys(self, table: Mapping[str, Any], before: str) -> Iterable[tuple[str, str]]:
        """Action id and key; an id with dots may be written without quotes, which TOML reads as tables."""
        for name, value in table.items():
            if isinstance(value, dict):
                yield from self._flat_keys(value, f"{before}{name}.")
            elif isinstance(value, str) and value.strip() and value.isprintable():
                yield before + name, value.strip()
            else:
                raise self._wrong("keys", before + name, 'must be the name of a key in quotes, like "f5"')

    def _wrong(self, section: str, key: str, what: str, hint: str = "") -> ConfigurationError:
        dotted = f"{section}.{key}" if section else key
        remedy = " ".join(filter(None, [hint, "config.example.toml shows every setting."]))
        return wrong_key(self.path, line_of(self.lines, section, key), dotted, what, remedy)


def _brackets(names: Iterable[str]) -> str:
    return ", ".join(f"[{name}]" for name in names)
