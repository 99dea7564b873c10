from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from aeries_tui.screens.credential_fields import (
    Fields,
    address_line,
    certificate_line,
    credential_of,
)
from aeries_tui.screens.wrong_field import WrongField
from aeries_tui.secret import Secret
from aeries_tui.settings import Credential, FromCommand, InEnvironment, InFile, InKeyring, LastTest

GOOD = "Zq7Xk29vLm4Rt81Yc3Wb6Nh5Pd0Js8Gf"
FORM = Fields(
    "lincoln", "lincoln.aeries.net/admin/Login.aspx", "file", GOOD, "", False, "03:30", "America/Chicago"
)
OLD = Credential(
    "lincoln",
    "https://lincoln.aeries.net/admin",
    InFile(Secret(GOOD)),
    last_test=LastTest(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), True, "everything granted"),
)


def test_the_form_becomes_a_credential_with_the_address_made_right() -> None:
    credential, secret = credential_of(FORM, None)
    assert credential.url == "https://lincoln.aeries.net/admin"
    assert credential.daily_import is None
    assert secret is not None and secret.reveal() == GOOD


def test_a_daily_import_has_a_time_and_a_zone() -> None:
    credential, _ = credential_of(
        dataclasses.replace(FORM, daily=True, time="4:05", zone="America/Denver"), None
    )
    assert credential.daily_import == dt.time(4, 5)
    assert credential.timezone == "America/Denver"


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("name", {"name": "../up"}),
        ("name", {"name": ""}),
        ("url", {"url": "ftp://x"}),
        ("url", {"url": "https://me:secret@host/admin"}),
        ("certificate", {"certificate": ""}),
        ("certificate", {"certificate": "two words"}),
        ("place", {"kept": "env", "place": "not a name"}),
        ("place", {"kept": "command", "place": ""}),
        ("place", {"kept": "command", "place": "'open"}),
        ("place", {"kept": "systemd", "place": "../x"}),
        ("time", {"daily": True, "time": "25:00"}),
    ],
)
def test_a_field_that_is_wrong_is_named(field: str, change: dict[str, object]) -> None:
    with pytest.raises(WrongField) as caught:
        credential_of(dataclasses.replace(FORM, **change), None)  # type: ignore[arg-type]
    assert caught.value.field == field
    assert GOOD not in str(caught.value)


def test_places_that_only_name_the_certificate_need_none() -> None:
    blank = dataclasses.replace(FORM, certificate="")
    assert credential_of(dataclasses.replace(blank, kept="env", place="LINCOLN"), None) == (
        Credential("lincoln", OLD.url, InEnvironment("LINCOLN")),
        None,
    )
    found, _ = credential_of(dataclasses.replace(blank, kept="command", place="pass show 'my aeries'"), None)
    assert found.source == FromCommand(("pass", "show", "my aeries"))


def test_a_blank_certificate_keeps_the_old_one_and_its_test() -> None:
    same, secret = credential_of(dataclasses.replace(FORM, certificate=""), OLD)
    assert same == OLD
    assert secret is None


def test_whatever_is_new_must_be_tested_again() -> None:
    for change in ({"url": "https://other.example/admin", "certificate": ""}, {"certificate": GOOD[::-1]}):
        found, _ = credential_of(dataclasses.replace(FORM, **change), OLD)  # type: ignore[arg-type]
        assert found.last_test is None


def test_to_keep_it_in_another_place_the_certificate_is_entered_again() -> None:
    with pytest.raises(WrongField, match="another place"):
        credential_of(dataclasses.replace(FORM, kept="keyring", certificate=""), OLD)
    found, secret = credential_of(dataclasses.replace(FORM, kept="keyring"), OLD)
    assert found.source == InKeyring()
    assert secret is not None


def test_the_lines_below_the_fields_say_what_becomes_of_them() -> None:
    assert address_line("x.aeries.net/admin/Login.aspx") == (
        "Aeries is asked at https://x.aeries.net/admin/api/v5",
        True,
    )
    assert address_line("http://x.example/admin")[0].endswith("not encrypted!")
    assert certificate_line(GOOD, None, stored=False) == ("32 characters, ends in s8Gf", True)
    assert certificate_line("short", None, stored=False)[0] == "5 characters (Aeries' own have 32)"
    assert certificate_line("", Secret(GOOD), stored=True) == ("stays as it is (****s8Gf)", True)
