"""Machines for a test each. They take minutes to use: only with AERIES_TUI_MACHINE=1, as root, where namespaces can be had.

Packages (.deb) in the directory that AERIES_TUI_MACHINE_DEBS names are installed in the machine first: cron, sudo, rsync.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from machine.machine import Machine, machine, why_none
from machine.steps import DEBS, with_packages

_WANTED = os.environ.get("AERIES_TUI_MACHINE") == "1"  # read here: no test sees the variables of who runs it


@pytest.fixture(autouse=True)
def can_be_made() -> None:
    if not _WANTED:
        pytest.skip("AERIES_TUI_MACHINE=1 is not set")
    if os.geteuid() != 0:
        pytest.skip("only root can make a machine")
    why = why_none()
    if why:
        pytest.skip(why)


@pytest.fixture
def systemd() -> Iterator[Machine]:
    if not Path("/usr/lib/systemd/systemd").exists():
        pytest.skip("there is no systemd")
    with machine("systemd") as made:
        with_packages(made)
        yield made


@pytest.fixture
def plain() -> Iterator[Machine]:
    if not (shutil.which("cron") or list(DEBS.glob("cron_*.deb"))):
        pytest.skip("there is no cron")
    with machine("plain") as made:
        with_packages(made)
        made.sh("cron")
        yield made
