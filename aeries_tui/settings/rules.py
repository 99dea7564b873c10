"""What may stand at the settings that have a rule of their own."""

from __future__ import annotations

import difflib
import re
import string

from aeries_tui.settings.fields import Unfit, text

ALARM_EVENTS: tuple[str, ...] = ("error", "completed_with_error", "held", "recovered", "stale")
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
    found = re.fullmatch(r"(2\d{3})(?:-(2\d{3}))?|", text(value).strip(), re.ASCII)
    if found is None:
        raise wrong
    if found[1] is None:
        return ""
    begin = int(found[1])
    if found[2] is not None and int(found[2]) != begin + 1:
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
