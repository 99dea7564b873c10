"""The grid of schools in words: its rows, and all that is known of the one under the cursor."""

from __future__ import annotations

from aeries_tui.codes import Code
from aeries_tui.listing import Cell, Column, Row
from aeries_tui.mapping.grades import grade_span
from aeries_tui.master.schools.schools_table import AeriesSchool, AliSchool
from aeries_tui.session.mapping import Grid, GridRow

COLUMNS = (
    Column("sign", "", width=1, sortable=False),
    Column("code", "Code", align="right", min_width=4),
    Column("aeries", "Aeries School", flex=3, min_width=24, max_width=48),
    Column("ali", "ALI School", flex=2, min_width=12, max_width=48),
    Column("how", "Matched by", min_width=10, max_width=16),
    Column("students", "Students", align="right", min_width=6),
)
_DOUBT = "a school?"


def how(row: GridRow) -> str:
    """How a school is mapped, or how it stands."""
    mapping = row.row.mapping
    if mapping.excluded:
        return "excluded"
    match mapping.match:
        case "code":
            return "code"
        case "same":
            return "same name"
        case "similar":
            return f"{'by hand,' if mapping.by_person else 'similar'} {mapping.score or 0:.0f} %"
        case "manual":
            return "by hand"
    if row.best is not None:
        return f"perhaps {row.best.score:.0f} %"
    return "to decide" if row.row.school.is_doubtful else "not mapped"


def grid_row(row: GridRow, grid: Grid) -> Row:
    """One row of the table."""
    school, mapping = row.row.school, row.row.mapping
    ali: Cell
    sign: Cell
    if mapping.ali_id is not None:
        ali = row.row.ali.name if row.row.ali else f"{mapping.ali_id} (gone)"
        twice = len(grid.used.get(mapping.ali_id, ())) > 1
        sign = ("▲", "warning") if twice or not school.listed else ("✔", "completed")
    elif mapping.excluded:
        ali, sign = ("excluded", "muted"), ("□", "muted")
    elif row.best is not None:
        best = grid.ali_school(row.best.ali_id)
        ali, sign = (f"? {best.name if best else row.best.ali_id}", "held"), ("?", "held")
    elif school.is_doubtful:
        ali, sign = (_DOUBT, "muted"), ("·", "muted")
    else:
        ali, sign = "", ("·", "muted")
    students = f"{row.row.students:,}" if row.row.students else ""
    cells = (sign, str(school.code), school.name, ali, how(row), students)
    return Row(school.code, cells)


def grades(low: int | str | None, high: int | str | None) -> str:
    """Grades as `grades K-5`; blank where they aren't known."""
    span = grade_span("" if low is None else str(low), "" if high is None else str(high))
    if span is None:
        return ""
    return f"grades {span}" if "-" in str(span) else str(span)


def about(row: GridRow, grid: Grid) -> list[str]:
    """All that is known of a school, its mapping, and what else it may be."""
    school, mapping = row.row.school, row.row.mapping
    facts = [grades(school.low_grade, school.high_grade), school.schedule_type]
    facts += [f"state code {school.state_code}" if school.state_code else ""]
    facts += [f"{row.row.students:,} active students" if row.row.students else ""]
    lines = [", ".join(filter(None, facts)) or "Aeries tells nothing more of it."]
    lines += _warnings(school, mapping.ali_id, grid)
    if mapping.ali_id is not None:
        ali = f"{row.row.ali.name} ({mapping.ali_id})" if row.row.ali else mapping.ali_id
        reasons = ", ".join(mapping.reasons)
        lines.append(f"Mapped to {ali}: {how(row)}{f' - {reasons}' if reasons else ''}.")
    elif mapping.excluded:
        lines.append("Excluded by a person: it takes no part in a pull.")
    elif school.is_doubtful:
        lines.append(
            "It looks like a code table, a transfer school or a store of inactive students: only a person maps it."
        )
    for suggestion in row.suggestions[:4] if row.best is not None else ():
        if suggestion.score < 1:
            continue
        suggested = grid.ali_school(suggestion.ali_id)
        name = suggested.name if suggested else suggestion.ali_id
        lines.append(f"Perhaps {name} ({suggestion.score:.0f} %): {', '.join(suggestion.reasons)}")
    return lines


def _warnings(school: AeriesSchool, ali_id: str | None, grid: Grid) -> list[str]:
    lines = []
    if ali_id is not None and not school.listed:
        lines.append(f"Aeries no longer lists it ({Code.MAP_GONE}): the next pull will be held.")
    others = [row.row.school.name for row in grid.used.get(ali_id or "", ()) if row.code != school.code]
    if ali_id is not None and others:
        lines.append(f"Mapped to the same ALI school ({Code.MAP_DUPLICATE}): {', '.join(others)}.")
    return lines


def summary(grid: Grid) -> str:
    """The grid in one line."""
    mapped = sum(row.row.mapping.ali_id is not None for row in grid.rows)
    excluded = sum(row.row.mapping.excluded for row in grid.rows)
    waiting = [row for row in grid.rows if row.is_open]
    doubtful = sum(row.row.school.is_doubtful for row in waiting)
    suggested = sum(row.best is not None for row in waiting)
    parts = [f"{mapped:,} mapped", f"{len(waiting) - doubtful:,} not mapped"]
    if suggested:
        parts[-1] += f" ({suggested:,} with a suggestion)"
    if doubtful:
        parts.append(f"{doubtful:,} to decide")
    if excluded:
        parts.append(f"{excluded:,} excluded")
    free = len(grid.ali) - len(grid.used)
    word = "ALI school" if len(grid.ali) == 1 else "ALI schools"
    parts.append(f"{len(grid.ali):,} {word}{f', {free:,} not used' if free and grid.ali else ''}")
    return " · ".join(parts)


def ali_note(school: AliSchool, row: GridRow, grid: Grid) -> str:
    """What stands beside an ALI school where one is picked: how alike, its grades, who has it."""
    alike = next((s for s in row.suggestions if s.ali_id == school.id), None)
    users = [user.row.school.name for user in grid.used.get(school.id, ()) if user.code != row.code]
    parts = [
        f"{alike.score:.0f} %" if alike else "",
        grades(school.low_grade, school.high_grade),
        f"mapped to {users[0]}" if users else "",
    ]
    return ", ".join(filter(None, parts))
