"""Figures the guard asks of a plan: what each kind would lose, change and find blank."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from aeries_tui.codes import Code
from aeries_tui.master.roster.kinds import KINDS, STAFF, STUDENT, Kind, columns_sql, digest_column, is_digest
from aeries_tui.master.roster.omitted import OMIT, by_kind, omitted_before
from aeries_tui.master.roster.plan import Plan, does
from aeries_tui.master.roster.section_ids import is_homeroom_id


@dataclass(frozen=True)
class Share:
    """Of `before` records, `affected` would be; in one school, or (None) in the district.

    Attributes:
        kind: the kind of record.
        school: its code, or None for the whole district.
        before: active records in the Master now.
        affected: how many of them the plan touches.
        field: the field that would be blank, for blanked ones.
    """

    kind: Kind
    school: int | None
    before: int
    affected: int
    field: str = ""

    @property
    def percent(self) -> float:
        """The share in percent; 0 where there was nothing before."""
        return 100.0 * self.affected / self.before if self.before else 0.0


def losses(plan: Plan) -> Iterator[Share]:
    """What each kind would lose, in the district and in each school that loses anything."""
    yield from _shares(plan, ("deactivated", "removed"), restored_active=0)


def changes(plan: Plan) -> Iterator[Share]:
    """What each kind would see changed, likewise; a field that is not kept any more is no change."""
    yield from _shares(plan, ("updated",), restored_active=1, beside=_not_kept(plan))


def _not_kept(plan: Plan) -> dict[Kind, frozenset[str]]:
    """Of each kind the columns that go or come because the settings say so, and those that hold their digests."""
    now = tuple(json.loads(plan.about(OMIT) or "[]"))
    before = omitted_before(plan.connection, "m") if plan.about(OMIT) is not None else ()
    omit = tuple(dict.fromkeys((*now, *(before or ()))))
    return {
        kind: frozenset([*columns, *filter(None, (digest_column(kind, column) for column in columns))])
        for kind, columns in by_kind(omit).items()
    }


# Where a record counts. What a student's record says comes from the school that is primary; a member of staff
# counts wherever they teach; a course is the district's.
_SCHOOLS = {
    "student": ("g.primary_school", ""),
    "staff": (
        "w.school_code",
        "JOIN (SELECT DISTINCT staff_id, school_code FROM active_teaching) w ON w.staff_id = g.staff_id",
    ),
    **{kind.name: (f"g.{kind.school}", "") for kind in KINDS if kind.school},
}
"""For each kind that has schools: SQL of the school's code, and what must be joined to the Master's record `g`."""


def _by_school(
    plan: Plan, kind: Kind, counted: str, source: str, where: str = "1"
) -> dict[int | None, list[int]]:
    """Sums over the rows of `source`, in the district (None) and then in each school; nothing where all are 0.

    `g` in `source` is the Master's record.
    """
    db = plan.connection
    sums = list(db.execute(f"SELECT {counted} FROM {source} WHERE {where}").fetchone())
    if not any(sums):
        return {}
    found: dict[int | None, list[int]] = {None: sums}
    if kind.name in _SCHOOLS:
        school, joined = _SCHOOLS[kind.name]
        rows = db.execute(
            f"""
            SELECT {school}, {counted}
            FROM {source} {joined}
            WHERE {where} AND {school} IS NOT NULL
            GROUP BY 1
            ORDER BY 1
            """
        )
        found |= {code: there for code, *there in rows}
    return found


def _active(plan: Plan, kind: Kind) -> dict[int | None, int]:
    """How many records are active in the Master, in the district (None) and in each school; counted once for a plan."""
    db = plan.connection
    db.execute("CREATE TEMP TABLE IF NOT EXISTS active_count (kind TEXT, school INTEGER, n INTEGER)")
    known = db.execute("SELECT school, n FROM active_count WHERE kind = ?", (kind.name,)).fetchall()
    if known:
        return dict(map(tuple, known))
    school, joined = _SCHOOLS.get(kind.name, ("NULL", ""))
    rows = db.execute(f"SELECT {school}, count(*) FROM active_{kind.name} g {joined} GROUP BY 1").fetchall()
    total = sum(n for _, n in rows)
    if joined:  # which gives a record once for each of its schools
        (total,) = db.execute(f"SELECT count(*) FROM active_{kind.name}").fetchone()
    counts: dict[int | None, int] = {**dict(map(tuple, rows)), None: total}
    db.executemany(
        "INSERT INTO active_count (kind, school, n) VALUES (?, ?, ?)",
        [(kind.name, code, n) for code, n in counts.items()],
    )
    return counts


def _is_any_active(plan: Plan, kind: Kind) -> bool:
    return plan.connection.execute(f"SELECT 1 FROM active_{kind.name} LIMIT 1").fetchone() is not None


def _shares(
    plan: Plan,
    actions: tuple[str, ...],
    *,
    restored_active: int,
    beside: Mapping[Kind, frozenset[str]] = MappingProxyType({}),
) -> Iterator[Share]:
    """Active records with one of these actions, or restored to be active or not.

    Args:
        plan: the plan.
        actions: what it does to them.
        restored_active: whether those that it restores are active then.
        beside: columns by which alone no record counts.
    """
    for kind in KINDS:
        # CROSS keeps the plan first, for it is short on most days; its action is asked before anything else.
        affected = _by_school(
            plan,
            kind,
            "count(*)",
            f"plan_{kind.name} p CROSS JOIN active_{kind.name} g ON {kind.joined('p', 'g')}",
            f"""
            {does(*actions, "restored", alias="p")}
                AND (
                    p.action <> 'restored'
                    OR {restored_active} = (
                        SELECT r.active FROM restore_{kind.name} r WHERE {kind.joined("r", "p")}
                    )
                )
                {_differs_elsewhere(kind, beside.get(kind, frozenset()))}
            """,
        )
        if not affected:
            continue
        before = _active(plan, kind)
        for school, (n,) in affected.items():
            yield Share(kind, school, before[school], n)


def _differs_elsewhere(kind: Kind, beside: frozenset[str]) -> str:
    """SQL, from AND on: the plan's record differs from the Master's `g` in more than these columns; blank for none."""
    if not beside:
        return ""
    differs = " OR ".join(f"n.{name} IS NOT g.{name}" for name in kind.field_names if name not in beside)
    return f"""
        AND NOT (
            p.action = 'updated'
            AND EXISTS (SELECT 1 FROM new_{kind.name} n WHERE {kind.joined("n", "p")} AND NOT ({differs}))
        )
    """


_NEW_SCHOOLS = """
    SELECT s.code
    FROM aeries_school s
    WHERE NOT EXISTS (SELECT 1 FROM active_school_enrollment g WHERE g.school_code = s.code)
"""
"""Schools of Aeries without any student in the Master: all that they bring is new."""


def growth(plan: Plan) -> Iterator[Share]:
    """What each kind would have added, in the district and in each school, beside what it has now.

    What comes from a school that had nobody is left out: mapping it was to bring that. Staff and courses, which are of
    no one school, are looked at only where no such school brings students.
    """
    newcomers = plan.connection.execute(
        f"""
        SELECT 1
        FROM plan_school_enrollment
        WHERE action IN ('created', 'reactivated') AND school_code IN ({_NEW_SCHOOLS})
        LIMIT 1
        """
    ).fetchone()
    for kind in KINDS:
        school = "n.primary_school" if kind.name == "student" else f"n.{kind.school}" if kind.school else None
        if (school is None and newcomers) or not _is_any_active(plan, kind):
            continue
        known = f"({school} IS NULL OR {school} NOT IN ({_NEW_SCHOOLS}))" if school else "1"
        rows = plan.connection.execute(
            f"""
            SELECT {school or "NULL"}, count(*)
            FROM plan_{kind.name} p
            CROSS JOIN new_{kind.name} n ON {kind.joined("p", "n")}
            WHERE p.action IN ('created', 'reactivated') AND {known}
            GROUP BY 1
            ORDER BY 1
            """
        ).fetchall()
        if not rows:
            continue  # as on most days; counting what is active reads the whole kind
        before = _active(plan, kind)
        yield Share(kind, None, before[None], sum(n for _, n in rows))
        yield from (
            Share(kind, code, before[code], n) for code, n in rows if code in before and code is not None
        )


def blanked(plan: Plan) -> Iterator[Share]:
    """Fields that are filled and would be blank, and how many of the records that stay have them filled."""
    not_kept = _not_kept(plan)
    for kind in KINDS:
        row = plan.connection.execute(
            f"SELECT action FROM plan_{kind.name} WHERE {does('updated', 'restored')} LIMIT 1"
        ).fetchone()
        if row is None:
            continue
        # A pull's plan updates, an undo's restores; none does both.
        fields = tuple(
            name for name in kind.field_names if name not in not_kept.get(kind, ()) and not is_digest(name)
        )
        action = str(row[0])
        after = f"new_{kind.name}"
        if action == "restored":
            after = f"(SELECT {columns_sql(kind.names)} FROM restore_{kind.name} WHERE active = 1)"
        lost = _by_school(
            plan,
            kind,
            ", ".join(f"sum(g.{name} IS NOT NULL AND n.{name} IS NULL)" for name in fields),
            f"""
            plan_{kind.name} p
            CROSS JOIN active_{kind.name} g ON {kind.joined("p", "g")}
            JOIN {after} n ON {kind.joined("p", "n")}
            """,
            does(action, alias="p"),
        )
        if not lost:
            continue  # as on most days; counting what is filled reads the whole kind
        filled = _by_school(
            plan,
            kind,
            ", ".join(f"sum(g.{name} IS NOT NULL)" for name in fields),
            f"active_{kind.name} g JOIN {after} n ON {kind.joined('g', 'n')}",
        )
        for school, losses_there in lost.items():
            for name, before, n in zip(fields, filled[school], losses_there, strict=True):
                if n:
                    yield Share(kind, school, before, n, name)


def schools_without_students(plan: Plan) -> list[int]:
    """Mapped schools of which no student is active once the plan is applied, although their list was read."""
    rows = plan.connection.execute(
        """
        SELECT m.aeries_code
        FROM active_mapping m
        JOIN aeries_school s ON s.code = m.aeries_code
        WHERE m.ali_id IS NOT NULL AND NOT m.excluded
            AND m.aeries_code NOT IN (
                SELECT school FROM scope
                WHERE endpoint = 'students' AND school IS NOT NULL AND (state <> 'complete' OR received = 0)
            )
            AND NOT EXISTS (
                SELECT 1 FROM plan_school_enrollment p
                WHERE p.school_code = m.aeries_code AND p.action IN ('created', 'reactivated')
            )
            AND NOT EXISTS (
                SELECT 1 FROM active_school_enrollment g
                WHERE g.school_code = m.aeries_code
                    AND NOT EXISTS (
                        SELECT 1 FROM plan_school_enrollment p
                        WHERE p.school_code = g.school_code
                            AND p.student_id = g.student_id
                            AND p.action = 'deactivated'
                    )
            )
        ORDER BY 1
        """
    )
    return [int(row[0]) for row in rows]


def kinds_without_any(plan: Plan) -> list[str]:
    """Of staff and section: what nobody and nothing is active of once the plan is applied, although every list was read."""
    rows = plan.connection.execute(
        """
        SELECT kind
        FROM count c
        WHERE active = 0 AND kind IN ('staff', 'section')
            AND NOT EXISTS (SELECT 1 FROM scope s WHERE s.state <> 'complete')
            AND NOT EXISTS (SELECT 1 FROM scope s WHERE s.endpoint = c.kind AND s.received = 0)
        ORDER BY kind
        """
    )
    return [str(row[0]) for row in rows]


def strangers(plan: Plan) -> Iterator[Share]:
    """Ids that stand for other people now, of each kind, in the district and by school; the district first.

    Those that an import was let through with already are not counted again.
    """
    for kind in (STUDENT, STAFF):
        asked = f"""
            SELECT q.school AS school, count(*) AS n
            FROM identity_question q
            WHERE q.kind = '{kind.name}'
                AND q.code = '{Code.REC_IDENTITY}'
                AND NOT EXISTS (SELECT 1 FROM m.import i WHERE i.id = q.since_import AND i.applied = 1)
            GROUP BY 1
            """
        (affected,) = plan.connection.execute(f"SELECT coalesce(sum(n), 0) FROM ({asked})").fetchone()
        if not affected:
            continue
        (before,) = plan.connection.execute(f"SELECT count(*) FROM active_{kind.name}").fetchone()
        if not before:  # the roster was archived
            (before,) = plan.connection.execute(
                "SELECT count(*) FROM m.remembered_person WHERE kind = ?", (kind.name,)
            ).fetchone()
        yield Share(kind, None, before, affected)
        rows = plan.connection.execute(
            f"""
            SELECT a.school, a.n, count(t.{kind.name}_id)
            FROM ({asked}) a
            LEFT JOIN active_{kind.name} t ON t.primary_school = a.school
            WHERE a.school IS NOT NULL
            GROUP BY a.school, a.n
            ORDER BY a.school
            """
        )
        for school, hit, there in rows.fetchall():
            yield Share(kind, school, there, hit)


def emptied_schools(plan: Plan) -> list[tuple[int, int]]:
    """Schools with students whose list came back without any record: code, and active students before."""
    rows = plan.connection.execute(
        """
        SELECT s.school, count(*)
        FROM scope s
        JOIN active_school_enrollment g ON g.school_code = s.school
        WHERE s.endpoint = 'students' AND s.state = 'complete' AND s.received = 0
        GROUP BY 1
        ORDER BY 1
        """
    )
    return [(int(school), int(n)) for school, n in rows]


_RESTS_ON = {
    "sections": """
        SELECT school_code AS school, count(*) AS n
        FROM active_section
        WHERE NOT homeroom
        GROUP BY 1
    """,
    # Only of the schools that are asked about, for there are many. A homeroom has no class rows.
    "classes": f"""
        SELECT school_code AS school, count(*) AS n
        FROM active_enrollment
        WHERE school_code IN (SELECT school FROM scope WHERE endpoint = 'classes' AND received = 0)
            AND NOT {is_homeroom_id("section_id")}
        GROUP BY 1
    """,
    "staff": "SELECT NULL AS school, count(*) AS n FROM active_staff",
    "courses": "SELECT NULL AS school, count(*) AS n FROM active_course",
    # At most schools nothing in the Master rests on a teacher record alone; what the list held last must do.
    # SQLite takes a bare column beside max() from the row of the maximum.
    "teachers": """
        SELECT o.school, o.received AS n, max(i.id)
        FROM m.scope o
        JOIN m.import i ON i.id = o.import_id
        WHERE i.applied = 1 AND i.kind = 'pull' AND o.endpoint = 'teachers' AND o.state = 'complete'
            AND i.id > (SELECT coalesce(max(a.id), 0) FROM m.import a WHERE a.kind = 'archive')
        GROUP BY o.school
    """,
}
"""How many records of the Master rest on a list, by school, as SQL; students are `emptied_schools`."""


def emptied_lists(plan: Plan) -> list[tuple[str, int | None, int]]:
    """Other lists that came back without any record although something rests on them.

    Returns:
        Endpoint, school, and how many records rest on the list.
    """
    empty = plan.connection.execute("SELECT endpoint FROM scope WHERE state = 'complete' AND received = 0")
    endpoints = {str(endpoint) for (endpoint,) in empty}
    emptied: list[tuple[str, int | None, int]] = []
    for endpoint, resting in _RESTS_ON.items():
        if endpoint not in endpoints:  # it takes long to count all that rests on a list
            continue
        rows = plan.connection.execute(
            f"""
            SELECT s.school, q.n
            FROM scope s
            JOIN ({resting}) q ON q.school IS s.school
            WHERE s.endpoint = ? AND s.state = 'complete' AND s.received = 0 AND q.n > 0
            ORDER BY s.school
            """,
            (endpoint,),
        )
        emptied += [(endpoint, school, int(before)) for school, before in rows]
    return emptied


def vanished_schools(plan: Plan, mapped: frozenset[int]) -> list[int]:
    """Mapped schools with people in the Master that the school list does not hold any more."""
    listed = {int(row[0]) for row in plan.connection.execute("SELECT code FROM aeries_school")}
    return sorted(
        code
        for code in mapped - listed
        if plan.connection.execute(
            "SELECT 1 FROM active_school_enrollment WHERE school_code = ? LIMIT 1", (code,)
        ).fetchone()
    )
