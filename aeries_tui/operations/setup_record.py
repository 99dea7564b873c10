"""What setup made on a machine, kept step by step in a file of root's, and what making and undoing share."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from aeries_tui import processes
from aeries_tui.errors import ConfigurationError, MasterError, NotAllowedNow
from aeries_tui.operations.move_places import lock_in_use
from aeries_tui.schedule.unit_pair import directories
from aeries_tui.settings import Places, private_writer
from aeries_tui.settings.machine import MACHINE, SECRETS_DIR, STATUS_DIR, Account, service_account

_RECORD = Path("/etc/aeries-tui-setup.json")
SBIN_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_SHORT = 60.0


class Record(msgspec.Struct):
    """What setup made on a machine.

    Attributes:
        account: it made the account of the service.
        directories: that it made, in this order.
        files: that it made, each with the SHA-256 of what it wrote.
        links: that it made, each with where it leads.
        owners: what was there before: user, group and mode of each path that it gave to the service.
    """

    account: bool = False
    directories: list[str] = msgspec.field(default_factory=list)
    files: dict[str, str] = msgspec.field(default_factory=dict)
    links: dict[str, str] = msgspec.field(default_factory=dict)
    owners: dict[str, tuple[int, int, int]] = msgspec.field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One thing that is done: in words, and the doing."""

    words: str
    do: Callable[[], None]


@dataclass(frozen=True)
class Ground:
    """The machine that is prepared.

    Attributes:
        own: root's own configuration and data.
        machine: where the machine's districts live.
        secrets: where root keeps what systemd hands to their services.
        status_dir: where their standing can be read by everybody.
        record: where it is written what was made.
        run: what runs useradd and userdel.
        account: the service's account, looked up anew each time.
        units: where systemd looks for the machine's units.
    """

    own: Places
    machine: Places = MACHINE
    secrets: Path = SECRETS_DIR
    status_dir: Path = STATUS_DIR
    record: Path = _RECORD
    run: processes.Runner = processes.run
    account: Callable[[], Account | None] = service_account
    units: Path = field(default_factory=lambda: directories("system").units)

    def checked(self, argv: list[str]) -> None:
        """Run a program of the system; MasterError with what it said where it refuses."""
        ended = self.run(argv, timeout=_SHORT)
        if not ended.ok:
            said = ended.stderr.decode("utf-8", "replace").strip().splitlines()
            raise MasterError(
                f"{Path(argv[0]).name} {ended.in_words()}: {said[-1] if said else 'it said nothing'}.",
                meaning=f"What was done so far stands in {self.record}.",
                remedy="Put that right, then type the command again: it goes on from there.",
            )

    def read(self) -> Record:
        """What was made so far; ConfigurationError where the record can't be read."""
        try:
            return msgspec.json.decode(self.record.read_bytes(), type=Record)
        except FileNotFoundError:
            return Record()
        except (OSError, msgspec.MsgspecError) as error:
            raise ConfigurationError(
                f"{self.record}, which says what setup made, can't be read.",
                meaning="Nothing was changed.",
                remedy="See what is wrong with the file.",
            ) from error

    def note(self, change: Callable[[Record], object]) -> None:
        """Change the record."""
        record = self.read()
        change(record)
        with private_writer(self.record) as file:
            file.write(msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n")

    def is_as_written(self, path: Path) -> bool:
        """Whether a file is as setup wrote it; what somebody changed since is theirs."""
        digest = self.read().files.get(str(path))
        try:
            return digest is not None and hashlib.sha256(path.read_bytes()).hexdigest() == digest
        except OSError:
            return False


def require_idle(places: Places) -> None:
    """Raise NotAllowedNow where something is being done to a district, or its roster service runs."""
    lock = lock_in_use(places)
    if lock is None:
        return
    name = lock.parent.name
    if lock == places.district(name).serving:
        raise NotAllowedNow(
            f"The roster service of {name} runs.",
            meaning="Nothing was changed.",
            remedy="End it where it was started, or where systemd starts it: aeries-tui serve remove (of the machine's "
            f"--system --district {shlex.quote(name)}). Then type the command again.",
        )
    raise NotAllowedNow(
        f"Something is being done to the district {name}.",
        meaning="Nothing was changed.",
        remedy="Wait until it is done, then type the command again.",
    )
