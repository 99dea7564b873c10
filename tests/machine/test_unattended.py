"""A machine is set up, pulls by itself, is worked on by hand beside that, and is afterwards what it was.

These take minutes: they run with AERIES_TUI_MACHINE=1 alone, as root, where namespaces and systemd can be had. Packages of
cron and sudo (.deb) in the directory that AERIES_TUI_MACHINE_DEBS names are installed in the machine first.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from machine.machine import PROGRAM, Machine, machine, why_none

_TESTS = Path(__file__).parent.parent
_DEBS = os.environ.get("AERIES_TUI_MACHINE_DEBS", "")

pytestmark = [
    pytest.mark.skipif(os.environ.get("AERIES_TUI_MACHINE") != "1", reason="AERIES_TUI_MACHINE=1 is not set"),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a machine"),
]


@pytest.fixture(autouse=True)
def can_be_made() -> None:
    why = why_none()
    if why:
        pytest.skip(why)


def with_packages(made: Machine) -> None:
    """Install what the directory of packages holds, and make an admin who may become root by sudo."""
    for package in sorted(Path(_DEBS).glob("*.deb")) if _DEBS else ():
        text = b64encode(package.read_bytes()).decode()
        made("sh", "-c", 'base64 -d > "/run/$1"', "sh", package.name, typed=text)
    made("sh", "-c", "dpkg -i /run/*.deb; dpkg -i /run/*.deb")  # one may need another set up first
    made.sh("useradd --create-home --shell /bin/sh amy && chmod 700 /home/amy")
    made.sh(
        "mkdir -p /etc/sudoers.d && echo 'amy ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/amy && chmod 440 /etc/sudoers.d/amy"
    )


@pytest.fixture
def systemd() -> Iterator[Machine]:
    if not Path("/usr/lib/systemd/systemd").exists():
        pytest.skip("there is no systemd")
    with machine("systemd") as made:
        with_packages(made)
        yield made


@pytest.fixture
def plain() -> Iterator[Machine]:
    if not (shutil.which("cron") or list(Path(_DEBS or "/nowhere").glob("cron_*.deb"))):
        pytest.skip("there is no cron")
    with machine("plain") as made:
        with_packages(made)
        made.sh("cron")
        yield made


def serve(made: Machine) -> tuple[str, str]:
    """Serve the simulated district there; its address and certificate."""
    made.sh(
        "cp -r $1 /opt/tests && cd / && (PYTHONPATH=/opt/tests setsid /opt/aeries-tui/bin/python3 -m simulator.serve "
        "--students 200 > /run/served.json 2> /run/served.err < /dev/null &)",
        str(_TESTS),
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


def set_up(made: Machine) -> str:
    """Follow `help server`; gives the certificate."""
    shown = made(PROGRAM, "setup", "--system", "--plan").out
    assert "make the account aeries-tui" in shown
    made.sh(f"{PROGRAM} setup --system --yes")
    assert "Nothing is to be done" in made.sh("aeries-tui setup --system")
    url, certificate = serve(made)
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


def test_a_machine_with_systemd_pulls_by_itself_and_is_afterwards_what_it_was(systemd: Machine) -> None:
    before = systemd.listing()
    certificate = set_up(systemd)

    # Root is told what is missing, and what the service could not do gets no timer.
    assert "schedule install --system" in aeries(systemd, "schedule", "install", status=2)
    systemd.sh("chown root: /etc/aeries-tui/config.toml")
    assert "config.toml can't be read" in aeries(systemd, "schedule", "install", "--system", status=2)
    assert "aeries-tui-machine" not in systemd.sh("ls /etc/systemd/system")
    systemd.sh("chown aeries-tui: /etc/aeries-tui/config.toml")
    said = aeries(systemd, "schedule", "install", "--system")
    assert "The prerequisites of the first pull are not acknowledged" in said
    assert "The timer does what the setting says" in said
    aeries(systemd, "pull", "--acknowledge", status=4)

    # The timer fires, and its lines stand in the journal.
    systemd.until(lambda: timer_fired(systemd), 200)
    journal = systemd.sh("journalctl -u aeries-tui-machine-lincoln.service -o cat --no-pager")
    assert "School year" in journal
    assert certificate not in journal
    exposure = systemd.sh(
        "systemd-analyze security --no-pager aeries-tui-machine-lincoln.service"
    ).splitlines()[-1]
    assert float(exposure.split(": ")[1].split()[0]) <= 1.5

    # Work by hand beside it belongs to the service too, and retention can take it away.
    for _ in range(3):
        aeries(systemd, "pull", status=4)
    systemd.sh("systemctl start aeries-tui-machine-lincoln.service")
    assert strangers(systemd) == ""
    assert len(systemd.sh("ls /var/lib/aeries-tui/lincoln/imports").split()) == 2
    assert "+ service: It was tried just now and could do its work." in aeries(systemd, "doctor")

    # Everybody can ask how it stands, and nobody else reads anything.
    as_amy = (
        "setpriv",
        "--reuid=amy",
        "--regid=amy",
        "--clear-groups",
        "env",
        "HOME=/home/amy",
        "aeries-tui",
    )
    ran = systemd(*as_amy, "status", "--json")
    assert ran.status == 4
    assert json.loads(ran.out)["district"] == "lincoln"
    ran = systemd(*as_amy, "results")
    assert ran.status == 2
    assert "This machine has districts too, in /etc/aeries-tui: sudo aeries-tui" in ran.err
    if systemd("which", "sudo").status == 0:
        undone = systemd(
            "setpriv", "--reuid=amy", "--regid=amy", "--clear-groups", "sudo", "aeries-tui", "undo", "1"
        )
        assert undone.status in {0, 2, 3, 4}, undone
        journal = systemd.sh("cat /var/lib/aeries-tui/audit/*")
        assert "amy" in journal

    # What comes between is found by who looks.
    systemd.sh(
        "chmod 000 /var/lib/aeries-tui/lincoln/imports && chown root: /var/lib/aeries-tui/lincoln/imports"
    )
    assert "x service: The service can't do its work." in aeries(systemd, "doctor", status=5)
    assert "can't do its work" in aeries(systemd, "schedule", "show")
    systemd.sh(
        "chown aeries-tui: /var/lib/aeries-tui/lincoln/imports && chmod 700 /var/lib/aeries-tui/lincoln/imports"
    )

    # A certificate that only the service is given; some kernels keep systemd from giving it, which is found before a night.
    secret = "/etc/aeries-tui-secrets/aeries.secret"
    systemd.sh(f'printf "%s" "$1" > {secret} && chmod 600 {secret}', certificate)
    assert "It is not tested" in aeries(
        systemd, "credentials", "change", "lincoln", "--certificate-systemd", "aeries"
    )
    proxy = {"HTTPS_PROXY": "http://proxy.example:3128"}
    if gives_credentials(systemd):
        assert "HTTPS_PROXY=http://proxy.example:3128" in aeries(
            systemd, "schedule", "install", "--system", **proxy
        )
        said = aeries(systemd, "doctor")
        assert "+ service: It was tried just now" in said
        assert "! server: Aeries was not asked" in said
        systemd.sh("systemctl start aeries-tui-machine-lincoln.service")
        assert newest(systemd)["trigger"] == "timer"
    else:
        said = aeries(systemd, "schedule", "install", "--system", status=2, **proxy)
        assert (
            "The systemd credential aeries, the certificate of lincoln, can't be read: Permission denied."
            in said
        )
        typed = f"{certificate}\n"
        aeries(systemd, "credentials", "change", "lincoln", "--certificate-stdin", typed=typed)
        assert "HTTPS_PROXY=http://proxy.example:3128" in aeries(
            systemd, "schedule", "install", "--system", **proxy
        )
    systemd.sh(f"rm {secret}")

    # All of it is taken back; the district and its data are root's own.
    shown = systemd(PROGRAM, "setup", "--system", "--undo", "--plan").out
    assert "remove the timer of lincoln" in shown
    systemd.sh(f"{PROGRAM} setup --system --undo --yes")
    assert systemd.listing() == before
    assert "lincoln" in systemd.sh(f"{PROGRAM} credentials list")
    assert json.loads(systemd.sh(f"{PROGRAM} results --json"))["district"] == "lincoln"

    # And can go there again as a whole.
    systemd.sh(f"{PROGRAM} setup --system --move-districts --yes")
    assert strangers(systemd) == ""
    systemd.sh(f"{PROGRAM} schedule install --system")
    aeries(systemd, "credentials", "remove", "lincoln")
    assert "aeries-tui-machine" not in systemd.sh("ls /etc/systemd/system")
    systemd.sh(f"{PROGRAM} setup --system --undo --yes")
    assert systemd.listing() == before


def test_a_machine_with_cron_pulls_by_itself_and_is_afterwards_what_it_was(plain: Machine) -> None:
    before = plain.listing()
    set_up(plain)
    plain.sh("chmod 700 /opt/aeries-tui")
    ran = plain(PROGRAM, "schedule", "install", "--system")
    assert ran.status != 0, "the service can't run the program"
    plain.sh("chmod 755 /opt/aeries-tui")
    said = aeries(plain, "schedule", "install", "--system")
    assert "the crontab of aeries-tui" in said
    aeries(plain, "pull", "--acknowledge", status=4)
    plain.until(lambda: timer_fired(plain), 200)
    assert strangers(plain) == ""
    assert "The timer does what the setting says" in aeries(plain, "schedule", "show")
    assert "+ service: It was tried just now and could do its work." in aeries(plain, "doctor")

    # What no import tells is what cron would mail; what one tells is not said.
    line = (
        plain.sh("crontab -u aeries-tui -l")
        .splitlines()[1]
        .split(" && ")[-1]
        .removeprefix("")
        .split("* * * ")[-1]
    )
    command = ("setpriv", "--reuid=aeries-tui", "--regid=aeries-tui", "--clear-groups", "/bin/sh", "-c", line)
    ran = plain(*command)
    assert (ran.status, ran.out, ran.err) == (4, "", "")
    plain.sh("echo 'nonsense' >> /etc/aeries-tui/config.toml")
    ran = plain(*command)
    assert ran.status == 2
    assert "config.toml" in ran.err

    plain.sh(f"{PROGRAM} setup --system --undo --yes")
    assert plain.listing() == before
    assert plain("crontab", "-u", "aeries-tui", "-l").status != 0
