"""All that is known of one person as rows: explanation, record, schools, sections, account, history."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from aeries_tui.field_names import field_label
from aeries_tui.kinds import KIND_NAMES
from aeries_tui.listing import Cell, Column, Row
from aeries_tui.master.accounts import Account
from aeries_tui.master.lists.changes import STYLE_OF_ACTION
from aeries_tui.screens.times import shown_time

COLUMNS = (
    Column("part", "Part", min_width=9, max_width=11, sortable=False),
    Column("what", "What", min_width=14, max_width=30, sortable=False),
    Column("value", "Value", flex=1, min_width=20, max_width=300, sortable=False),
)

HISTORY = "History"
"""The part that tells what the imports did."""

Cells = tuple[Cell, Cell, Cell]


def person_rows(
    document: Mapping[str, Any], account: Account | None, read: Callable[[str], str] = str
) -> list[Row]:
    """The rows of an explanation (`aeries_tui.operations.explain`), and of the account where there is one.

    Args:
        document: the explanation.
        account: of the person.
        read: makes a remedy as it is read where the rows are shown.
    """
    parts = [
        *_codes(document, read), *_live(document), *_record(document), *_schools(document), *_sections(document),
        *_account(account), *_history(document["history"]),
    ]  # fmt: skip
    return [Row(place, cells) for place, cells in enumerate(_marked(parts))]


def _marked(parts: Sequence[Cells]) -> Iterator[Cells]:
    """The name of a part only on its first row."""
    before = None
    for part, what, value in parts:
        yield (part if part != before else "", what, value)
        before = part


def _text(value: object) -> Cell:
    if value is None or value == "":
        return ("(blank)", "muted")
    if isinstance(value, list):
        return ", ".join(map(str, value)) or ("(none)", "muted")
    return str(value)


def _live(document: Mapping[str, Any]) -> Iterator[Cells]:
    live = document["live"]
    if live is None:
        return
    records = live.get("records", [])
    if not records:
        yield (("Aeries now", "strong"), "record", ("Aeries has none", "warning"))
    for place, record in enumerate(records, 1):
        for name, value in record.items():
            which = f" ({place})" if len(records) > 1 else ""
            yield (("Aeries now", "strong"), f"{field_label(name)}{which}", _text(value))


def _codes(document: Mapping[str, Any], read: Callable[[str], str]) -> Iterator[Cells]:
    for one in document["remedies"]:
        yield (("What to do", "strong"), one["for"], f"{read(one['remedy'])} ({one['page']})")


def _record(document: Mapping[str, Any]) -> Iterator[Cells]:
    if document["in_master"] or len(document["person"]) > 2:
        for name, value in document["person"].items():
            if name not in {"kind", "id"}:
                yield (("Record", "strong"), field_label(name), _text(value))


def _schools(document: Mapping[str, Any]) -> Iterator[Cells]:
    for school in document["schools"]:
        ali = f"mapped to {school['ali_name'] or school['ali_id']}" if school["ali_id"] else "not mapped"
        since = f", since {school['since']}" if school.get("since") else ""
        state = "active" if school["active"] else "no longer"
        name = f"{school['code']} {school['name'] or ''}".strip()
        yield (("Schools", "strong"), name, (f"{state}{since}, {ali}", "" if school["active"] else "muted"))


def _sections(document: Mapping[str, Any]) -> Iterator[Cells]:
    for section in document["sections"]:
        when = " to ".join(str(section[name]) for name in ("begins", "ends") if section.get(name))
        where = ", ".join(
            f"{word} {section[name]}"
            for word, name in (("period", "period"), ("term", "term"))
            if section.get(name)
        )
        state = "active" if section["active"] else "no longer"
        said = ", ".join(filter(None, (str(section["title"] or ""), where, when, state)))
        yield (("Sections", "strong"), str(section["id"]), (said, "" if section["active"] else "muted"))


def _account(account: Account | None) -> Iterator[Cells]:
    if account is None:
        return
    yield (("Account", "strong"), "user name", account.user_name)
    yield (("Account", "strong"), "made", shown_time(account.made_at))
    shown = shown_time(account.reset_at) if account.reset_at else "never; single sign-on or a reset is needed"
    yield (("Account", "strong"), "password shown", shown)


def _history(history: Sequence[Mapping[str, Any]]) -> Iterator[Cells]:
    for step in reversed(history):
        when = f", {shown_time(step['at'])}" if step["at"] else ""
        action = str(step["action"])
        what = f"import {step['import']}{when}"
        kind = KIND_NAMES.get(str(step["kind"]))
        about = f" {kind.singular} {step['record']}" if kind and kind.name not in {"student", "staff"} else ""
        yield ((HISTORY, "strong"), what, (f"{action}{about}", STYLE_OF_ACTION.get(action, "")))
        if action in {"updated", "reactivated"}:
            for name, (before, after) in step["fields"].items():
                old = "(blank)" if before is None else before
                new = "(blank)" if after is None else after
                yield ((HISTORY, "strong"), f"  {field_label(name)}", f"{old} → {new}")
