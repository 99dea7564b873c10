"""From whatever address a person pastes to the base of the Aeries API (contract, section 1)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, quote, unquote, urlsplit

from aeries_tui.codes import Code
from aeries_tui.errors import WrongUse
from aeries_tui.text import without_quotes

DEFAULT_API = "/api/v5"
KNOWN_ROOTS = ("/admin", "/aeries", "/student", "/teacher", "")
"""Application roots seen at districts, most likely first."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://")
_HOST = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_\-]{0,61}[a-z0-9_])?)(?:\.[a-z0-9_](?:[a-z0-9_\-]{0,61}[a-z0-9_])?)*"
)
_LABEL = re.compile(r"[^\W\d_][\w ]{0,39}\s*[:=]\s*(?=[\"']?https?://)", re.IGNORECASE)
"""What stands before the address where it was copied from, as "Instance URL: "."""

_SENTENCE_ENDS = ".,;:!)]"
_VERSION = re.compile(r"v[0-9]+", re.IGNORECASE)


@dataclass(frozen=True)
class Address:
    """One Aeries application: where its API is.

    Attributes:
        scheme: `https` or `http`.
        host: in lower case; an international name as its ASCII form, an IPv6 address without brackets.
        port: None where it is the scheme's own.
        path: the application root as given, such as `/admin`; blank for none.
        version: the API's part of the path, `/api/v5` unless another was given.
    """

    scheme: str
    host: str
    port: int | None
    path: str
    version: str = DEFAULT_API

    @property
    def site(self) -> str:
        """Scheme, host and port, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + (f":{self.port}" if self.port else "")

    @property
    def api(self) -> str:
        """The base of every request, without a slash at the end."""
        return self.site + self.path + self.version

    @property
    def display(self) -> str:
        """The address as a person knows it: the Instance URL, or the API's where its version was named."""
        return self.site + self.path if self.version == DEFAULT_API else self.api

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port in numbers: what the certificate may be sent to."""
        return self.scheme, self.host, self.port or _DEFAULT_PORTS[self.scheme]

    @property
    def is_loopback(self) -> bool:
        """The address never leaves this machine."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def is_plain_http(self) -> bool:
        """Whatever is sent there can be read on the way."""
        return self.scheme == "http"

    def candidates(self) -> list[Address]:
        """The roots of the same host worth trying, the given one first; never another host."""
        parts = self.path.split("/")
        above = ["/".join(parts[:n]) for n in range(len(parts) - 1, 0, -1)]
        roots = dict.fromkeys([self.path, *above[:-1], *KNOWN_ROOTS])
        others = [replace(self, path=root, version=DEFAULT_API) for root in roots]
        return list(dict.fromkeys([self, *others]))


def normalise_address(text: str) -> Address:
    """The address a person pasted, made into the base of the API.

    Trims, also quotes, a label before it and the sign that ends a sentence; adds `https://`; drops query, fragment and
    a trailing page such as `Login.aspx`; keeps an explicit `/api/vN`, otherwise `/api/v5` follows the path that was
    given (contract, section 1).

    Raises:
        WrongUse: it is no web address, or carries a user name or password; says which.
    """
    split, port = _split(_taken_from(text))
    name = split.hostname or ""
    if split.scheme not in _DEFAULT_PORTS:
        raise _wrong("The address begins with something other than https:// or http://.")
    if "@" in split.netloc:
        raise _wrong("The address holds a user name or password; Aeries wants none there.")
    if " " in split.netloc:
        raise _wrong("The address holds a blank in the name of its host, or words beside the address.")
    if port == 0:
        raise _wrong("The address names port 0.")
    path, version = _path(split.path)
    return Address(
        scheme=split.scheme,
        host=_host(name),
        port=None if port == _DEFAULT_PORTS[split.scheme] else port,
        path=path,
        version=version,
    )


def _taken_from(text: str) -> str:
    """The address in what somebody pasted, with its scheme."""
    pasted = without_quotes(text)
    if label := _LABEL.match(pasted):
        pasted = without_quotes(pasted[label.end() :])
    if not pasted:
        raise _wrong("The address is blank.")
    if len(pasted.splitlines()) > 1:
        raise _wrong("What was pasted stands on several lines.")
    if any(not char.isprintable() for char in pasted) or "\\" in pasted:
        raise _wrong("The address holds a backslash or a control character.")
    if not pasted.endswith("]") or "[" not in pasted:  # that of an IPv6 address stays
        pasted = pasted.rstrip(_SENTENCE_ENDS)
    scheme = _SCHEME.match(pasted)
    rest = pasted[scheme.end() :].lstrip(" ") if scheme else pasted.lstrip("/")
    return (scheme[0] if scheme else "https://") + _bracketed(rest)


def _bracketed(rest: str) -> str:
    """An IPv6 address without its brackets gets them; all its colons are its own then."""
    host, separator, path = rest.partition("/")
    try:
        return f"[{ipaddress.IPv6Address(host)}]{separator}{path}"
    except ValueError:
        return rest


def _split(address: str) -> tuple[SplitResult, int | None]:
    try:
        split = urlsplit(address)
        return split, split.port
    except ValueError:
        raise _wrong("The address can't be read: its host or port is not well formed.") from None


def _host(name: str) -> str:
    if ":" in name:
        try:
            return ipaddress.IPv6Address(name).compressed
        except ValueError:
            raise _wrong("The address holds an IPv6 address that is not well formed.") from None
    try:
        host = (name if name.isascii() else _as_browsers_do(name)).lower().removesuffix(".")
    except UnicodeError:
        raise _wrong("The host name in the address is not a possible one.") from None
    if host in _DEFAULT_PORTS:
        raise _wrong("The address holds https: or http: a second time, or without its two slashes.")
    if not _HOST.fullmatch(host):
        raise _wrong("The address names no host, or one that is not a possible one.")
    return host


def _as_browsers_do(name: str) -> str:
    """An international name in ASCII, by IDNA 2008: `ß` stays a letter of its own, which the older rules made `ss`."""
    import idna

    return idna.encode(name, uts46=True, transitional=False).decode("ascii")


def _path(given: str) -> tuple[str, str]:
    """Application root and API part of the path."""
    segments: list[str] = []
    for segment in given.split("/"):
        plain = unquote(segment).partition(";")[0].strip().lower()
        if plain.endswith(".aspx"):
            break
        if plain == "..":
            raise _wrong("The address holds '..'; give the path itself.")
        if plain not in {"", "."}:
            segments.append(quote(segment.strip(), safe="%~!$&'()*+,;=:@"))
    for index in range(len(segments) - 1):
        if segments[index].lower() == "api" and _VERSION.fullmatch(segments[index + 1]):
            return _joined(segments[:index]), _joined(segments[index : index + 2])
    return _joined(segments), DEFAULT_API


def _joined(segments: list[str]) -> str:
    return "".join(f"/{segment}" for segment in segments)


def _wrong(message: str) -> WrongUse:
    return WrongUse(
        message,
        remedy="Open Aeries in a browser and copy the address up to /Login.aspx, "
        "for example https://NAME.aeries.net/admin.",
        code=Code.SRC_URL,
    )
