"""A wanted schedule, and a systemd and a cron that only remember."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from aeries_tui.processes import Finished
from aeries_tui.schedule.daily_import import CARRIED, DailyImport, wanted_schedule
from aeries_tui.schedule.unit_pair import Directories
from aeries_tui.secret import Secret
from aeries_tui.settings import CertificateSource, Credential, InFile, Places, Settings

DONE = Finished("exited", 0)
NO = Finished("exited", 1)

Want = Callable[..., DailyImport]


@pytest.fixture
def want(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Want:
    for name in CARRIED:
        monkeypatch.delenv(name, raising=False)

    def make(
        district: str = "Lincoln",
        *,
        begin: dt.time = dt.time(3, 30),
        zone: str = "America/Chicago",
        source: CertificateSource | None = None,
        settings: Settings | None = None,
        places: Places | None = None,
        program: tuple[str, ...] = ("/opt/aeries-tui/bin/aeries-tui",),
    ) -> DailyImport:
        credential = Credential(
            district, "https://x.example", source or InFile(Secret("c" * 32)), begin, zone
        )
        found = wanted_schedule(
            credential, settings or Settings(), places or Places(tmp_path / "etc", tmp_path / "var"), program
        )
        assert found is not None
        return found

    return make


class RememberingSystemd:
    """Answers systemctl and loginctl as systemd would, with links and time stamps on disk."""

    def __init__(self, where: Directories) -> None:
        self.where = where
        self.calls: list[str] = []
        self.active: set[str] = set()
        self.refuses: str = ""
        self.linger = "yes"

    def __call__(
        self,
        argv: Sequence[str],
        *,
        timeout: float,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
    ) -> Finished:
        self.calls.append(" ".join(argv))
        if argv[0] == "loginctl":
            return Finished("exited", 0, self.linger.encode() + b"\n")
        verb, unit = [word for word in argv[1:] if not word.startswith("--")][:1][0], argv[-1]
        if verb == self.refuses:
            return Finished("exited", 1, stderr=b"Failed to connect to bus: No medium found\n")
        link = self.where.units / "timers.target.wants" / unit
        if verb == "enable":
            link.parent.mkdir(exist_ok=True)
            link.unlink(missing_ok=True)
            link.symlink_to(self.where.units / unit)
        elif verb == "restart":
            self.active.add(unit)
            self.where.stamps.mkdir(parents=True, exist_ok=True)
            (self.where.stamps / f"stamp-{unit}").touch()
        elif verb == "disable":
            link.unlink(missing_ok=True)
            self.active.discard(unit)
        elif verb == "is-enabled":
            return DONE if link.is_symlink() else NO
        elif verb == "is-active":
            return DONE if unit in self.active else NO
        return DONE


class RememberingCron:
    """Keeps one user's crontab."""

    def __init__(self, text: str | None = None) -> None:
        self.text = text
        self.denied = False

    def __call__(
        self,
        argv: Sequence[str],
        *,
        timeout: float,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
    ) -> Finished:
        if self.denied:
            return Finished(
                "exited", 1, stderr=b"You (lincoln) are not allowed to use this program (crontab)\n"
            )
        match list(argv):
            case ["crontab", "-l"]:
                if self.text is None:
                    return Finished("exited", 1, stderr=b"no crontab for lincoln\n")
                return Finished("exited", 0, self.text.encode())
            case ["crontab", "-r"]:
                self.text = None
            case ["crontab", "-"]:
                self.text = stdin.decode()
        return DONE


@pytest.fixture
def where(tmp_path: Path) -> Directories:
    return Directories(tmp_path / "units", tmp_path / "stamps")


@pytest.fixture
def systemd(where: Directories) -> RememberingSystemd:
    return RememberingSystemd(where)
