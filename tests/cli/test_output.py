"""Nothing that a command prints moves a terminal, and no id comes in that is none."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeries_tui.cli.accounts import Password
from aeries_tui.cli.documents import json_text, print_document, stream_document
from aeries_tui.cli.output import explain_error, line, say, table
from aeries_tui.cli.sql import Rows
from aeries_tui.errors import WrongUse
from cli.conftest import Machine

HOSTILE = "ok \x1b[31mred\x9b31m\x7f\x85\u2028\u202etxt\u2066\u200b\ufeff\u061c\U000e0041 é 東 \ud800"


def is_harmless(text: str) -> bool:
    return not any(unicodedata.category(one) in {"Cc", "Cf", "Zl", "Zp", "Cs"} for one in text if one != "\n")


def test_json_escapes_what_a_terminal_obeys_and_keeps_letters(capsys: pytest.CaptureFixture[str]) -> None:
    print_document(Password(HOSTILE, HOSTILE))
    stream_document(Rows([]), "rows", [{HOSTILE: HOSTILE}])
    printed = capsys.readouterr().out
    assert is_harmless(printed)
    assert "é 東" in printed
    assert r"\u009b31m\u007f" in printed
    first, second = printed.split("\n}\n", 1)
    assert json.loads(first + "}") == {"format_version": 1, "user_name": HOSTILE, "password": HOSTILE}
    assert json.loads(second) == {"format_version": 1, "rows": [{HOSTILE: HOSTILE}]}


@given(st.text())
def test_any_text_comes_back_from_json_and_is_harmless_in_it(text: str) -> None:
    assert json.loads(json_text(text)) == text
    assert is_harmless(json_text(text))


def test_every_line_and_message_is_one_harmless_line(capsys: pytest.CaptureFixture[str]) -> None:
    line(HOSTILE + "\nImport 1: forged")
    say(HOSTILE + "\nforged")
    table((), [])
    table(("a",), [(HOSTILE,)])
    explain_error(WrongUse(HOSTILE, meaning="m\nn", remedy=HOSTILE), as_json=True)
    captured = capsys.readouterr()
    assert is_harmless(captured.out + captured.err)
    assert captured.out.startswith("ok ␛[31mred")
    assert "\nImport" not in captured.out
    assert captured.err.count("\n") == 4


def test_a_reason_and_who_decided_reach_the_terminal_as_text(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.map_all()
    number = str(machine("pull", "--acknowledge", "--plan", "--json").json["import"])
    said = machine("discard", number, "--reason", "ok \x1b[31mred\x9b31m\nImport 9: forged\u202e")
    assert said.status == 0
    shown = machine("results", number)
    assert is_harmless(shown.out + shown.err)
    assert "ok ␛[31mred" in shown.out
    assert "\nImport 9" not in shown.out
    assert is_harmless(machine("log", number).out)
    document = machine("results", number, "--json")
    assert is_harmless(document.out)


@pytest.mark.parametrize(
    "words", [["\x1b[31m"], ["results", "1", "\x9b31m"], ["results", "\x1b[2J"], ["--\x1b[31m"]]
)
def test_words_that_are_no_command_move_no_terminal(machine: Machine, words: list[str]) -> None:
    said = machine(*words)
    assert said.status == 2
    assert is_harmless(said.err)


# Ids in commands


@pytest.mark.parametrize(
    "number", ["0", "00", "-5", "1e3", "1_000", "+5", "5.0", " 5", "٣", "²", "", "7\u200b", "x"]
)
@pytest.mark.parametrize(
    "words",
    [
        ["explain", "student"], ["explain", "staff"], ["schools", "unmap"], ["schools", "exclude"], ["results"],
        ["changes"], ["undo"], ["schools", "create-ali", "--from-aeries"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_is_no_id_is_wrong_use(machine: Machine, words: list[str], number: str) -> None:
    said = machine(*words, number)
    assert said.status == 2
    assert "aeries-tui" in said.err
    assert "defect" not in said.err
    assert machine("schools", "map", number, "A1").status == 2


@pytest.mark.parametrize("ali_id", ["A\x07", "A\u200b1", "\u202eA1", "A\u00a01", "A\n", " ", ""])
def test_an_ali_id_with_what_can_not_be_seen_is_wrong_use(machine: Machine, ali_id: str) -> None:
    machine.add()
    said = machine("schools", "map", "994", ali_id)
    assert said.status == 2
    assert "ALI_ID" in said.err


def test_a_csv_says_how_it_was_read_and_its_encoding_can_be_said(machine: Machine, tmp_path: Path) -> None:
    machine.add()
    listing = tmp_path / "ali.csv"
    listing.write_bytes("sep=;\r\nID;Name;Street\r\nA1;Peña;x\r\n".encode("cp1252"))
    said = machine("schools", "import-ali", str(listing))
    assert said.status == 0
    assert "read as cp1252" in said.err
    assert "not used: Street" in said.err
    listing.write_bytes("id,name\nA1,Peña\n".encode("mac-roman"))
    assert machine("schools", "import-ali", str(listing)).status == 2
    assert machine("schools", "import-ali", str(listing), "--encoding", "mac-roman").status == 0
    listed = machine("schools", "list", "--json").json["unmatched_ali"]
    assert listed == [{"ali_id": "A1", "ali_name": "Peña"}]
