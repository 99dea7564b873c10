"""Whatever is asked for, a list holds what a plain reading of every record says: the short ways lead to the same place."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

import pytest

from engine import Station
from roster_service.serving import V11, V12, Client, Record, serving

ALL = "dateLastModified>'2000-01-01'"
"""What lists hold of records that are gone, too."""

ROOTS = ("academicSessions", "terms", "orgs", "schools", "courses", "classes", "users", "students", "teachers", "enrollments", "demographics")  # fmt: skip
NESTED = (
    "schools/7/classes", "schools/7/enrollments", "schools/7/students", "schools/7/teachers", "schools/7/courses",
    "schools/7/terms", "classes/7_1/students", "classes/7_1/teachers", "schools/7/classes/7_1/enrollments",
    "terms/7_Y/classes", "courses/0100/classes", "students/7777/classes", "users/TCH_500/classes",
)  # fmt: skip
DAYS = {"startDate", "endDate", "beginDate", "birthDate", "dateLastModified"}
SIGNS = ("=", "=", "=", "!=", ">", ">=", "<", "<=", "~", "~")


def leaves(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a record, under its name with dots."""
    if isinstance(value, dict):
        for name, below in value.items():
            yield from leaves(below, f"{at}.{name}" if at else name)
    elif isinstance(value, list):
        for below in value:
            yield from leaves(below, at)
    else:
        yield at, value


def under(record: Record, name: str) -> list[str]:
    """The texts under a name, each once."""
    return list(dict.fromkeys(text for at, text in leaves(record) if at == name))


def moment(text: str) -> dt.datetime:
    found = dt.datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def fits(record: Record, name: str, sign: str, value: str) -> bool:
    """One comparison, as the page says it (OneRoster REST, section 5)."""
    found = under(record, name)
    if sign == "~":
        return any(value.casefold() in text.casefold() for text in found)
    if name in DAYS:
        times, time = [moment(text) for text in found], moment(value)
        return compared(times, sign, time)
    if sign in {"=", "!="}:
        if name in {"email", "username"}:
            found, value = [text.casefold() for text in found], value.casefold()
        elif len(found) > 1:
            found = [*found, ",".join(found)]
    return compared(found, sign, value)


def compared(found: list[Any], sign: str, value: Any) -> bool:
    if sign in {"=", "!="}:
        return (value in found) == (sign == "=")
    tell = {">": "__gt__", ">=": "__ge__", "<": "__lt__", "<=": "__le__"}[sign]
    return any(getattr(one, tell)(value) for one in found)


def clause(chance: random.Random, record: Record) -> tuple[str, str, str]:
    """A comparison with something that a record holds, or nearly."""
    name, value = chance.choice(sorted(leaves(record)))
    sign = chance.choice(SIGNS)
    if name in DAYS and sign != "~":
        return name, sign, chance.choice([value, value[:10], f"{value[:10]}T00:00:00+05:00", "2026-09-01"])
    start = chance.randrange(len(value))
    part = value[start : start + 3]
    return (
        name,
        sign,
        chance.choice([value, value, value.upper(), value + "x", part if sign == "~" else value]),
    )


async def check(client: Client, chance: random.Random, path: str, every: list[Record]) -> None:
    """One list with a filter, sorted, in pages of some size, against the records themselves."""
    clauses = [clause(chance, chance.choice(every)) for _ in range(chance.choice([1, 1, 2, 3]))]
    logic = chance.choice(["AND", "OR"])
    text = f" {logic} ".join(
        f"{name}{sign}'{value.replace(chr(39), chr(39) * 2)}'" for name, sign, value in clauses
    )
    joined = all if logic == "AND" else any
    asks_for_gone = any(name in {"status", "dateLastModified"} for name, _, _ in clauses)
    wanted = [
        one
        for one in every
        if (asks_for_gone or one["status"] == "active") and joined(fits(one, *each) for each in clauses)
    ]
    query: dict[str, Any] = {"filter": text, "limit": chance.choice([7, 40, 10_000])}
    if chance.random() < 0.4:
        query["sort"] = chance.choice(sorted({name for one in every for name, _ in leaves(one)}))
        query["orderBy"] = chance.choice(["asc", "desc"])
        wanted.sort(
            key=lambda one: under(one, query["sort"]),
            reverse=query["orderBy"] == "desc",
        )
    found = await client.all(f"/{path}", **query)
    assert found == wanted, (path, query)


@pytest.mark.parametrize("base", [V11, V12])
@pytest.mark.parametrize("schools", [(), (7,)])
async def test_any_filter_gives_what_a_plain_reading_gives(
    spoiled: Station, base: str, schools: tuple[int, ...]
) -> None:
    chance = random.Random(f"{base} {schools}")
    async with serving(spoiled) as served:
        client = served.client(f"any-{len(base)}-{len(schools)}", schools=schools)
        client.base = base
        for path in (*ROOTS, *NESTED):
            every = await client.all(f"/{path}", filter=ALL)
            assert [one for one in every if one["status"] == "active"] == await client.all(f"/{path}")
            for _ in range(15 if path in ROOTS else 5):
                if every:
                    await check(client, chance, path, every)
