"""A secret shows itself nowhere, and is found again in any spelling."""

import base64
import copy
import json
import pickle
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeries_tui.secret import Secret

VALUE = "Zk3vQ9xw77TlPqRs01MnBbCcDd5Ee6Ff"
SECRET = Secret(VALUE)


@pytest.mark.parametrize(
    "shown",
    [repr(SECRET), str(SECRET), f"{SECRET}", f"{SECRET!r:>20}", f"{SECRET} {SECRET!r}", str([SECRET])],
)
def test_no_way_of_printing_shows_it(shown: str) -> None:
    assert VALUE not in shown
    assert VALUE[:6] not in shown


def test_it_is_not_pickled_and_copies_are_itself() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(SECRET)
    assert copy.deepcopy(SECRET) is SECRET
    assert copy.copy(SECRET) is SECRET


def test_it_has_no_attributes_to_dump() -> None:
    with pytest.raises(TypeError):
        vars(SECRET)
    with pytest.raises(TypeError):
        json.dumps(SECRET)


def test_the_last_four_are_shown_only_of_a_long_one() -> None:
    assert SECRET.masked == "****6Ff"[:4] + VALUE[-4:]
    assert Secret("short").last_four == ""
    assert Secret("short").masked == "****"


def test_equal_secrets_are_equal() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert len({Secret("a"), Secret("a")}) == 1
    assert Secret("a") != "a"
    assert Secret("a") and not Secret("")


def test_it_is_masked_in_any_case() -> None:
    assert SECRET.mask(f"AERIES-CERT: {VALUE.lower()} {VALUE.upper()}") == "AERIES-CERT: **** ****"


secrets = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=40)


@given(secrets, st.text(max_size=20), st.text(max_size=20))
def test_no_spelling_survives_masking(value: str, before: str, after: str) -> None:
    for spelt in (value, quote(value), quote(value, safe=""), json.dumps(value)[1:-1], repr(value)[1:-1]):
        assert spelt not in Secret(value).mask(before + spelt + after)


@given(secrets, st.binary(max_size=7), st.binary(max_size=7))
def test_base64_of_it_inside_other_text_is_broken_up(value: str, before: bytes, after: bytes) -> None:
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        encoded = encode(before + value.encode() + after).decode()
        masked = Secret(value).mask(encoded)
        assert "****" in masked
        assert len(masked) <= len(encoded) - len(value) + 4


def test_an_empty_secret_masks_nothing() -> None:
    assert Secret("").mask("text") == "text"
