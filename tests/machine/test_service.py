"""The roster service of a machine starts when a product asks, ends when none does, and is taken away without a trace."""

from __future__ import annotations

import json

from machine.machine import Machine
from machine.steps import aeries, set_up, strangers

UNIT = "aeries-tui-serve-machine-lincoln"
_READ = """\
import json, sys, urllib.request
root, secret = "http://127.0.0.1:8480", sys.argv[1]
form = f"grant_type=client_credentials&client_id=sds&client_secret={secret}".encode()
token = json.load(urllib.request.urlopen(root + "/token", form, timeout=60))["access_token"]
asked = urllib.request.Request(
    root + "/ims/oneroster/rostering/v1p2/students?limit=1", headers={"Authorization": "Bearer " + token}
)
print(urllib.request.urlopen(asked, timeout=60).headers["X-Total-Count"])
"""


def state(made: Machine, unit: str) -> str:
    return made("systemctl", "is-active", unit).out.strip()


def test_the_service_starts_when_a_product_asks_and_ends_when_none_does(systemd: Machine) -> None:
    set_up(systemd)
    aeries(systemd, "pull", "--acknowledge", status=4)
    given = json.loads(systemd.sh("aeries-tui consumers add sds --json 2>/dev/null"))
    before = systemd.sh("find /etc/systemd | sort")

    assert f"# /etc/systemd/system/{UNIT}.socket" in aeries(
        systemd, "serve", "preview", "--system", "--district", "lincoln"
    )
    aeries(systemd, "serve", "install", "--system", "--district", "lincoln")
    assert (state(systemd, f"{UNIT}.socket"), state(systemd, f"{UNIT}.service")) == ("active", "inactive")
    assert "listening" in aeries(systemd, "serve", "show", "--system", "--district", "lincoln")
    assert "+ roster service: systemd listens on 127.0.0.1:8480" in aeries(
        systemd, "doctor", status=5
    )  # for its timer

    students = systemd.sh('python3 -c "$1" "$2"', _READ, given["client_secret"])
    assert int(students) > 100
    assert state(systemd, f"{UNIT}.service") == "active"
    assert "It answers on http://127.0.0.1:8480" in aeries(systemd, "status", status=4)
    assert strangers(systemd) == ""
    told = systemd.sh(f"systemd-analyze security --no-pager {UNIT}.service").splitlines()[-1]
    assert float(told.split(": ")[1].split()[0]) <= 1.5, told

    # With less patience, by a drop-in; the next who asks starts it again, and the token is still good.
    systemd.sh(
        f"mkdir -p /etc/systemd/system/{UNIT}.service.d && grep ^ExecStart /etc/systemd/system/{UNIT}.service "
        "| sed 's/--idle-exit 600/--idle-exit 1/; 1i [Service]\\nExecStart=' "
        f"> /etc/systemd/system/{UNIT}.service.d/sooner.conf && systemctl daemon-reload && systemctl stop {UNIT}.service"
    )
    assert systemd.sh('python3 -c "$1" "$2"', _READ, given["client_secret"]) == students
    systemd.until(lambda: state(systemd, f"{UNIT}.service") == "inactive", 30)
    assert state(systemd, f"{UNIT}.socket") == "active"
    systemd.sh(f"rm -r /etc/systemd/system/{UNIT}.service.d")

    assert "Removed." in aeries(systemd, "serve", "remove", "--system", "--district", "lincoln")
    assert systemd.sh("find /etc/systemd | sort") == before
    assert "Nothing answers" in aeries(systemd, "status", status=4)
