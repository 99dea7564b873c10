"""What became of each list: unread ones, unreadable records in them, schools that are gone."""

from __future__ import annotations

from aeries_tui.codes import CODES, Code
from aeries_tui.master.roster.plan import Plan
from aeries_tui.master.roster.section_ids import homeroom_id, section_id
from aeries_tui.pull.stages.check.books import describe
from aeries_tui.pull.stages.check.declaration import Check
from aeries_tui.pull.stages.check.rules import Rules
from aeries_tui.pull.staging import SCHOOL_LISTS, STAGED

_RECORD = {
    "students": "CAST(student_id AS TEXT)",
    "staff": "CAST(staff_id AS TEXT)",
    "courses": "record_id",
    "teachers": homeroom_id("school", "teacher_number"),
    "sections": section_id("school", "section_number"),
    "classes": f"{section_id('school', 'section_number')} || ':' || student_id",
}
"""SQL of a record's id, as descriptions name it; null where it could not be read."""
_UNREADABLE = {
    Code.REC_REQUIRED: "'The field ' || field || ' is missing.'",
    Code.REC_UNREADABLE: "'The record can not be read: it is no JSON object in UTF-8.'",
    Code.REC_TYPE: (
        "iif(field = '', 'The record can not be read.', "
        "'The field ' || field || ' holds a value of the wrong kind.')"
    ),
}


def check_lists(plan: Plan, rules: Rules) -> None:
    """Write the scopes, and describe unread lists, foreign rows, unreadable records and vanished schools."""
    write_scopes(plan, rules)
    _unread(plan)
    _foreign(plan)
    _unreadable(plan)
    _gone(plan)
    _unmapped(plan)
    if not rules.partial:
        describe_empty(plan)


LISTS = Check(
    "lists",
    needs=("foreign_list", "foreign_record", "doubt", "readable", "rejected", "mapped", "aeries_school"),
    makes=("scope", "error:list", "error:school", *(f"error:{kind}" for kind in sorted({staged.kind for staged in STAGED.values()}))),
    run=check_lists,
)  # fmt: skip


def write_scopes(plan: Plan, rules: Rules) -> None:
    """Write what became of each list into the import's books."""
    # What a quick pull read is single records under the endpoint's name, beside the feeds, which have a path.
    endpoint = "iif(instr(endpoint, '/'), endpoint, 'records/' || endpoint)" if rules.partial else "endpoint"
    is_bad = "id IN (SELECT list_id FROM foreign_list)"
    plan.connection.execute(
        f"""
        INSERT INTO scope (
            endpoint, school, state, received, requests, retries, bytes, seconds, code, message, reused
        )
        SELECT
            {endpoint},
            school,
            CASE WHEN {is_bad} THEN 'failed' WHEN state = 'open' THEN 'skipped' ELSE state END,
            iif({is_bad}, 0, received),
            requests, retries, bytes, seconds,
            iif({is_bad}, '{Code.REF_SCHOOL}', coalesce(code, {_doubt("code")})),
            coalesce(message, {_doubt("message")}), reused
        FROM p.list
        ORDER BY id
        """
    )


def _doubt(column: str) -> str:
    """SQL: what of a list keeps it from taking anybody away; the last of its doubts is the gravest."""
    return f"(SELECT {column} FROM doubt d WHERE d.list_id = p.list.id ORDER BY rowid DESC LIMIT 1)"


def _unread(plan: Plan) -> None:
    codes = plan.connection.execute(
        "SELECT DISTINCT code FROM p.list WHERE state <> 'complete' AND code IS NOT NULL"
    ).fetchall()
    for (code,) in codes:
        describe(
            plan,
            Code(code) if code in CODES else Code.SRC_SERVER,
            "list",
            """
            SELECT
                endpoint, school, NULL,
                coalesce(message, 'The list was not read.') || ' What was there before is kept.'
            FROM p.list
            WHERE state <> 'complete' AND code = ?
            ORDER BY id
            """,
            (code,),
        )


def _foreign(plan: Plan) -> None:
    """Each row of another school by name; of a list that is doubtful for them, or not used, the list alone."""
    describe(
        plan,
        Code.REF_SCHOOL,
        "list",
        f"""
        SELECT
            endpoint, school, 'SchoolCode',
            'More than half of the ' || received || ' records belong to another school than the one asked for; '
            || 'nothing of this list is deactivated, and none of it was used.'
        FROM p.list
        WHERE id IN (SELECT list_id FROM foreign_list)
        UNION ALL
        SELECT l.endpoint, l.school, 'SchoolCode', d.message || '; nothing of this list is deactivated.'
        FROM doubt d
        JOIN p.list l ON l.id = d.list_id
        WHERE d.code = '{Code.REF_SCHOOL}'
        """,
    )
    for endpoint in SCHOOL_LISTS:
        describe(
            plan,
            Code.REF_SCHOOL,
            STAGED[endpoint].kind,
            f"""
            SELECT
                {_RECORD[endpoint]}, school, 'SchoolCode',
                'The list of school ' || school || ' holds this record of school ' || named_school
                || '; it was left out.'
            FROM foreign_record
            WHERE endpoint = '{endpoint}'
                AND list_id NOT IN (SELECT list_id FROM doubt WHERE code = '{Code.REF_SCHOOL}')
            """,
        )


def _unreadable(plan: Plan) -> None:
    for endpoint, staged in STAGED.items():
        for code, message in _UNREADABLE.items():
            describe(
                plan,
                code,
                staged.kind,
                f"""
                SELECT
                    coalesce({_RECORD[endpoint]}, 'record ' || (position + 1))
                    || iif(part = '', '', ' (' || part || ')'),
                    school,
                    field,
                    {message}
                FROM rejected
                WHERE endpoint = ? AND code = ? AND list_id IN (SELECT id FROM readable)
                ORDER BY list_id, position
                """,
                (endpoint, code),
            )


def _gone(plan: Plan) -> None:
    describe(
        plan,
        Code.MAP_GONE,
        "school",
        """
        SELECT
            school, school, NULL,
            'School ' || school || ' is mapped but no longer in the list of Aeries. '
            || 'Its people are kept as they were.'
        FROM mapped
        WHERE school NOT IN (SELECT code FROM aeries_school)
        """,
    )


def _unmapped(plan: Plan) -> None:
    """Schools a person still has to map, and ALI schools that two are mapped to."""
    # Not all that Aeries lists is a school: 0 is the district; 999 and names in ZZZ are, by convention, where
    # it keeps inactive students and tables of codes (contract, section 7).
    describe(
        plan,
        Code.MAP_UNMAPPED,
        "school",
        """
        SELECT code, code, NULL, 'School ' || code || ' has no ALI school and takes no part.'
        FROM aeries_school
        WHERE code <> 0
            AND code <> 999
            AND coalesce(status, '') = ''
            AND NOT do_not_report
            AND upper(name) NOT LIKE 'ZZZ%'
            AND code NOT IN (SELECT school FROM mapped)
            AND code NOT IN (SELECT aeries_code FROM active_mapping WHERE excluded OR by_person)
        """,
    )
    describe(
        plan,
        Code.MAP_DUPLICATE,
        "school",
        """
        SELECT
            aeries_code, aeries_code, NULL,
            'School ' || aeries_code || ' is mapped to ALI school ' || ali_id || ' as school '
            || (
                SELECT group_concat(o.aeries_code, ', ')
                FROM active_mapping o
                WHERE o.ali_id = g.ali_id AND NOT o.excluded AND o.aeries_code <> g.aeries_code
            )
            || ' is.'
        FROM active_mapping g
        WHERE aeries_code IN (SELECT school FROM mapped)
            AND ali_id IN (
                SELECT ali_id
                FROM active_mapping
                WHERE ali_id IS NOT NULL AND NOT excluded
                GROUP BY ali_id
                HAVING count(*) > 1
            )
        """,
    )


def describe_empty(plan: Plan) -> None:
    """Describe lists that came back empty and should hold something."""
    # Sections and classes may well be missing, but not where the Master has a master schedule of the school.
    describe(
        plan,
        Code.SRC_EMPTY,
        "list",
        """
        SELECT endpoint, school, NULL, 'The list came back empty.'
        FROM p.list
        WHERE state = 'complete'
            AND received = 0
            AND (
                endpoint IN ('students', 'staff')
                OR (
                    endpoint IN ('sections', 'classes')
                    AND school IN (SELECT s.school_code FROM active_section s WHERE NOT s.homeroom)
                )
            )
        ORDER BY id
        """,
    )
