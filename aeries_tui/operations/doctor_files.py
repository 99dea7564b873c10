"""What the doctor looks at in files: who may read and change configuration, data and what is handed on."""

from __future__ import annotations

import errno
import os
import shlex
import stat
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from aeries_tui.alarms.prometheus import metrics_file
from aeries_tui.operations.district import District
from aeries_tui.operations.finding import Finding
from aeries_tui.os_errors import no_folder, refusal_of
from aeries_tui.settings.certificate import FromCommand
from aeries_tui.trust import distrusted, distrusted_program, foreign_link, name_of

_MOST = 5
"""Files of one district that are named; more are counted."""


def files(district: District) -> Iterator[Finding]:
    """Whether nobody else may change what decides, or read what is private; one good finding where all is well."""
    wrong = [
        *_configuration(district), *_commands(district), *_data(district), *_unusable(district), *_metrics(district),
    ]  # fmt: skip
    yield from wrong
    if not any(finding.state == "bad" for finding in wrong):
        yield Finding("permissions", "good", "Configuration and data are for their owner alone.")


def _configuration(district: District) -> Iterator[Finding]:
    places = district.places
    for path in (places.config_file, places.credentials_file, places.config_dir):
        why = distrusted(path)
        if why is not None:
            yield _bad(f"Others could change {path}: {why.what}.", why.remedy)
    if places.credentials_file.exists() and _is_open(places.credentials_file):
        yield _for_its_owner(places.credentials_file)
    if district.settings.alarms.webhook and _is_open(places.config_file):
        yield Finding(
            "permissions", "notice",
            f"Others can read {places.config_file}, which names a webhook; its address lets whoever has it post there.",
            f"Type: chmod 600 {shlex.quote(str(places.config_file))}",
        )  # fmt: skip


def _commands(district: District) -> Iterator[Finding]:
    source = district.credential.source
    named = {
        "exports.after_import": district.settings.exports.after_import,
        "alarms.command": district.settings.alarms.command,
        "certificate_command": source.command if isinstance(source, FromCommand) else (),
    }
    for key, argv in named.items():
        why = distrusted_program(argv, os.environ)
        if why is not None:
            yield _bad(f"{key} is not started, for others could change it: {why.what}.", why.remedy)


def _data(district: District) -> Iterator[Finding]:
    places, files = district.places, district.files
    why = distrusted(places.data_dir)
    if why is not None:
        yield _bad(f"Others could change {places.data_dir}: {why.what}.", why.remedy)
    found = _not_private(_below(files.root, places.data_dir / "saved", places.data_dir / "defects"))
    yield from islice(found, _MOST)
    more = sum(1 for _ in found)
    if more:
        yield _bad(
            f"So it is with {more:,} further files.",
            f"Type: chmod -R go= {shlex.quote(str(places.data_dir))}",
        )


def _unusable(district: District) -> Iterator[Finding]:
    """What a pull would meet in the place of its folders, or may not write."""
    files = district.files
    for folder in (files.pulls, files.imports, files.outbox, files.archives):
        why = no_folder(folder)
        if why is None and folder.is_dir() and not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            why = refusal_of(PermissionError(errno.EACCES, os.strerror(errno.EACCES)))
        if why is not None:
            yield _bad(f"{folder} can't be used: {why.what}.", why.remedy)


def _below(*folders: Path) -> Iterator[Path]:
    for folder in folders:
        if os.path.lexists(folder):
            yield folder
        for at, names, file_names in os.walk(folder):
            yield from (Path(at, name) for name in sorted((*names, *file_names)))


def _not_private(paths: Iterable[Path]) -> Iterator[Finding]:
    for path in paths:
        try:
            found = path.lstat()
        except OSError:  # a pull that runs makes and removes files
            continue
        if stat.S_ISLNK(found.st_mode):
            if foreign_link(path) == path:
                yield _bad(
                    f"{path} is a link that {name_of(found.st_uid)} laid.", f"Type: rm {_quoted(path)}"
                )
        elif found.st_uid != os.geteuid():
            yield _bad(
                f"{path} belongs to {name_of(found.st_uid)}, not to {name_of(os.geteuid())}.",
                f"Type: sudo chown {name_of(os.geteuid())} {_quoted(path)}",
            )
        elif found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield _for_its_owner(path)


def _metrics(district: District) -> Iterator[Finding]:
    folder = district.settings.alarms.prometheus_directory
    if not folder:
        return
    path = metrics_file(Path(folder), district.name)
    link = foreign_link(path)
    if link is not None:
        yield _bad(
            f"{link}, on the way to the metrics, is a link of somebody else.",
            f"Type: sudo rm {_quoted(link)}",
        )
        return
    why = distrusted(path)
    if why is not None:
        yield Finding("metrics", "notice", f"Others could change the metrics: {why.what}.", why.remedy)


def _is_open(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
    except OSError:
        return False


def _for_its_owner(path: Path) -> Finding:
    mode = "700" if path.is_dir() else "600"
    return _bad(f"Others can get at {path}.", f"Type: chmod {mode} {_quoted(path)}")


def _bad(message: str, remedy: str) -> Finding:
    return Finding("permissions", "bad", message, remedy)


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
