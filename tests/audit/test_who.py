"""Who does something: the kernel's word, never the environment's alone."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from aeries_tui.who import Who, user_name, who

HERE = pwd.getpwuid(os.getuid()).pw_name
OTHER = next(entry for entry in pwd.getpwall() if entry.pw_uid not in {os.getuid(), 0})


@pytest.fixture
def nobody_logged_in(tmp_path: Path) -> Path:
    path = tmp_path / "loginuid"
    path.write_text("4294967295")
    return path


def test_logname_and_user_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "superintendent")
    monkeypatch.delenv("SUDO_UID", raising=False)
    assert user_name().startswith(HERE)
    assert "superintendent" not in user_name()


def test_who_called_sudo_is_told_beside_the_account(nobody_logged_in: Path) -> None:
    found = who({"SUDO_UID": str(OTHER.pw_uid), "SUDO_USER": "superintendent"}, nobody_logged_in)
    assert found == Who(os.getuid(), HERE, OTHER.pw_uid, OTHER.pw_name)
    assert found.name == f"{HERE} (called by {OTHER.pw_name})"


def test_the_kernel_is_believed_before_sudo(tmp_path: Path) -> None:
    path = tmp_path / "loginuid"
    path.write_text(f"{OTHER.pw_uid}\n")
    assert who({"SUDO_UID": "4242"}, path).caller_uid == OTHER.pw_uid


def test_who_logged_in_as_the_account_itself_is_named_once(tmp_path: Path) -> None:
    path = tmp_path / "loginuid"
    path.write_text(str(os.getuid()))
    assert who({"SUDO_UID": str(OTHER.pw_uid)}, path) == Who(os.getuid(), HERE)


@pytest.mark.parametrize("said", ["", "-1", "root", "\uff11", "9" * 40])
def test_what_is_no_uid_is_no_caller(nobody_logged_in: Path, said: str) -> None:
    assert who({"SUDO_UID": said}, nobody_logged_in) == Who(os.getuid(), HERE)


def test_an_account_that_is_gone_is_its_number(nobody_logged_in: Path) -> None:
    assert who({"SUDO_UID": "987654321"}, nobody_logged_in).caller == "uid 987654321"


def test_where_the_kernel_keeps_no_login_sudo_is_believed(tmp_path: Path) -> None:
    assert who({"SUDO_UID": str(OTHER.pw_uid)}, tmp_path / "none").caller == OTHER.pw_name
