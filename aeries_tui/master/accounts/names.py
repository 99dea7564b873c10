"""User names by the rule of [accounts] in config.toml."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from aeries_tui.emails import is_email
from aeries_tui.settings import Accounts
from aeries_tui.text import fold

LONGEST = 100

_NOT_IN_NAMES = re.compile(r"[\s\x00-\x1f\x7f\"'<>`{}]+")
_FIRST_CHARACTERS = "=+-@"  # a spreadsheet would run what begins with one


class Person(msgspec.Struct, frozen=True, gc=False):
    """What a user name can be made from. `kind` is staff or student, `number` the StaffID or StudentID."""

    kind: str
    number: int
    first_name: str
    last_name: str
    email: str
    login: str


def wanted_name(rule: Accounts, person: Person) -> str:
    """The user name the rule gives, in lower case; where it gives none, the next best, at last the id.

    A member of staff's id has a `t` before it: Aeries counts staff and students apart, so that the same
    number can be both.
    """
    for maker in _MAKERS[rule.username]:
        name = _cleaned(maker(rule, person))
        if name:
            return name
    return id_name(person)


def id_name(person: Person) -> str:
    """The user name made from the id, of which there is only one."""
    return f"t{person.number}" if person.kind == "staff" else str(person.number)


def numbered(name: str, number: int) -> str:
    """The name with a number: `maria.garcia-2`, `mgarcia-2@example.org`."""
    local, at, domain = name.partition("@")
    return f"{local}-{number}{at}{domain}"


def _cleaned(name: str) -> str:
    return _NOT_IN_NAMES.sub("", name).lower().lstrip(_FIRST_CHARACTERS)[:LONGEST]


def _by_email(rule: Accounts, person: Person) -> str:
    return person.email if is_email(person.email) else ""


def _by_login(rule: Accounts, person: Person) -> str:
    return person.login


def _by_template(rule: Accounts, person: Person) -> str:
    first, last = _letters(person.first_name), _letters(person.last_name)
    if not first and not last:
        return ""
    made = rule.template.format(
        first=first, last=last, first_initial=first[:1], last_initial=last[:1], id=person.number
    )  # fmt: skip
    return made.strip("._- ")


def _letters(name: str) -> str:
    """A name in plain letters and digits: no accents, blanks, hyphens or apostrophes."""
    return "".join(c for c in fold(name) if c.isascii() and c.isalnum())


_MAKERS: dict[str, tuple[Callable[[Accounts, Person], str], ...]] = {
    "email": (_by_email, _by_login),
    "login": (_by_login, _by_email),
    "template": (_by_template,),
    "id": (),
}
"""How a name is made, by accounts.username: the first that gives one counts."""
