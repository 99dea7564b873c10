"""The rows of Consumers, what is said of one beside them, and of the service above them."""

from __future__ import annotations

from collections.abc import Mapping

from aeries_tui.listing import Cell, Column, Row
from aeries_tui.master.served.consumers import Consumer
from aeries_tui.operations.roster_service import Answering, ServiceStanding
from aeries_tui.screens.times import listed_time, shown_time
from aeries_tui.settings import Serve
from aeries_tui.text import in_number

COLUMNS = (
    Column("name", "Consumer", min_width=16, max_width=24),
    Column("look", "State", min_width=13, max_width=20),
    Column("seen", "Last seen", min_width=16, max_width=20),
    Column("requests", "Requests", align="right", min_width=8),
    Column("scopes", "May read", min_width=12, max_width=26),
    Column("schools", "Schools", min_width=8, max_width=24),
    Column("state", "Read state", align="right", min_width=10),
    Column("records", "Records", align="right", min_width=8),
    Column("former", "Old secret until", min_width=16, max_width=20),
)

LISTS: tuple[tuple[str, str], ...] = (
    ("core,roster", "all lists, also those of one school, class or person"),
    ("core", "the lists of the whole district alone"),
    ("", "none"),
)
"""Scopes of lists, and what they open."""

DEMOGRAPHICS: tuple[tuple[str, str], ...] = (
    ("", "no"),
    ("demographics", "yes: birth date and sex, as far as they are kept"),
)

_SIGNS: dict[str, tuple[str, str]] = {
    "runs": ("✔ ", "completed"),
    "listens": ("✔ ", "completed"),
    "differs": ("▲ ", "warning"),
    "stopped": ("✖ ", "error"),
    "absent": ("· ", "muted"),
}


def row(one: Consumer, former: str | None) -> Row:
    """The row of a consumer.

    Args:
        one: the consumer.
        former: until when its old secret stays valid; None where it has only one.
    """
    never: Cell = ("never", "muted")
    return Row(
        one.name,
        (
            one.name, _look(one), listed_time(one.last_seen) if one.last_seen else never, f"{one.requests:,}",
            ", ".join(sorted(one.scopes)), ", ".join(sorted(one.schools, key=int)) or "all",
            "" if one.state is None else f"{one.state:,}", f"{one.records:,}",
            (listed_time(former), "warning") if former else "",
        ),
    )  # fmt: skip


def _look(one: Consumer) -> Cell:
    if one.revoked_at is not None:
        return "revoked", "muted"
    if not one.is_allowed:
        return "expired", "error"
    return f"to {one.expires_at[:10]}" if one.expires_at else "may read"


def about(
    one: Consumer, former: str | None, schools: Mapping[int, str], standing: ServiceStanding | None
) -> list[Cell | str]:
    """All of a consumer, in lines.

    Args:
        one: the consumer.
        former: until when its old secret stays valid; None where it has only one.
        schools: names of the district's schools by their codes.
        standing: how the service stands; None while that is not known.
    """
    named = [f"{code} {schools.get(int(code), '')}".strip() for code in sorted(one.schools, key=int)]
    lines: list[tuple[str, str]] = [
        ("Lists", _lists(one)),
        ("Demographics", dict(DEMOGRAPHICS)["demographics" if "demographics" in one.scopes else ""]),
        ("Schools", ", ".join(named) or "all"),
        ("Until", _until(one)),
        *([("Secret", f"a new one; the old one stays valid until {shown_time(former)}")] if former else []),
        ("Last seen", shown_time(one.last_seen) if one.last_seen else "never: it has not asked for anything yet"),
        ("Has read", f"{in_number(one.records, 'record')} in {in_number(one.requests, 'request')}{_state(one, standing)}"),
        ("Added", shown_time(one.made_at)),
    ]  # fmt: skip
    parts: list[Cell | str] = []
    for label, text in lines:
        parts += [(f"{label:<14}", "muted"), f"{text}\n"]
    return parts


def _until(one: Consumer) -> str:
    if one.revoked_at is not None:
        return f"revoked {shown_time(one.revoked_at)}: it can read no more"
    if one.expires_at is None:
        return "no end"
    over = "" if one.is_allowed else ": over, it can read no more"
    return f"{one.expires_at[:10]}, the end of the day in UTC{over}"


def _lists(one: Consumer) -> str:
    which = "core,roster" if "roster" in one.scopes else "core" if "core" in one.scopes else ""
    return dict(LISTS)[which]


def _state(one: Consumer, standing: ServiceStanding | None) -> str:
    if one.state is None:
        return ""
    newest = standing.state if standing is not None else None
    told = f"; the newest is {newest:,}" if newest is not None and newest != one.state else ", the newest"
    return f"; state {one.state:,} of the roster at last{told}"


def headline(
    answering: Answering | None, standing: ServiceStanding | None, serve: Serve, district: str
) -> list[Cell | str]:
    """Whether the service answers, and what it gives: two lines.

    Args:
        answering: whether anything answers; None while that is not known.
        standing: how the service stands; None where nobody was ever added.
        serve: its settings.
        district: its name.
    """
    if answering is None:
        return [(f"Roster service of {district}", "strong")]
    parts: list[Cell | str] = [_SIGNS[answering.state], (answering.sentence, "strong"), "\n"]
    where = f"Products reach it at {serve.public_url}." if serve.public_url else _LOCAL
    if standing is None:
        return [*parts, (where, "muted")]
    return [*parts, *_gives(standing), (where, "muted")]


_LOCAL = "For products on other machines serve.public_url is to be set (aeries-tui help serve)."


def _gives(standing: ServiceStanding) -> list[Cell | str]:
    if standing.since is None:
        return ["It was not asked yet. "]
    given = f"It gives import {standing.import_id} since {shown_time(standing.since)}"
    if standing.is_late:
        return [(f"{given}, and can't give what came after. ", "error")]
    if standing.is_held:
        return [f"{given}, held until an import fills the roster. "]
    if standing.is_behind:
        return [f"{given}, and what came after as soon as a product asks. "]
    return [f"{given}. "]
