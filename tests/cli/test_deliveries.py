"""`deliveries`: a folder delivery from its declaration to its receipt."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cli.conftest import Desk

CONFIG = """
[[feeds]]
name = "kids"
sql = "SELECT student_id AS id FROM v_student WHERE active ORDER BY 1 {limit}"

[[deliveries]]
name = "vendor"
feeds = ["kids"]
to = "{to}"
"""


@pytest.fixture
def declare(desk: Desk) -> Callable[..., None]:
    def write(limit: str = "") -> None:
        to = desk.station.places.data_dir.parent / "receiver"
        to.mkdir(exist_ok=True)
        desk.station.places.config_file.write_text(CONFIG.format(limit=limit, to=to))

    return write


def test_from_a_try_to_a_receipt_and_a_held_set(desk: Desk, declare: Callable[..., None]) -> None:
    assert desk("deliveries", "list").status == 0
    assert desk("deliveries", "show", "vendor").status == 2
    declare()
    assert "none yet" in desk("deliveries", "list").out
    tried = desk("deliveries", "test", "vendor")
    assert (tried.status, "nothing was sent" in tried.out) == (0, True)
    desk.change()
    assert desk("pull").status in {0, 4}
    assert "1: delivered" in desk("deliveries", "list").out
    shown = desk("deliveries", "show", "vendor")
    assert "kids.csv" in shown.out and "SHA-256" in shown.out and "import 2" in shown.out
    assert desk("deliveries", "run", "vendor", "--json").json["newest"]["state"] == "unchanged"
    declare("LIMIT 3")
    held = desk("deliveries", "run")
    assert (held.status, "would shrink" in held.err) == (3, True)
    assert "vendor held" in desk("status").out
    assert desk("status", "--json").json["deliveries"] == {"vendor": "held"}
    listed = desk("deliveries", "list", "--json").json["deliveries"][0]
    assert (listed["state"], listed["newest"]["id"]) == ("held", 3)
    assert "delivered last" in desk("deliveries", "show", "vendor").out
    assert desk("deliveries", "discard", "3", "--reason", "a wrong limit").status == 0
    assert "a wrong limit" in desk("deliveries", "show", "vendor").out
    assert desk("deliveries", "run").status == 3
    assert desk("deliveries", "approve", "4", "--reason", "it is right").status == 0
    shown = desk("deliveries", "show", "vendor", "--json").json["sets"]
    assert [one["state"] for one in shown] == ["delivered", "discarded", "unchanged", "delivered"]
    assert desk("deliveries", "approve", "4", "--reason", "again").status == 2
    acts = [one["act"] for one in desk("audit", "list", "--json").json["entries"]]
    assert acts.count("delivered") == 2 and acts.count("delivery_decided") == 2


def test_what_can_not_be_used_is_said_by_name(desk: Desk) -> None:
    desk.station.places.config_file.write_text('[[deliveries]]\nname = "vendor"\nfeeds = ["kids"]\n')
    said = desk("deliveries", "list")
    assert said.status == 5 and "[[deliveries]] number 1: to must be" in said.err
    to = desk.station.places.data_dir.parent
    with desk.station.places.config_file.open("a") as file:
        file.write(f'[[deliveries]]\nname = "works"\nfeeds = ["staff"]\nto = "{to}"\n')
    ran = desk("deliveries", "run")
    assert ran.status == 5 and "to must be" in ran.err and "works: 1: delivered" in ran.out
