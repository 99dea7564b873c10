"""The program as a command, on a machine of its own beside a served simulated district."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from aeries_tui.cli import run
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
