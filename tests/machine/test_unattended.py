"""A machine is set up, pulls by itself, is worked on by hand beside that, and is afterwards what it was."""

from __future__ import annotations

import json

from machine.machine import PROGRAM, Machine
from machine.steps import aeries, gives_credentials, newest, set_up, strangers, timer_fired


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
