"""What became of each list: unread ones, unreadable records in them, schools that are gone."""

from __future__ import annotations

from aeries_tui.codes import CODES, Code
from aeries_tui.master.roster.plan import Plan
from aeries_tui.pull.stages.check.sql import Rules, describe

_KIND = {
    "students": "student",
    "teachers": "teacher",
    "sections": "section",
    "classes": "enrollment",
    "staff": "staff",
    "courses": "course",
}
_RECORD = (
    "CASE l.endpoint WHEN 'students' THEN CAST(b.student_id AS TEXT) WHEN 'staff' THEN CAST(b.staff_id AS TEXT) "
    "WHEN 'courses' THEN b.record_id WHEN 'teachers' THEN coalesce(b.school, l.school) || '_TN_' || b.teacher_number "
    "WHEN 'sections' THEN coalesce(b.school, l.school) || '_' || b.section_number "
    "ELSE coalesce(b.school, l.school) || '_' || b.section_number || ':' || b.student_id END"
)


def check_lists(plan: Plan, rules: Rules) -> None:
    """Write the scopes, and describe unread lists, foreign rows, unreadable records and vanished schools."""
    db = plan.connection
    write_scopes(plan, rules)
    for (code,) in db.execute(
        "SELECT DISTINCT code FROM p.list WHERE state <> 'complete' AND code IS NOT NULL"
    ).fetchall():
        describe(
            plan, code if code in CODES else Code.SRC_SERVER, "list",
            "SELECT endpoint, school, NULL, coalesce(message, 'The list was not read.') || "
            "' What was there before is kept.' FROM p.list WHERE state <> 'complete' AND code = ? ORDER BY id",
            (code,),
        )  # fmt: skip
    _foreign(plan)
    _unreadable(plan)
    _gone(plan, rules)
    _unmapped(plan)
    if not rules.partial:
        describe_empty(plan)


def write_scopes(plan: Plan, rules: Rules) -> None:
    """Write what became of each list into the import's books."""
    endpoint = "iif(instr(endpoint, '/'), endpoint, 'records/' || endpoint)" if rules.partial else "endpoint"
    plan.connection.execute(
        f"INSERT INTO scope SELECT {endpoint}, school, iif(id IN (SELECT list_id FROM bad_list), 'failed', "
        "iif(state = 'open', 'skipped', state)), iif(id IN (SELECT list_id FROM bad_list), 0, received), requests, retries, bytes, seconds, "
        "iif(id IN (SELECT list_id FROM bad_list), 'REF-SCHOOL', code), message, reused FROM p.list ORDER BY id"
    )


def _foreign(plan: Plan) -> None:
    describe(
        plan, Code.REF_SCHOOL, "list",
        "SELECT l.endpoint, l.school, 'SchoolCode', f.n || ' of ' || l.received || ' records belong to another "
        "school than the one asked for; nothing of this list is deactivated' || iif(l.id IN (SELECT list_id FROM "
        "bad_list), ', and none of it was used.', '.') FROM foreign_row f JOIN p.list l ON l.id = f.list_id",
    )  # fmt: skip


def _unreadable(plan: Plan) -> None:
    for endpoint, kind in _KIND.items():
        for code, message in (
            (Code.REC_REQUIRED, "'The field ' || b.field || ' is missing.'"),
            (Code.REC_TYPE, "iif(b.field = '', 'The record can not be read.', 'The field ' || b.field || "
             "' holds a value of the wrong kind.')"),
        ):  # fmt: skip
            describe(
                plan, code, kind,
                f"SELECT coalesce({_RECORD}, 'record ' || (b.position + 1)) || iif(b.part = '', '', "
                "' (' || b.part || ')'), coalesce(b.school, l.school), b.field, " + message
                + " FROM p.rejected_record b JOIN p.list l ON l.id = b.list_id WHERE l.endpoint = ? AND b.code = ? "
                "AND l.id IN (SELECT id FROM readable) ORDER BY l.id, b.position",
                (endpoint, code),
            )  # fmt: skip


def _gone(plan: Plan, rules: Rules) -> None:
    describe(
        plan, Code.MAP_GONE, "school",
        "SELECT school, school, NULL, 'School ' || school || ' is mapped but no longer in the list of Aeries. "
        "Its people are kept as they were.' FROM mapped WHERE school NOT IN (SELECT code FROM aeries_school)",
    )  # fmt: skip


def _unmapped(plan: Plan) -> None:
    """Schools a person still has to map, and ALI schools that two are mapped to."""
    describe(
        plan, Code.MAP_UNMAPPED, "school",
        "SELECT code, code, NULL, 'School ' || code || ' has no ALI school and takes no part.' FROM aeries_school "
        "WHERE code <> 0 AND code <> 999 AND coalesce(status, '') = '' AND NOT do_not_report "
        "AND upper(name) NOT LIKE 'ZZZ%' AND code NOT IN (SELECT school FROM mapped) "
        "AND code NOT IN (SELECT aeries_code FROM active_mapping WHERE excluded OR by_person)",
    )  # fmt: skip
    describe(
        plan, Code.MAP_DUPLICATE, "school",
        "SELECT aeries_code, aeries_code, NULL, 'School ' || aeries_code || ' is mapped to ALI school ' || ali_id "
        "|| ' as another one is.' FROM active_mapping WHERE aeries_code IN (SELECT school FROM mapped) AND ali_id IN "
        "(SELECT ali_id FROM active_mapping WHERE ali_id IS NOT NULL AND NOT excluded GROUP BY 1 HAVING count(*) > 1)",
    )  # fmt: skip


def describe_empty(plan: Plan) -> None:
    """Describe lists that came back empty and should hold something."""
    describe(
        plan, Code.SRC_EMPTY, "list",
        "SELECT endpoint, school, NULL, 'The list came back empty.' FROM p.list l WHERE state = 'complete' "
        "AND received = 0 AND (endpoint IN ('students', 'staff') OR (endpoint IN ('sections', 'classes') "
        "AND school IN (SELECT g.school_code FROM active_section g WHERE NOT g.homeroom))) ORDER BY id",
    )  # fmt: skip
