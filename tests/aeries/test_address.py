"""Whatever address a person pastes leads to the API of that host, or is refused with a reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeries_tui.aeries import normalise_address
from aeries_tui.errors import WrongUse


@pytest.mark.parametrize(
    ("pasted", "api"),
    [
        ("https://demo.aeries.net/aeries/Login.aspx", "https://demo.aeries.net/aeries/api/v5"),
        ("https://demo.aeries.net/aeries", "https://demo.aeries.net/aeries/api/v5"),
        ("https://demo.aeries.net/aeries/", "https://demo.aeries.net/aeries/api/v5"),
        ("  demo.aeries.net/aeries \n", "https://demo.aeries.net/aeries/api/v5"),
        ("<https://demo.aeries.net/aeries>", "https://demo.aeries.net/aeries/api/v5"),
        ("NAME.Aeries.NET/admin", "https://name.aeries.net/admin/api/v5"),
        ("https://x.org/Aeries.Net/LoginParent.aspx?page=a/b#c", "https://x.org/Aeries.Net/api/v5"),
        ("https://x.org/admin/LOGIN.ASPX", "https://x.org/admin/api/v5"),
        ("https://x.org/admin/Login.aspx/more", "https://x.org/admin/api/v5"),
        ("https://x.org/Login.aspx", "https://x.org/api/v5"),
        ("https://x.org", "https://x.org/api/v5"),
        ("https://x.org?cert=abc", "https://x.org/api/v5"),
        ("https://x.org#top", "https://x.org/api/v5"),
        ("https://x.org/admin/api/v5", "https://x.org/admin/api/v5"),
        ("https://x.org/admin/api/v5/", "https://x.org/admin/api/v5"),
        ("https://x.org/admin/api/v5/schools/994/students", "https://x.org/admin/api/v5"),
        ("https://x.org/aeries/api/v3", "https://x.org/aeries/api/v3"),
        ("https://x.org/Aeries/API/V5", "https://x.org/Aeries/API/V5"),
        ("https://x.org/district/sis/admin", "https://x.org/district/sis/admin/api/v5"),
        ("https://x.org//admin//", "https://x.org/admin/api/v5"),
        ("https://x.org:8443/admin", "https://x.org:8443/admin/api/v5"),
        ("https://x.org:443/admin", "https://x.org/admin/api/v5"),
        ("http://x.org:80/admin", "http://x.org/admin/api/v5"),
        ("HTTPS://X.ORG/Admin", "https://x.org/Admin/api/v5"),
        ("x.org:8080", "https://x.org:8080/api/v5"),
        ("http://127.0.0.1:8000/aeries", "http://127.0.0.1:8000/aeries/api/v5"),
        ("http://[::1]:8000/aeries", "http://[::1]:8000/aeries/api/v5"),
        ("https://[2001:DB8:0:0::1]/aeries", "https://[2001:db8::1]/aeries/api/v5"),
        ("https://schüle.example/aeries", "https://xn--schle-mva.example/aeries/api/v5"),
        ("https://faß.de/aeries", "https://xn--fa-hia.de/aeries/api/v5"),
        ("https://FAẞ.de", "https://xn--fa-hia.de/api/v5"),
        ("https://\u03b2\u03cc\u03bb\u03bf\u03c2.com", "https://xn--nxasmm1c.com/api/v5"),
        ("https://\uff58\uff0e\uff4f\uff52\uff47", "https://x.org/api/v5"),
        ("https://x.org./aeries", "https://x.org/aeries/api/v5"),
        ("https://x.org/my aeries/Login.aspx", "https://x.org/my%20aeries/api/v5"),
        ("//x.org/admin", "https://x.org/admin/api/v5"),
        ("localhost:8000/aeries", "https://localhost:8000/aeries/api/v5"),
        ("Instance URL: https://x.org/aeries", "https://x.org/aeries/api/v5"),
        ("url = 'https://x.org/aeries'", "https://x.org/aeries/api/v5"),
        ("\u201chttps://x.org/aeries\u201d", "https://x.org/aeries/api/v5"),
        ("\u200bhttps://x.org/\u00a0aeries", "https://x.org/aeries/api/v5"),
        ("https:// x.org/aeries", "https://x.org/aeries/api/v5"),
        ("Our address is: https://x.org/aeries.", "https://x.org/aeries/api/v5"),
        ("https://x.org/aeries/Login.aspx;jsessionid=1?page=2", "https://x.org/aeries/api/v5"),
        ("x.org:8443?page=1#top", "https://x.org:8443/api/v5"),
        ("2001:db8::1", "https://[2001:db8::1]/api/v5"),
        ("https://2001:db8::1/aeries", "https://[2001:db8::1]/aeries/api/v5"),
        ("[::1]:8443/aeries", "https://[::1]:8443/aeries/api/v5"),
        ("https://[::1]", "https://[::1]/api/v5"),
        ("https://x.org/admin/Login.aspx?ReturnUrl=https://y.org/z", "https://x.org/admin/api/v5"),
    ],
)
def test_a_pasted_address_becomes_the_base_of_the_api(pasted: str, api: str) -> None:
    address = normalise_address(pasted)
    assert address.api == api
    assert normalise_address(address.api).api == api
    assert normalise_address(address.display) == address


@pytest.mark.parametrize(
    "pasted",
    [
        "",
        "   ",
        "ftp://x.org/aeries",
        "file:///etc/passwd",
        "https://",
        "https:///aeries",
        "https://user:pass@x.org/aeries",
        "user@x.org",
        "https://x.org:0/",
        "https://x.org:99999/",
        "https://x.org:port/",
        "https://[::1/aeries",
        "https://[nonsense]/aeries",
        "https://x..org/",
        "https://-x.org/",
        "https://x_org!/",
        "https:/x.org/aeries",
        "https://https://x.org/aeries",
        "http:x.org",
        "https://two words/aeries",
        "https://x.org :8443/aeries",
        "https://x.org/\nadmin",
        "write to https://user:pass@x.org/aeries",
        "https://x.org\\@evil.org/",
        "https://x.org/\x00",
        "https://x.org/a/../b",
        "https://x.org/a/%2e%2e/b",
        "https://℀.org/",
        f"https://{'a' * 300}.org",
    ],
)
def test_what_is_no_address_is_refused_with_a_code_and_a_remedy(pasted: str) -> None:
    with pytest.raises(WrongUse) as caught:
        normalise_address(pasted)
    assert caught.value.code == "SRC-URL"
    assert "Login.aspx" in caught.value.remedy
    assert "pass@" not in " ".join(caught.value.lines())


@pytest.mark.parametrize(
    ("pasted", "why"),
    [
        ("https://x.org/aeries\nhttps://y.org", "several lines"),
        ("Aeries https://x.org/admin here", "words beside the address"),
        ("https://user:pass@x.org/aeries", "a user name or password"),
        ("https://x.org:99999/", "host or port"),
        ("https:\\\\x.org", "a backslash"),
    ],
)
def test_what_is_refused_is_named(pasted: str, why: str) -> None:
    with pytest.raises(WrongUse, match=why):
        normalise_address(pasted)


def test_an_explicit_version_stays_in_what_a_person_sees() -> None:
    assert normalise_address("https://x.org/aeries/api/v3").display == "https://x.org/aeries/api/v3"
    assert normalise_address("https://x.org/aeries/api/v5").display == "https://x.org/aeries"


def test_candidates_begin_with_the_given_root_and_stay_on_the_host() -> None:
    address = normalise_address("https://x.org:8443/district/sis/api")
    candidates = address.candidates()
    assert candidates[0] == address
    assert {one.origin for one in candidates} == {address.origin}
    paths = [one.path for one in candidates]
    assert paths == [
        "/district/sis/api",
        "/district/sis",
        "/district",
        "/admin",
        "/aeries",
        "/student",
        "/teacher",
        "",
    ]


@pytest.mark.parametrize(
    ("pasted", "loopback"),
    [
        ("http://127.0.0.1", True),
        ("http://127.8.8.8:1", True),
        ("http://localhost:8000", True),
        ("http://[::1]", True),
        ("http://x.org", False),
        ("http://127.0.0.1.x.org", False),
        ("http://10.0.0.1", False),
    ],
)
def test_only_this_machine_is_the_loopback(pasted: str, loopback: bool) -> None:
    assert normalise_address(pasted).is_loopback is loopback


@given(
    st.text(max_size=60)
    | st.from_regex(r"(https?://)?[a-z0-9.:@\[\]%]{1,20}(/[A-Za-z0-9._%~ ]{0,8}){0,4}", fullmatch=True)
)
def test_any_text_is_either_refused_or_gives_an_address_that_stays_as_it_is(text: str) -> None:
    try:
        address = normalise_address(text)
    except WrongUse:
        return
    assert address.scheme in {"http", "https"}
    assert address.api.endswith(address.version)
    assert normalise_address(address.display) == address
    assert normalise_address(address.api).api == address.api
