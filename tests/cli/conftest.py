"""The program as a command, on a machine of its own beside a served simulated district."""

from __future__ import annotations

import contextlib
import importlib
import json
import resource
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from aeries_tui.cli import run
from engine import PaperAeries, Station, student
from simulator.served import ServedDistrict


@dataclass
class Said:
    """What a command said: its exit status, standard output and standard error."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON document and nothing else."""
        return json.loads(self.out)


@dataclass
class Machine:
    """A machine with a configuration and data of its own.

    Attributes:
        served: the simulated district.
        root: what its directories are in.
    """

    served: ServedDistrict
    root: Path
    capture: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch

    def __call__(self, *words: str, typed: str = "") -> Said:
        self.capture.readouterr()
        self.patch.setattr("sys.stdin", StringIO(typed))
        try:
            status = run(words)
        except SystemExit as end:
            status = int(end.code or 0)
        captured = self.capture.readouterr()
        return Said(status, captured.out, captured.err)

    def add(self, **options: str) -> Said:
        """Add the simulated district's credential."""
        url = options.get("url", self.served.url)
        certificate = options.get("certificate", self.served.certificate)
        return self(
            "credentials", "add", "demo", "--url", url, "--certificate-stdin", typed=certificate + "\n"
        )

    def map_all(self) -> None:
        """Add the credential, read the schools, and map them all."""
        assert self.add().status == 0
        assert self("schools", "update").status == 0
        assert self("schools", "create-ali", "--from-aeries", "all").status == 0


@pytest.fixture(scope="session")
def shared_district() -> Iterator[ServedDistrict]:
    with ServedDistrict.in_this_process(300) as served:
        yield served


@pytest.fixture
def machine(
    shared_district: ServedDistrict,
    fast_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Machine]:
    monkeypatch.setenv("AERIES_TUI_CONFIG_DIR", str(fast_path / "config"))
    monkeypatch.setenv("AERIES_TUI_DATA_DIR", str(fast_path / "data"))
    yield Machine(shared_district, fast_path, capsys, monkeypatch)
    shared_district.reset()


@dataclass
class Desk:
    """The command line over a district whose Aeries is in memory, on a disk that can be filled."""

    station: Station
    capture: pytest.CaptureFixture[str]

    def __call__(self, *words: str) -> Said:
        self.capture.readouterr()
        with self.station.answering():
            status = run(words)
        said = self.capture.readouterr()
        return Said(status, said.out, said.err)

    @contextlib.contextmanager
    def full_from(self, function: str) -> Iterator[None]:
        """No byte can be written to any file from when a function, called by its full name, is called."""
        usual_limit = resource.getrlimit(resource.RLIMIT_FSIZE)
        usual_signal = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        module, _, name = function.rpartition(".")
        usual, times = getattr(importlib.import_module(module), name), []

        def filled(*args: Any, **named: Any) -> Any:
            times.append(1)
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, usual_limit[1]))
            return usual(*args, **named)

        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(function, filled)
                yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, usual_limit)
            signal.signal(signal.SIGXFSZ, usual_signal)
        assert times, f"{function} was not called"

    def change(self) -> None:
        """Somebody new in Aeries: student 1."""
        self.station.aeries.lists["7/students"].append(student(7, 1))

    @property
    def has_new_student(self) -> bool:
        return (1,) in self.station.active("student")


@pytest.fixture
def desk(station: Station, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("AERIES_TUI_CONFIG_DIR", str(station.places.config_dir))
    monkeypatch.setenv("AERIES_TUI_DATA_DIR", str(station.places.data_dir))
    station.aeries = PaperAeries.usual(students=40)
    station.begin(7, 8, 9)
    return Desk(station, capsys)
