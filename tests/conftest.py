"""No test sees the developer's machine: its home, its settings, its proxies, its certificates."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from aeries_tui import cli, trust
from aeries_tui.trust import distrusted
from documents import held_to_schemas
from engine import Station, fast_directory
from engine.forms import LONG
from engine.served import Roster, small_rosters

_UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate, Phase.target)
settings.register_profile("suite", derandomize=True, deadline=None, phases=_UNSHRUNK)
settings.register_profile("long", deadline=None)
settings.load_profile("long" if LONG else "suite")
"""The suite tries the same examples each time, and ends with the first that fails: where an example is a whole
pull, making it smaller takes five minutes a property. The long forms look for new ones, and make them smaller."""

_FOREIGN = ("_PROXY", "_proxy")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell that runs the suite in the background has it ignore the key for stopping, and all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    # So does nohup with the signal of a terminal that was closed.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

gc.set_threshold(*gc.get_threshold()[:2], 200)
"""A look for garbage among everything takes 0.3 s beside thousands of tests and whole screens: a fifth of the suite."""


def pytest_collection_finish() -> None:
    """What was collected stays to the end: it is looked through no more."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def nothing_of_this_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if (
                name.endswith(_FOREIGN)
                or name.startswith(("AERIES_", "XDG_"))
                or name == "CREDENTIALS_DIRECTORY"
            ):
                patch.delenv(name)
        patch.setenv("HOME", str(home))
        if distrusted(Path(sys.executable)) is not None:
            # A checkout that a group can write is no place for commands in earnest; tests name this Python as one.
            usual = trust.distrusted_program
            patch.setattr(
                trust, "distrusted_program",
                lambda argv, env: None if argv[:1] == [sys.executable] else usual(argv, env),
            )  # fmt: skip
        patch.setenv("AERIES_TUI_CONFIG_DIR", str(home / "config"))
        patch.setenv("AERIES_TUI_DATA_DIR", str(home / "data"))
        yield


@pytest.fixture(autouse=True, scope="session")
def every_document_is_as_its_schema_says() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cli, "_carry_out", held_to_schemas(cli._carry_out))
        yield


@pytest.fixture(autouse=True, scope="session")
def keys_follow_each_other_fast() -> Iterator[None]:
    """After each key Pilot waits twice until this process does little for 20 ms: 4 tell as much, and tests wait for what they want to see."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("textual._wait.SLEEP_GRANULARITY", 0.004)
        yield


@pytest.fixture
def fast_path(tmp_path: Path) -> Iterator[Path]:
    """A directory in memory where there is room for one: these tests are not about the disk's speed."""
    with fast_directory(tmp_path) as path:
        yield path


@pytest.fixture
def station(fast_path: Path) -> Station:
    """A machine of its own with one district, whose Aeries is a table in memory."""
    return Station(fast_path)


@pytest.fixture(scope="session")
def rosters() -> Iterator[dict[str, Roster]]:
    """Simulated districts served in this process, each shared by the tests of one worker."""
    with small_rosters() as served:
        yield served
