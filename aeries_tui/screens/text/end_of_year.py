"""The lines of the year's end: what is looked at before, and the steps from copy to dry run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aeries_tui.master.archives.archiving import STEPS
from aeries_tui.operations.archive_year import Ready
from aeries_tui.screens.text.home import HomeLine, Key
from aeries_tui.screens.times import shown_time
from aeries_tui.session.year_end import YearEnd
from aeries_tui.widgets.bars import duration

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_SIGN_OF = {"good": "done", "notice": "warning", "bad": "wrong"}
_PLACES: dict[str, tuple[str, object]] = {
    "Newest pull": ("results", None),
    "Plans": ("pull", "plan"),
    "Freeze": ("pull", None),
}
_WHY = {
    "Roster": "Who is in the District Master now. The archive keeps all of it: students, staff, sections, who is in them, "
    "the book of imports, mapping and accounts.",
    "Freeze": "The archive holds the district's lock, as a pull does: nothing else changes the District Master meanwhile.",
    "Newest pull": "The archive holds what the District Master holds, no more.",
    "Plans": "A plan is made against the roster as it is; against an empty one it is stale.",
    "Disk": "The copy lies beside the District Master and is never changed by the program.",
}


@dataclass(frozen=True)
class _Step:
    id: str
    label: str
    parts: tuple[str, ...]
    state: str
    explain: str


_STEPS = (
    _Step(
        "copy", "Copy", ("copy",), "the whole District Master, named by its school year",
        "A consistent copy of the whole District Master, beside it, for its owner alone.",
    ),
    _Step(
        "verify", "Verify", ("verify", "record", "compare"), "structure, counts, SHA-256, every record",
        "The copy is read from its first byte to its last and compared with the roster record by record. If anything "
        "differs, nothing is emptied.",
    ),
    _Step(
        "empty", "Empty", ("empty", "commit", "done"), "the roster alone, in one step",
        "Only after the copy is verified, and all at once. Schools, mapping, credentials, accounts and the book of imports "
        "stay: who comes back after the summer has the same account. Imports before the archive can no longer be undone; "
        "the archive itself can be brought back.",
    ),
)  # fmt: skip


def local_moments(text: str) -> str:
    """The text with moments as the Master keeps them turned into this machine's time."""
    return _MOMENT.sub(lambda match: shown_time(match[0]), text)


def lines_for(year_end: YearEnd, step: str | None, seconds: float, key: Key) -> list[HomeLine]:
    """The checklist, unless the roster was emptied already; then the steps.

    Args:
        year_end: how the district stands.
        step: the step that an archive is in, one of `archiving.STEPS` or blank; None where none is being made.
        seconds: how long that step has taken.
        key: the key of an action.
    """
    lines = [] if year_end.is_closed else [_check_line(check) for check in year_end.checks]
    return [*lines, *_step_lines(year_end, step, seconds, key), _dry_run(year_end, step, key)]


def _check_line(check: Ready) -> HomeLine:
    place, what = _PLACES.get(check.what, ("", None)) if check.state != "good" else ("", None)
    explain = "\n".join(filter(None, (check.message, check.remedy, _WHY.get(check.what, ""))))
    return HomeLine(
        check.what, _SIGN_OF[check.state], check.what, local_moments(check.message), "", local_moments(explain), place, what
    )  # fmt: skip


def _step_lines(year_end: YearEnd, step: str | None, seconds: float, key: Key) -> Iterator[HomeLine]:
    reached = STEPS.index(step) if step else 0
    for place, step_of in enumerate(_STEPS):
        first, last = STEPS.index(step_of.parts[0]), STEPS.index(step_of.parts[-1])
        shown_key = ""
        if year_end.is_closed:
            made = year_end.archives[0]
            sign, state = (
                "done",
                f"{made.name}, {shown_time(made.made_at)}" if step_of.id == "copy" else "done",
            )
        elif step is None:
            ready = place == 0 and year_end.stops is None
            sign, state = "next" if ready else "waiting", step_of.state
            shown_key = key("end-of-year-begin") if place == 0 else ""
        elif reached > last:
            sign, state = "done", "done"
        elif reached >= first:
            sign, state = "next", f"{step_of.state} - {duration(seconds)}"
        else:
            sign, state = "waiting", step_of.state
        yield HomeLine(step_of.id, sign, step_of.label, state, shown_key, step_of.explain)


def _dry_run(year_end: YearEnd, step: str | None, key: Key) -> HomeLine:
    press = key("end-of-year-dry-run")
    explain = (
        f"{press} starts a pull of the new year that ends with its plan: the prerequisites are acknowledged again, "
        "everything is read, and nothing is changed before you have looked at the plan and approved it. Do it when Aeries "
        "has been rolled over to the new school year."
    )
    if year_end.is_closed and step is None:
        return HomeLine(
            "dry-run", "next", "Dry run", "of the new year: a pull that ends with its plan", press, explain
        )
    return HomeLine("dry-run", "waiting", "Dry run", "of the new year, after the archive", press, explain)


def headline(year_end: YearEnd, name: str, step: str | None, key: Key) -> str:
    """Where one is, in one line."""
    year = year_end.school_year or "the school year"
    if step is not None:
        return f"Archiving {year} of {name}. It goes on when you leave."
    if year_end.is_closed:
        return f"{year_end.archives[0].name} is archived, the roster of {name} is empty. Next: a dry run."
    if year_end.stops is not None:
        return f"{name} can't be archived now: see {year_end.stops.what}."
    return f"Ready to archive {year} of {name}: press {key('end-of-year-begin')}."
