"""What tests do in a machine: install packages there, serve Aeries, follow the pages on setting it up."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path
from zoneinfo import ZoneInfo

from machine.machine import PROGRAM, Machine

_TESTS = Path(__file__).parent.parent
DEBS = Path(os.environ.get("AERIES_TUI_MACHINE_DEBS") or "/nonexistent")
"""Packages to install in a machine first."""


def with_packages(made: Machine) -> None:
    """Install what the directory of packages holds, and make an admin who may become root by sudo."""
    for package in sorted(DEBS.glob("*.deb")):
        made.put(package.read_bytes(), f"/run/{package.name}")
    made("sh", "-c", "dpkg -i /run/*.deb; dpkg -i /run/*.deb")  # one may need another set up first
    made.sh("useradd --create-home --shell /bin/sh amy && chmod 700 /home/amy")
    made.sh(
        "mkdir -p /etc/sudoers.d && echo 'amy ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/amy && chmod 440 /etc/sudoers.d/amy"
    )


def serve(made: Machine, port: int = 0) -> tuple[str, str]:
    """Serve the simulated district there, on any free port unless one is named; its address and certificate."""
    made.sh(
        "cp -r $1 /opt/tests && cd / && (PYTHONPATH=/opt/tests setsid /opt/aeries-tui/bin/python3 -m simulator.serve "
        "--students 200 --port $2 > /run/served.json 2> /run/served.err < /dev/null &)",
        str(_TESTS),
        str(port),
    )
    made.until(lambda: bool(made("cat", "/run/served.json").out.strip()), 30)
    served = json.loads(made.sh("cat /run/served.json"))
    return served["url"], served["certificate"]


def aeries(made: Machine, *words: str, typed: str = "", status: int = 0, **env: str) -> str:
    """What a command of the program printed, to either side."""
    ran = made("aeries-tui", *words, typed=typed, **env)
    assert ran.status == status, ran
    return ran.out + ran.err


def strangers(made: Machine) -> str:
    """What belongs to anybody but the service in its directories."""
    return made.sh("find /etc/aeries-tui /var/lib/aeries-tui ! -user aeries-tui")


def gives_credentials(made: Machine) -> bool:
    """Whether systemd can give a credential to a service that is not root's on this kernel."""
    made.sh("mkdir -p -m 700 /run/probe && echo yes > /run/probe/it")
    options = (
        "--quiet",
        "--wait",
        "--pipe",
        "-p",
        "User=aeries-tui",
        "-p",
        "LoadCredential=it:/run/probe/it",
    )
    return made("systemd-run", *options, "sh", "-c", "cat $CREDENTIALS_DIRECTORY/it").out == "yes\n"


def soon() -> str:
    """The time of day in two minutes, in the zone of the district."""
    return f"{dt.datetime.now(ZoneInfo('America/Chicago')) + dt.timedelta(minutes=2):%H:%M}"


def timer_fired(made: Machine) -> bool:
    """Whether the newest import is one of the timer's, and has ended."""
    found = newest(made)
    return found.get("trigger") == "timer" and found.get("outcome") != "running"


def newest(made: Machine) -> dict[str, object]:
    """The newest import."""
    ran = made("aeries-tui", "results", "--json")
    found: dict[str, object] = json.loads(ran.out) if ran.status == 0 else {}
    return found


def set_up(made: Machine, port: int = 0) -> str:
    """Follow `help server`, beside an Aeries on a port; gives the certificate."""
    shown = made(PROGRAM, "setup", "--system", "--plan").out
    assert "make the account aeries-tui" in shown
    made.sh(f"{PROGRAM} setup --system --yes")
    assert "Nothing is to be done" in made.sh("aeries-tui setup --system")
    url, certificate = serve(made, port)
    said = aeries(
        made, "credentials", "add", "lincoln", "--url", url, "--certificate-stdin", typed=f"{certificate}\n"
    )
    assert "Working as aeries-tui, whose districts these are: /etc/aeries-tui" in said
    aeries(made, "check")
    aeries(made, "schools", "update")
    aeries(made, "schools", "create-ali", "--from-aeries", "all")
    aeries(made, "credentials", "change", "lincoln", "--daily-import", soon())
    made.sh("printf '[schedule]\\nrandomised_delay_minutes = 0\\n[retention]\\nimports = 2\\n' > /etc/aeries-tui/config.toml "
            "&& chown aeries-tui: /etc/aeries-tui/config.toml && chmod 600 /etc/aeries-tui/config.toml")  # fmt: skip
    return certificate
