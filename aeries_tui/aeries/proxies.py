"""The proxy that the environment names for an address, by the rules of curl."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from aeries_tui.aeries.address import Address
from aeries_tui.errors import ConfigurationError

_VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
_EXCEPTIONS = ("no_proxy", "NO_PROXY")
_SCHEMES = frozenset({"http", "https", "socks5", "socks5h"})
_PORT = re.compile(r"(.*):([0-9]{1,5})")
_BRACKETS = re.compile(r"\[([^\]]*)\]((?:/[0-9]+)?)(?::([0-9]{1,5}))?")
_NAME = re.compile(r"[^\s:/\[\]@*]+")


@dataclass(frozen=True)
class Proxy:
    """A proxy of the environment.

    Attributes:
        url: with user and password, where there are any; never to be shown.
        shown: host and port.
        variable: that names it.
        odd: entries of NO_PROXY that nobody can make sense of.
    """

    url: str = field(repr=False)
    shown: str
    variable: str
    odd: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The proxy as a sentence names it."""
        return f"the proxy {self.shown} ({self.variable})"

    @property
    def remedy(self) -> str:
        """What to do where it is at fault."""
        oddly = f" NO_PROXY holds what can't be understood: {', '.join(self.odd)}." if self.odd else ""
        return f"Check {self.variable} and NO_PROXY with whoever runs the proxy; see aeries-tui help proxy.{oddly}"


def proxy_for(address: Address, environment: Mapping[str, str] | None = None) -> Proxy | None:
    """The proxy for an address; None where it is reached directly.

    Only https goes through a proxy, which sees no more than the name of the host; without TLS it would read
    the certificate. The loopback never does.

    Args:
        address: to be reached.
        environment: variables; the process's own where left out.

    Raises:
        ConfigurationError: what is named can't be a proxy.
    """
    if address.is_plain_http or address.is_loopback:
        return None
    variables = os.environ if environment is None else environment
    variable = next((name for name in _VARIABLES if variables.get(name, "").strip()), None)
    if variable is None:
        return None
    exceptions = next((variables[name] for name in _EXCEPTIONS if name in variables), "")
    entries = re.split(r"[\s,]+", exceptions.strip())
    matches = [_is_named(address, entry) for entry in entries if entry]
    if True in matches:
        return None
    odd = tuple(entry[:60] for entry in filter(None, entries) if _is_named(address, entry) is None)
    return _proxy(variables[variable].strip(), variable, odd)


def _proxy(given: str, variable: str, odd: tuple[str, ...]) -> Proxy:
    url = given if "://" in given else f"http://{given}"
    try:
        split = urlsplit(url)
        host, port = split.hostname, split.port
    except ValueError:
        host, port = None, None
    if not host or url.partition("://")[0].lower() not in _SCHEMES:
        raise unusable(variable)
    shown = f"[{host}]" if ":" in host else host
    return Proxy(url, shown + (f":{port}" if port else ""), variable, odd)


def unusable(variable: str) -> ConfigurationError:
    """The error for a variable that names no proxy which can be used."""
    return ConfigurationError(
        f"The proxy named in {variable} can't be used.",
        remedy=f"Correct or unset {variable}; an http:// proxy is what works. See aeries-tui help proxy.",
    )


def _is_named(address: Address, entry: str) -> bool | None:
    """Whether an entry of NO_PROXY means the address; None where it makes no sense."""
    if entry == "*":
        return True
    name, port = _name_and_port(entry.partition("://")[2] or entry)
    network = _network(name)
    if network is None and not _NAME.fullmatch(name.removeprefix("*").strip(".")):
        return None
    if port is not None and port != address.origin[2]:
        return False
    host = _network(address.host)
    if network is not None or host is not None:
        return network is not None and host is not None and host.network_address in network
    # curl's rule: the name itself and all below it, with or without a dot before it.
    wanted = name.removeprefix("*").strip(".").lower()
    return address.host == wanted or address.host.endswith(f".{wanted}")


def _name_and_port(entry: str) -> tuple[str, int | None]:
    if match := _BRACKETS.fullmatch(entry):
        return match[1] + match[2], int(match[3]) if match[3] else None
    if _network(entry) is None and (match := _PORT.fullmatch(entry)):
        return match[1], int(match[2])
    return entry, None


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """An address or a network; None for anything else."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
