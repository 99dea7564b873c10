"""The pages on moving and on proxies are followed word by word: each line that they have people type is run, in order."""

from __future__ import annotations

import subprocess
import sys
from base64 import b64decode
from pathlib import Path

import pytest

from aeries.tls import Authority
from aeries_tui.topics import topic
from machine.machine import PROGRAM, Machine, machine
from machine.proxy import HOST
from machine.steps import aeries, newest, serve, set_up, with_packages
from pages import lines, paragraph, quoted

ROOT = Path(__file__).parents[2]
PORT = 8500
"""Of Aeries, the same on each machine: so what moves finds it again."""

_REMOTE_SHELL = """\
#!/bin/sh
# stands in for ssh and what rsync starts by it: the other machine's files lie below /run/old
shift
exec sh -c "$(printf %s "$*" | sed 's| /| /run/old/|')"
"""


def typed(made: Machine, line: str, answer: str = "") -> str:
    """What a line printed that is typed at a terminal there by an admin; AssertionError where it fails."""
    ran = made("script", "-qefc", line, "/dev/null", typed=f"{answer}\n" if answer else "", SHELL="/bin/sh")
    assert ran.status == 0, (line, ran)
    return ran.out


def needs(made: Machine, *programs: str) -> None:
    """Leave a test out where a program is not there."""
    for program in programs:
        if made("which", program).status != 0:
            pytest.skip(
                f"there is no {program}; AERIES_TUI_MACHINE_DEBS may name a directory with its package"
            )


def carried(old: Machine, new: Machine, *places: str) -> None:
    """Have the new machine reach directories of the old one by ssh."""
    new.put(b64decode(old.sh('tar -C / -c "$@" | base64', *(place[1:] for place in places))), "/run/old.tar")
    new.put(_REMOTE_SHELL.encode(), "/usr/bin/ssh")
    new.sh("mkdir /run/old && tar -C /run/old -xpf /run/old.tar && chmod 755 /usr/bin/ssh")


def test_a_machines_districts_move_word_by_word_and_go_without_a_trace(plain: Machine) -> None:
    needs(plain, "rsync", "sudo")
    page = lines(topic("moving"))
    leave, *arrive = page[: page.index("sudo aeries-tui doctor") + 1]
    uninstall = page[len(arrive) + 1 :]
    set_up(plain, PORT)
    aeries(plain, "pull", "--acknowledge", status=4)
    plain.sh("install -m 600 /dev/null /etc/aeries-tui-secrets/environment")
    said = aeries(plain, "schedule", "install", "--system", status=5)
    plain.sh(said.partition("As root: ")[2])
    typed(plain, "sudo aeries-tui schedule install --system")

    assert "aeries-tui" in plain.sh("crontab -u aeries-tui -l")
    typed(plain, leave)
    assert plain("crontab", "-u", "aeries-tui", "-l").out == ""
    with machine("plain") as new:
        with_packages(new)
        new.sh("cron")
        carried(plain, new, "/etc/aeries-tui", "/etc/aeries-tui-secrets", "/var/lib/aeries-tui")
        before = new.listing()
        serve(new, PORT)
        for line in arrive:
            said = typed(new, line, "yes" if "setup" in line else "")
        assert "+ daily import: The timer does what the setting says" in said
        assert "+ service: It was tried just now and could do its work" in said
        assert new.sh("find /etc/aeries-tui /var/lib/aeries-tui ! -user aeries-tui") == ""
        assert new.sh("ls -l /etc/aeries-tui-secrets").split()[3:5] != ["aeries-tui", "aeries-tui"]
        assert newest(new)["import"] == newest(plain)["import"]
        aeries(new, "pull", status=4)

        new.sh("rm -r /opt/tests")
        typed(new, uninstall[0], "yes")
        assert new.listing() == before
        for line in uninstall[1:]:
            typed(new, line)
        assert (
            new.sh(
                "ls -d /opt/aeries-tui /root/.config/aeries-tui /root/.local/share/aeries-tui 2>&1 || true"
            ).count("cannot")
            == 3
        )


def test_a_users_districts_move_word_by_word_and_go_without_a_trace(plain: Machine) -> None:
    needs(plain, "rsync")
    stop, paths, copy, install, look = list(quoted(paragraph(topic("moving"), "Moving to another machine")))
    remove_timer, remove_district, *_ = quoted(paragraph(topic("moving"), "Uninstalling"))
    as_amy = "setpriv --reuid=amy --regid=amy --init-groups env HOME=/home/amy LOGNAME=amy"

    def amy(made: Machine, line: str) -> str:
        return typed(made, f"{as_amy} {line}")

    def at_home(made: Machine) -> str:
        return made.sh("cd /home/amy && find . -type f | sort")

    with machine("plain") as new:
        for made in (plain, new):
            made.sh("ln -s /opt/aeries-tui/bin/aeries-tui /usr/local/bin/aeries-tui")
        with_packages(new)
        new.sh("cron")
        before = at_home(new)
        url, certificate = serve(plain, PORT)
        plain.sh('printf "%s\\n" "$1" > /run/certificate && chmod 644 /run/certificate', certificate)
        amy(plain, f"aeries-tui credentials add lincoln --url {url} --certificate-stdin < /run/certificate")
        amy(plain, "aeries-tui credentials change lincoln --daily-import 03:30")
        amy(plain, "aeries-tui schools update")
        amy(plain, "aeries-tui schedule install")
        assert "aeries-tui" in plain.sh("crontab -u amy -l")

        amy(plain, stop)
        assert plain("crontab", "-u", "amy", "-l").out == ""
        named = dict(line.split(maxsplit=1) for line in amy(plain, paths).splitlines() if " " in line)
        places = [named["config"].strip().removesuffix("/config.toml"), named["data"].strip()]
        carried(plain, new, "/home")
        serve(new, PORT)
        for place in places:
            new.sh(f"{as_amy} mkdir -p {place}")
            amy(new, f"{copy} old:{place}/ {place}/")
        amy(new, install)
        assert "+ daily import: The timer does what the setting says" in amy(new, look)

        amy(new, remove_timer)
        amy(new, f"{remove_district.replace('NAME', 'lincoln')} --yes")
        assert new("crontab", "-u", "amy", "-l").out == ""
        for place in places:
            new.sh(f"rm -r {place}")
        assert at_home(new) == before


def test_the_program_is_installed_and_upgraded_by_the_lines_of_the_page(
    plain: Machine, tmp_path: Path
) -> None:
    needs(plain, "sudo", "git")
    locked = (sys.executable, "-m", "pip", "download", "--quiet", "--require-hashes", "--no-deps")
    got = subprocess.run([*locked, "--requirement", ROOT / "requirements.lock", "--dest", tmp_path], capture_output=True, check=False)  # fmt: skip
    if got.returncode != 0:
        pytest.skip("no package index can be reached")
    for wheel in tmp_path.iterdir():
        plain.put(wheel.read_bytes(), f"/run/{wheel.name}")
    plain.sh(
        "rm -rf /root/.config/pip && printf '[global]\\nno-index = true\\nfind-links = /run\\n' > /etc/pip.conf"
    )
    tree = subprocess.run(["git", "bundle", "create", "-", "HEAD"], cwd=ROOT, capture_output=True, check=True)
    plain.put(tree.stdout, "/run/tree")
    plain.sh("rm -r /opt/aeries-tui && git clone -q /run/tree /path/to/aeries-tui")
    versions = []
    make, *install = lines(topic("server"))[:3]
    typed(plain, make)
    for _ in range(2):
        for line in install:
            typed(plain, line)
        versions.append(plain.sh(f"{PROGRAM} --version"))
        assert plain.sh(f"{PROGRAM} demo --headless --students 50 >&2; {PROGRAM} paths")
        plain.sh(
            "cd /path/to/aeries-tui && git -c user.name=amy -c user.email=amy@x.example commit -q --allow-empty -m later"
        )
    assert versions[0] != versions[1], "an upgrade is one"


def test_aeries_is_reached_through_a_proxy_word_by_word(systemd: Machine, tmp_path: Path) -> None:
    needs(systemd, "sudo")
    proxy, exceptions, install = lines(topic("proxy"))
    with_password = next(words for words in quoted(topic("proxy")) if "USER:PASSWORD" in words)
    authority = Authority(tmp_path)
    authority.server(names=f"DNS:{HOST}")
    set_up(systemd, PORT)
    aeries(systemd, "credentials", "change", "lincoln", "--daily-import", "03:30")  # no run comes between
    for name in ("leaf.pem", "leaf.key"):
        systemd.put((tmp_path / name).read_bytes(), f"/run/{name}")
    systemd.put(authority.file.read_bytes(), "/etc/ssl/district.pem")
    systemd.sh("echo '127.0.0.1 proxy.district.example' >> /etc/hosts")

    def behind(account: str, *script: str) -> str:
        """What a shell of root's prints, while the proxy asks for an account."""
        systemd.sh("rm -f /run/requests; cd / && (PYTHONPATH=/opt/tests setsid /opt/aeries-tui/bin/python3 -m "
                   "machine.proxy /run $1 /run/requests $2 > /run/proxy 2>&1 < /dev/null & echo $! > /run/proxy.pid)",
                   str(PORT), account)  # fmt: skip
        systemd.until(lambda: bool(systemd("cat", "/run/proxy").out), 20)
        ran = systemd("sh", "-c", "\n".join(script))
        systemd.sh("kill $(cat /run/proxy.pid)")
        return ran.out + ran.err

    change = f"aeries-tui credentials change lincoln --url https://{HOST}/aeries"
    run = "systemctl start aeries-tui-machine-lincoln"
    assert "SRC-TLS" in behind("", proxy, exceptions, change)
    systemd.sh("printf '[source]\\nca_file = \"/etc/ssl/district.pem\"\\n' >> /etc/aeries-tui/config.toml")
    said = behind("", proxy, exceptions, change, "aeries-tui pull --acknowledge", install, run)
    assert "get from this shell: HTTPS_PROXY=http://proxy.district.example:3128" in said
    assert (newest(systemd)["trigger"], newest(systemd)["outcome"]) == ("timer", "completed_with_error"), said
    assert (
        systemd.sh("sort -u /run/requests") == f"CONNECT {HOST}:443 HTTP/1.1 -> 200 Connection established\n"
    )

    # One that wants to know who asks: the password stands in the file alone.
    assert "user name and password" in behind("amy:hidden", proxy, "aeries-tui check")
    named = with_password.replace("USER:PASSWORD", "amy:hidden")
    said = behind("amy:hidden", f"export HTTPS_PROXY={named}", "aeries-tui check", install)
    assert "HTTPS_PROXY holds a password" in said
    systemd.sh(
        "printf 'HTTPS_PROXY=%s\\n' \"$1\" > /etc/aeries-tui-secrets/environment && chmod 600 /etc/aeries-tui-secrets/environment",
        named,
    )
    said = behind("amy:hidden", f"export HTTPS_PROXY={named}", install, run)
    assert "holds a password" not in said
    assert newest(systemd)["import"] == 3, said
    assert "hidden" not in systemd.sh("cat /etc/systemd/system/aeries-tui-*") + said
