"""The pages for Caddy and nginx are followed word by word, and the roster is read through what comes of it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import pytest

from aeries.tls import Authority
from aeries_tui.operations.roster_service import add_consumer
from aeries_tui.topics import topic
from engine import Station, fast_directory
from pages import quoted
from roster_service.conftest import district
from roster_service.serving import V11, V12
from roster_service.test_server import process, ready

NAME = "roster.example.org"
CERTIFICATE, KEY = "/etc/ssl/roster.pem", "/etc/ssl/roster.key"
PROXIES = [
    pytest.param(name, marks=pytest.mark.skipif(not shutil.which(name), reason=f"{name} is not installed"))
    for name in ("nginx", "caddy")
]


def of_the_page(proxy: str) -> str:
    """What the page has people write into the configuration of a proxy."""
    title = {"nginx": "nginx:", "caddy": "Caddy:"}[proxy]
    found = re.search(rf"^{title}\n\n((?:    .*\n|\n)+)", topic("serve"), re.MULTILINE)
    assert found is not None
    return found[1]


def in_its_place(text: str, **places: object) -> str:
    """The same text, with what is here in the place of what the page names: ports, and files of the certificate."""
    for old, new in places.items():
        assert old in text, f"The page says {old} no more."
        text = text.replace(old, str(new))
    return text


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def nginx(folder: Path, port: int, page: str) -> Iterator[Path]:
    """nginx with the page's server; what a reader has to trust."""
    authority = Authority(folder)
    authority.server(names=f"DNS:{NAME}")
    page = in_its_place(
        page,
        **{
            "listen 443": f"listen 127.0.0.1:{port}",
            CERTIFICATE: folder / "leaf.pem",
            KEY: folder / "leaf.key",
        },
    )
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    own = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    root = "user root;\n" if os.geteuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(
        f"{root}daemon off;\nworker_processes 1;\npid {folder}/pid;\nevents {{}}\nhttp {{\n"
        f"access_log {folder}/access.log;\n{own}{page}}}\n"
    )
    with running(port, "nginx", "-p", str(folder), "-e", f"{folder}/error.log", "-c", str(config)):
        yield authority.file


@contextmanager
def caddy(folder: Path, port: int, page: str) -> Iterator[Path]:
    """Caddy with the page's site; it makes its certificate by itself, here without asking anybody outside."""
    config = folder / "Caddyfile"
    options = f"local_certs\nskip_install_trust\nadmin off\nhttps_port {port}\nhttp_port {free_port()}\n"
    config.write_text(f"{{\n{options}default_bind 127.0.0.1\nstorage file_system {folder}/kept\n}}\n{page}")
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with running(port, "caddy", "run", "--adapter", "caddyfile", "--config", str(config), **home):
        yield folder / "kept/pki/authorities/local/root.crt"


@contextmanager
def running(port: int, *command: str, **env: str) -> Iterator[None]:
    """A program that speaks TLS on a port of this machine."""
    looks = ssl.create_default_context()
    looks.check_hostname, looks.verify_mode = False, ssl.CERT_NONE
    with subprocess.Popen(
        command, env=os.environ | env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as proxy:  # fmt: skip
        try:
            while True:
                assert proxy.poll() is None, proxy.stderr and proxy.stderr.read()
                try:
                    with socket.create_connection(("127.0.0.1", port), 5) as plain:
                        looks.wrap_socket(plain, server_hostname=NAME).close()
                    break
                except (ConnectionRefusedError, ssl.SSLError):  # not there, or without its certificate yet
                    time.sleep(0.01)
            yield
        finally:
            proxy.terminate()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Station, str]]:
    """A district that was pulled, and the secret of a consumer."""
    with fast_directory(tmp_path_factory.mktemp("kept")) as folder:
        station = Station(folder)
        station.aeries = district()
        station.begin(7, 8, 9)
        yield station, add_consumer(station.as_district(), "product", ["core"], [], None).reveal()


@contextmanager
def reader(trusts: Path) -> Iterator[httpx.Client]:
    """A product that finds the name here, and trusts who vouches for it."""
    stock = socket.getaddrinfo

    def here(host: Any, *more: Any, **named: Any) -> Any:
        return stock("127.0.0.1" if host == NAME else host, *more, **named)

    with (
        patch("socket.getaddrinfo", here),
        httpx.Client(verify=ssl.create_default_context(cafile=trusts)) as http,
    ):
        yield http


def walk(http: httpx.Client, first: str, bearer: dict[str, str]) -> tuple[list[str], list[str]]:
    """The ids of a list by its links, and the addresses that were asked."""
    ids, asked, address = [], [], first
    while address:
        found = http.get(address, headers=bearer)
        assert found.status_code == 200, found.text
        asked.append(address)
        ids += [one["sourcedId"] for one in found.json()["users"]]
        links = dict(re.findall(r'<([^>]*)>; rel="(\w+)"', found.headers["link"]))
        address = next((to for to, name in links.items() if name == "next"), "")
    return ids, asked


def below(proxy: str, page: str, path: str, keeps: bool) -> str:
    """The page's text for a service below a path, as the page says."""
    said = list(quoted(topic("serve")))
    if proxy == "caddy":
        opens = "handle /roster/* {" if keeps else "handle_path /roster/* {"
        assert opens in said
        return re.sub(r"( +)(reverse_proxy .*\n)", rf"\1{opens}\n\1\2\1}}\n", page)
    assert "location /roster/ {" in said
    page = in_its_place(page, **{"location / {": "location /roster/ {"})
    if keeps:
        return page
    assert "proxy_pass http://127.0.0.1:8480/;" in said
    return in_its_place(page, **{"proxy_pass http://127.0.0.1:8480;": "proxy_pass http://127.0.0.1:8480/;"})


@pytest.mark.parametrize("proxy", PROXIES)
@pytest.mark.parametrize("path", ["", "/roster kept", "/roster taken off"])
def test_the_roster_is_read_through_a_proxy_that_was_set_up_by_the_page(
    kept: tuple[Station, str], tmp_path: Path, proxy: str, path: str
) -> None:
    station, secret = kept
    port, (path, _, how) = free_port(), path.partition(" ")
    root = f"https://{NAME}:{port}{path}"
    station.places.config_file.write_text(f'[serve]\npublic_url = "{root}"\n')
    page = of_the_page(proxy)
    if path:
        page = below(proxy, page, path, keeps=how == "kept")
    with process(station, "--port", "0") as service:
        told = ready(service)
        assert (told["url"], told["token_url"]) == (root, f"{root}/token")
        page = in_its_place(page, **{"127.0.0.1:8480": told["listening"].removeprefix("http://")})
        with {"nginx": nginx, "caddy": caddy}[proxy](tmp_path, port, page) as trusts, reader(trusts) as http:
            form = {"grant_type": "client_credentials"}
            given = http.post(f"{root}/token", data=form, auth=("product", secret))
            # Whoever says to be called by another name, or for another caller, changes nothing.
            bearer = {
                "authorization": f"Bearer {given.json()['access_token']}",
                "x-forwarded-for": "203.0.113.9", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example",
            }  # fmt: skip
            for version in (V11, V12):
                ids, asked = walk(http, f"{root}{version}/users?limit=4", bearer)
                assert len(ids) == len(set(ids)) == 14 and len(asked) == 4
                assert all(one.startswith(f"{root}{version}/users?") for one in asked)
            found = http.head(f"{root}{V12}/users?limit=1", headers=bearer)
            assert (
                found.status_code == 200 and found.content == b"" and found.headers["x-total-count"] == "14"
            )
            wanted = {"filter": f"email='nobody@example.org' OR sourcedId='{ids[0]}'"}
            one = http.get(f"{root}{V12}/users", params=wanted, headers=bearer).json()["users"]
            assert [each["sourcedId"] for each in one] == ids[:1]
            assert one[0]["roles"][0]["org"]["href"].startswith(f"{root}{V12}/orgs/")
            assert http.get(f"{root}{V12}/users").status_code == 401
            assert http.get(f"{root}/", headers=bearer).status_code == 404
    for log in tmp_path.glob("*.log"):
        assert "example.org" not in log.read_text().replace(NAME, ""), log
