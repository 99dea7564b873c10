"""One rule for what an e-mail address is."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeries_tui.emails import is_email, know_emails

GOOD = [
    "ann@example.org", "A.B-c_d+e@mail.k12.ca.us", "o'brien@example.org", "0@x.co", "a@b-c.example",
    "zoë@example.org", "用户@例子.广告", "a" * 64 + "@example.org", "a@xn--fa-hia.de",
]  # fmt: skip
BAD = [
    None, "", " ", "ann", "@example.org", "ann@", "ann@example", "ann@@example.org", "a@b@example.org",
    # dots where none may stand
    "ann.@example.org", ".ann@example.org", "a..b@example.org", "ann@example..org", "ann@.example.org",
    "ann@example.org.", "ann@-example.org", "ann@example-.org", "ann@exa_mple.org", "ann@10.0.0.1",
    # what is around an address
    "mailto:ann@example.org", "MAILTO:ann@example.org", "Ann <ann@example.org>", "<ann@example.org>",
    "'ann'@example.org, bob@example.org", "ann@example.org;bob@example.org", '"ann"@example.org', "ann@example.org ",
    " ann@example.org", "ann@[10.0.0.1]", "ann(home)@example.org", "http://ann@example.org", "ann@example.org/",
    # quotes of a word processor, and what can't be seen or looks like something else
    "o\u2019brien@example.org", "\u201cann\u201d@example.org", "ann@example.org\u2019", "ann\u200b@example.org",
    "ann@exam\u00adple.org", "\ufeffann@example.org", "\u202eann@example.org", "an\u00a0n@example.org",
    "ann@example.org\n", "ann\t@example.org", "ann\x00@example.org", "ann\x7f@example.org", "ann\x9b@example.org",
    "ann\uff20example.org", "ann@example\uff0eorg", "\uff41nn@example.org", "ann@example\u3002org", "ann\ufe0f@x.org",
    "\u3164@example.org", "an\u034fn@example.org", "ann\ufffd@example.org", "ann\ue000@example.org",
    # too long
    "a" * 65 + "@example.org", "a@" + "b" * 64 + ".org", "a@" + "b." * 130 + "org",
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_an_address_is_taken(text: str) -> None:
    assert is_email(text)


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_address_is_refused(text: str | None) -> None:
    assert not is_email(text)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=6))
def test_sql_judges_by_the_same_rule_and_nothing_invisible_is_ever_taken(odd: str) -> None:
    text = f"ann{odd}@example.org"
    with closing(sqlite3.connect(":memory:")) as db:
        know_emails(db)
        assert db.execute("SELECT is_email(?)", (text,)).fetchone() == (is_email(text),)
    if is_email(text):
        assert text.isprintable()
        assert not set("\u2018\u2019\u201c\u201d ,;<>()") & set(text)
