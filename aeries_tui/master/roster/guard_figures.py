"""Figures the guard asks of a plan: what each kind would lose, change and find blank."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aeries_tui.codes import Code
from aeries_tui.master.roster.kinds import KINDS, STAFF, STUDENT, Kind, columns_sql
from aeries_tui.master.roster.plan import Plan


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
    """What each kind would see changed, likewise."""
    yield from _shares(plan, ("updated",), restored_active=1)


def _shares(plan: Plan, actions: tuple[str, ...], *, restored_active: int) -> Iterator[Share]:
    """Active records with one of these actions, or restored to be active or not."""
    listed = ", ".join(f"'{action}'" for action in actions)
    for kind in KINDS:
        # CROSS keeps the plan first, for it is short on most days; its action is asked before anything else.
        affected_rows = f"""
            FROM plan_{kind.name} p
            CROSS JOIN active_{kind.name} g ON {kind.joined("p", "g")}
            WHERE p.action IN ({listed}, 'restored')
                AND (
                    p.action <> 'restored'
                    OR {restored_active} = (
                        SELECT r.active FROM restore_{kind.name} r WHERE {kind.joined("r", "p")}
                    )
                )
        """
        (affected,) = plan.connection.execute(f"SELECT count(*) {affected_rows}").fetchone()
        if not affected:
            continue
        (before,) = plan.connection.execute(f"SELECT count(*) FROM active_{kind.name}").fetchone()
        yield Share(kind, None, before, affected)
        if kind.school:
            rows = plan.connection.execute(
                f"""
                SELECT q.school, b.n, q.n
                FROM (SELECT g.{kind.school} AS school, count(*) AS n {affected_rows} GROUP BY 1) q
                JOIN (SELECT {kind.school} AS school, count(*) AS n FROM active_{kind.name} GROUP BY 1) b
                    ON b.school = q.school
                ORDER BY 1
                """
            )
            for school, before_there, affected_there in rows.fetchall():
                yield Share(kind, school, before_there, affected_there)


def blanked(plan: Plan) -> Iterator[Share]:
    """Fields that are filled and would be blank, and how many of the records that stay have them filled."""
    for kind in KINDS:
        row = plan.connection.execute(
            f"SELECT action FROM plan_{kind.name} WHERE action IN ('updated', 'restored') LIMIT 1"
        ).fetchone()
        if row is None:
            continue
        # A pull's plan updates, an undo's restores; none does both.
        fields, action = kind.field_names, str(row[0])
        after = f"new_{kind.name}"
        if action == "restored":
            after = f"(SELECT {columns_sql(kind.names)} FROM restore_{kind.name} WHERE active = 1)"
        lost = _sums(
            plan,
            [f"g.{name} IS NOT NULL AND n.{name} IS NULL" for name in fields],
            f"""
            plan_{kind.name} p
            CROSS JOIN active_{kind.name} g ON {kind.joined("p", "g")}
            JOIN {after} n ON {kind.joined("p", "n")}
            WHERE p.action = '{action}'
            """,
        )
        losing = [name for name, n in zip(fields, lost, strict=True) if n]
        if not losing:
            continue  # as on most days; counting what is filled reads the whole kind
        filled = _sums(
            plan,
            [f"g.{name} IS NOT NULL" for name in losing],
            f"active_{kind.name} g JOIN {after} n ON {kind.joined('g', 'n')}",
        )
        for name, before in zip(losing, filled, strict=True):
            yield Share(kind, None, before, lost[fields.index(name)], name)


def _sums(plan: Plan, conditions: list[str], source: str) -> list[int]:
    """For how many rows of `source` each condition holds."""
    columns = ", ".join(f"sum({condition})" for condition in conditions)
    return [n or 0 for n in plan.connection.execute(f"SELECT {columns} FROM {source}").fetchone()]


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
    "classes": """
        SELECT school_code AS school, count(*) AS n
        FROM active_enrollment
        WHERE school_code IN (SELECT school FROM scope WHERE endpoint = 'classes' AND received = 0)
            AND instr(section_id, '_TN_') = 0
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
    emptied: list[tuple[str, int | None, int]] = []
    for endpoint, resting in _RESTS_ON.items():
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
