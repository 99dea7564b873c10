"""Figures the guard asks of a plan: what each kind would lose, change and find blank."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aeries_tui.master.kinds import KINDS, Kind
from aeries_tui.master.plan import Plan


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
    yield from _shares(plan, "p.action IN ('deactivated', 'removed')")


def changes(plan: Plan) -> Iterator[Share]:
    """What each kind would see changed, likewise."""
    yield from _shares(plan, "p.action IN ('updated', 'restored')")


def _shares(plan: Plan, condition: str) -> Iterator[Share]:
    for kind in KINDS:
        joined = (
            f"FROM plan_{kind.name} p JOIN good_{kind.name} g ON {kind.joined('p', 'g')} WHERE {condition}"
        )
        (affected,) = plan.connection.execute(f"SELECT count(*) {joined}").fetchone()
        if not affected:
            continue
        (before,) = plan.connection.execute(f"SELECT count(*) FROM good_{kind.name}").fetchone()
        yield Share(kind, None, before, affected)
        if kind.school:
            rows = plan.connection.execute(
                f"SELECT q.school, b.n, q.n FROM (SELECT g.{kind.school} AS school, count(*) AS n {joined} "
                f"GROUP BY 1) q JOIN (SELECT {kind.school} AS school, count(*) AS n FROM good_{kind.name} "
                "GROUP BY 1) b ON b.school = q.school ORDER BY 1"
            )
            for school, there, hit in rows.fetchall():
                yield Share(kind, school, there, hit)


def blanked(plan: Plan) -> Iterator[Share]:
    """Fields that are filled in the Master and would be blank, with how many were filled among records that stay."""
    for kind in KINDS:
        (updated,) = plan.connection.execute(
            f"SELECT count(*) FROM plan_{kind.name} WHERE action = 'updated'"
        ).fetchone()
        if not updated:
            continue
        sums = ", ".join(
            f"sum(g.{name} IS NOT NULL), sum(g.{name} IS NOT NULL AND n.{name} IS NULL)"
            for name in kind.field_names
        )
        row = plan.connection.execute(
            f"SELECT {sums} FROM good_{kind.name} g JOIN new_{kind.name} n ON {kind.joined('g', 'n')}"
        ).fetchone()
        for place, name in enumerate(kind.field_names):
            filled, lost = row[2 * place] or 0, row[2 * place + 1] or 0
            if lost:
                yield Share(kind, None, filled, lost, name)


def emptied_schools(plan: Plan) -> list[tuple[int, int]]:
    """Schools with active pupils in the Master whose list came back without any record: code, pupils before."""
    rows = plan.connection.execute(
        "SELECT s.school, count(*) FROM scope s JOIN good_school_enrollment g ON g.school_code = s.school "
        "WHERE s.endpoint = 'students' AND s.state = 'complete' AND s.received = 0 GROUP BY 1 ORDER BY 1"
    )
    return [(int(school), int(n)) for school, n in rows]


_RESTS_ON = {
    "sections": "SELECT count(*) FROM good_section g WHERE g.school_code = s.school AND NOT g.homeroom",
    "classes": "SELECT count(*) FROM good_enrollment g WHERE g.school_code = s.school "
    "AND instr(g.section_id, '_TN_') = 0",
    "staff": "SELECT count(*) FROM good_staff",
    "courses": "SELECT count(*) FROM good_course",
    # At most schools nothing in the Master rests on a teacher record alone; what it held last must do.
    "teachers": "SELECT o.received FROM m.scope o JOIN m.import i ON i.id = o.import_id WHERE i.applied = 1 "
    "AND i.kind = 'pull' AND o.endpoint = 'teachers' AND o.school = s.school AND o.state = 'complete' "
    "AND i.id > (SELECT coalesce(max(a.id), 0) FROM m.import a WHERE a.kind = 'archive') ORDER BY i.id DESC LIMIT 1",
}
"""How many records of the Master rest on a list, as SQL over alias `s`, a row of scope."""


def emptied_lists(plan: Plan) -> list[tuple[str, int | None, int]]:
    """Other lists that came back without any record although something rests on them: endpoint, school, how many."""
    found = []
    for endpoint, count in _RESTS_ON.items():
        rows = plan.connection.execute(
            f"SELECT * FROM (SELECT s.school, ({count}) AS before FROM scope s WHERE s.endpoint = ? "
            "AND s.state = 'complete' AND s.received = 0) WHERE before > 0 ORDER BY school",
            (endpoint,),
        )
        found += [(endpoint, school, int(before)) for school, before in rows]
    return found


def vanished_schools(plan: Plan, mapped: frozenset[int]) -> list[int]:
    """Mapped schools with people in the Master that the school list does not hold any more."""
    listed = {int(row[0]) for row in plan.connection.execute("SELECT code FROM aeries_school")}
    return sorted(
        code
        for code in mapped - listed
        if plan.connection.execute(
            "SELECT 1 FROM good_school_enrollment WHERE school_code = ? LIMIT 1", (code,)
        ).fetchone()
    )
