"""What may stand at the settings that have a rule of their own."""

from __future__ import annotations

import difflib
import ipaddress
import re
import string
from collections.abc import Callable
from urllib.parse import urlsplit

from aeries_tui.secret import Secret
from aeries_tui.settings.certificate import InFile, SecretSource, may_be_secret
from aeries_tui.settings.credential import command_source, systemd_source, variable_source
from aeries_tui.settings.fields import Unfit, text

ALARM_EVENTS: tuple[str, ...] = ("error", "completed_with_error", "held", "recovered", "stale", "delivery")
"""What an alarm can be about."""

TEMPLATE_FIELDS: tuple[str, ...] = ("first", "last", "first_initial", "last_initial", "id")
"""What can stand between braces in `accounts.template`."""

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")


def alarm_event(value: object) -> str:
    """One of `ALARM_EVENTS`."""
    if not isinstance(value, str) or value not in ALARM_EVENTS:
        near = difflib.get_close_matches(str(value), ALARM_EVENTS, 1)
        hint = f' (is "{near[0]}" meant?)' if near else ""
        raise Unfit(f"a list of events out of {', '.join(ALARM_EVENTS)}{hint}")
    return value


def email_domain(value: object) -> str:
    """A domain as it stands after the @, in lower case."""
    if not isinstance(value, str) or not _DOMAIN.fullmatch(value):
        raise Unfit('a list of domains like "lincoln.example.org", without @')
    return value.lower()


def school_year(value: object) -> str:
    """A school year as Aeries writes it, `2026-2027`; the year it starts in, or nothing, is taken as well."""
    wrong = Unfit('a school year like "2026-2027"')
    match = re.fullmatch(r"(2\d{3})(?:-(2\d{3}))?|", text(value).strip(), re.ASCII)
    if match is None:
        raise wrong
    if match[1] is None:
        return ""
    begin = int(match[1])
    if match[2] is not None and int(match[2]) != begin + 1:
        raise wrong
    return f"{begin}-{begin + 1}"


def username_template(value: object) -> str:
    """A user-name template with at least one field, and only those of `TEMPLATE_FIELDS`, plainly named."""
    wrong = Unfit(f"a text with fields out of {', '.join('{' + name + '}' for name in TEMPLATE_FIELDS)}")
    checked = text(value)
    try:
        parts = list(string.Formatter().parse(checked))
    except ValueError:
        raise wrong from None
    fields = [(name, spec, conversion) for _, name, spec, conversion in parts if name is not None]
    if not fields or any(
        name not in TEMPLATE_FIELDS or spec or conversion for name, spec, conversion in fields
    ):
        raise wrong
    return checked


def can_be_read_on_the_way(address: str) -> bool:
    """Whether what is sent to a checked web address leaves this machine without TLS."""
    split = urlsplit(address)
    host = split.hostname or ""
    if split.scheme != "http" or host == "localhost":
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True


_PLACES: dict[str, Callable[[object], SecretSource]] = {
    "env": variable_source,
    "command": command_source,
    "systemd": systemd_source,
}


def secret_source(value: object) -> SecretSource:
    """A secret itself, or where it lives: `{ env = "NAME" }`, `{ command = [...] }`, `{ systemd = "NAME" }`."""
    if isinstance(value, str) and may_be_secret(value.strip()):
        return InFile(Secret(value.strip()))
    if isinstance(value, dict) and len(value) == 1:
        ((place, what),) = value.items()
        if place in _PLACES:
            return _PLACES[place](what)
    raise Unfit(
        'where it lives, { env = "NAME" }, { command = ["program"] } or { systemd = "NAME" }, or one word'
    )
