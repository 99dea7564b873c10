"""A model of the promises: what the Master must hold, worked out in plain Python from what could be read.

Nothing here is shared with the engine. Read `expected` beside the design, section 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.rows import DAY

Lists = Mapping[str, list[dict[str, Any]]]
Active = dict[str, set[tuple[Any, ...]]]
KINDS = ("staff", "student", "course", "section", "enrollment", "teaching", "school_enrollment")


def nobody() -> Active:
    """An empty roster."""
    return {kind: set() for kind in KINDS}


@dataclass(frozen=True)
class Strangers:
    """Ids that stand for other people now, about whom nobody has decided."""

    student: set[int] = field(default_factory=set)
    staff: set[int] = field(default_factory=set)


def is_blank(value: object) -> bool:
    return value is None or not str(value).strip()


def own(lists: Lists, path: str) -> list[dict[str, Any]]:
    """The rows of a list that are of the school that was asked for."""
    school = path.partition("/")[0]
    rows = lists.get(path, [])
    return [row for row in rows if row["SchoolCode"] == int(school)] if school.isdigit() else rows


def foreign(lists: Lists, path: str) -> list[dict[str, Any]]:
    """The others."""
    school = path.partition("/")[0]
    return (
        [row for row in lists.get(path, []) if row["SchoolCode"] != int(school)] if school.isdigit() else []
    )


def used(lists: Lists, read: set[str]) -> set[str]:
    """Of the lists that were read those that are not mostly another school's."""
    return {path for path in read if len(foreign(lists, path)) * 2 <= len(lists.get(path, []))}


def ready(lists: Lists, read: set[str]) -> set[str]:
    """Of these the ones whose silence says something: no more than one row, or 5 %, is another school's."""
    return {
        path
        for path in used(lists, read)
        if (strange := len(foreign(lists, path))) < 2 or strange * 100 <= 5 * len(lists[path])
    }


def _school_of(key: tuple[Any, ...]) -> int:
    """The school of a section's, an enrollment's or a teaching's key."""
    return int(str(key[0]).split("_")[0])


def _is_homeroom(key: tuple[Any, ...]) -> bool:
    return "_TN_" in str(key[0])


class _Model:
    """One pull: the lists that were read, the codes of mapped schools, and what was active before."""

    def __init__(
        self, before: Active, lists: Lists, read: set[str], mapped: set[int], strangers: Strangers, day: str
    ) -> None:
        self.before, self.lists, self.mapped, self.strangers = before, lists, mapped, strangers
        self.used, self.ready, self.day = used(lists, read), ready(lists, read), day
        self.after = nobody()
        self.enrolled_now: set[tuple[int, int]] = set()
        """Who is in by a record that was read, at which school."""
        self.kept_records: set[tuple[int, int]] = set()
        """Whose record at a school can't be used, so that the last good one stays."""
        self.kept_sections: set[tuple[str]] = set()

    def rows(self, code: int, name: str) -> list[dict[str, Any]]:
        """What the list of a school says of the school."""
        path = f"{code}/{name}"
        return own(self.lists, path) if path in self.used else []

    def strange(self, code: int, name: str) -> list[dict[str, Any]]:
        """What it says of another, which is left out: what it may have been meant for stays."""
        path = f"{code}/{name}"
        return foreign(self.lists, path) if path in self.used else []

    def all_ready(self, name: str) -> bool:
        return all(f"{code}/{name}" in self.ready for code in self.mapped)

    def ready_at(self, school: int, *names: str) -> bool:
        return all(f"{school}/{name}" in self.ready for name in names)

    def is_gone(self, key: tuple[Any, ...], *lists: str, homeroom: tuple[str, ...]) -> bool:
        """All lists that could hold the record were read, or its school takes no part any more."""
        school = _school_of(key)
        needed = (*lists, *(homeroom if _is_homeroom(key) else ()))
        return school not in self.mapped or self.ready_at(school, *needed)

    def is_over(self, row: dict[str, Any], begin: str, end: str) -> bool:
        """A time that has ended by the day."""
        return row[end] is not None and row[end][:10] < self.day

    def is_to_come(self, row: dict[str, Any], begin: str) -> bool:
        return row[begin] is not None and row[begin][:10] > self.day

    def people(self) -> None:
        gone: set[tuple[int, int]] = set()
        for code in self.mapped:
            for row in self.rows(code, "students"):
                key = (code, row["StudentID"])
                if not is_blank(row["InactiveStatusCode"]):
                    gone.add(key)
                elif key[1] in self.strangers.student:
                    self.kept_records.add(key)
                else:
                    self.enrolled_now.add(key)
        strange = {(code, row["StudentID"]) for code in self.mapped for row in self.strange(code, "students")}
        self.kept_records |= strange - gone - self.enrolled_now
        self.kept_records |= {
            key
            for key in self.before["school_enrollment"]
            if key[0] in self.mapped and key[1] in self.strangers.student
        }
        kept = {
            key
            for key in self.before["school_enrollment"]
            if key in self.kept_records
            or (key[0] in self.mapped and not self.ready_at(key[0], "students") and key not in gone)
        }
        self.after["school_enrollment"] = self.enrolled_now | kept
        students = {(student,) for _, student in self.after["school_enrollment"]}
        left = {(student,) for _, student in gone}
        maybe = set() if self.all_ready("students") else self.before["student"] - left
        self.after["student"] = students | maybe

    def sections(self) -> None:
        found, out = set(), set()
        for code in self.mapped:
            for name, number, prefix in (
                ("sections", "SectionNumber", ""),
                ("teachers", "TeacherNumber", "TN_"),
            ):
                rows = self.rows(code, name)
                active = {
                    (f"{code}_{prefix}{row[number]}",) for row in rows if is_blank(row["InactiveStatusCode"])
                }
                found |= active if name == "sections" else set()
                out |= {(f"{code}_{prefix}{row[number]}",) for row in rows} - active
                listed = {(f"{code}_{prefix}{row[number]}",) for row in rows}
                strange = {(f"{code}_{prefix}{row[number]}",) for row in self.strange(code, name)}
                self.kept_sections |= strange - listed
            found |= {(f"{code}_TN_{number}",) for number in self.homerooms(code)}
        self.kept_sections |= {
            (name,)
            for name, student in self.before["enrollment"]
            if _is_homeroom((name,)) and (_school_of((name,)), student) in self.kept_records
        }
        self.kept_sections -= found
        kept = {
            key
            for key in self.before["section"]
            if key in self.kept_sections
            or not (self.is_gone(key, "sections", homeroom=("teachers", "students")) or key in out)
        }
        self.after["section"] = found | kept

    def is_elementary(self, code: int) -> bool:
        return any(
            row["SchoolCode"] == code and row["ScheduleType"] == "Elementary" for row in self.lists["schools"]
        )

    def students_by_homeroom(self, code: int) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        for row in self.rows(code, "students"):
            is_in = (code, row["StudentID"]) in self.enrolled_now and is_blank(row["InactiveStatusCode"])
            if is_in and int(row["HomeRoomTeacherNumber"]):
                found.setdefault(int(row["HomeRoomTeacherNumber"]), set()).add(row["StudentID"])
        return found

    def homerooms(self, code: int) -> set[int]:
        if not self.is_elementary(code) or not self.ready_at(code, "sections"):
            return set()
        named = self.students_by_homeroom(code)
        return {
            row["TeacherNumber"]
            for row in self.rows(code, "teachers")
            if is_blank(row["InactiveStatusCode"]) and row["TeacherNumber"] in named
        }

    def enrollments(self) -> None:
        found, ended, listed, strange = set(), set(), set(), set()
        here = self.after["school_enrollment"]
        for code in self.mapped:
            strange |= {
                (f"{code}_{row['SectionNumber']}", row["StudentID"]) for row in self.strange(code, "classes")
            }
            for row in self.rows(code, "classes"):
                key = (f"{code}_{row['SectionNumber']}", row["StudentID"])
                listed.add(key)
                if self.is_over(row, "DateStarted", "DateEnded"):
                    ended.add(key)
                elif (
                    not self.is_to_come(row, "DateStarted")
                    and (code, key[1]) in here
                    and key[1] not in self.strangers.student
                ):
                    found.add(key)
            for number, students in self.students_by_homeroom(code).items():
                found |= {(f"{code}_TN_{number}", student) for student in students}
        retained = strange - listed
        for key in self.before["enrollment"]:
            is_kept = (_school_of(key), key[1]) in self.kept_records
            if is_kept and (_is_homeroom(key) or key[1] in self.strangers.student):
                retained.add(key)
        kept = {
            key
            for key in self.before["enrollment"]
            if key in retained
            or not (
                self.is_gone(key, "classes", "sections", "students", homeroom=("teachers",)) or key in ended
            )
        }
        self.after["enrollment"] = {
            key
            for key in found | kept
            if (_school_of(key), key[1]) in here and (key[0],) in self.after["section"]
        }

    def staff(self) -> None:
        listed = {
            row["ID"]: is_blank(row["InactiveStatusCode"])
            for row in self.lists["staff"]
            if "staff" in self.used
        }
        is_read, strangers = "staff" in self.used, self.strangers.staff
        able = (
            {n for n, active in listed.items() if active} if is_read else {n for (n,) in self.before["staff"]}
        )
        able -= strangers
        inactive = {n for n, active in listed.items() if not active}
        teaching, named, over = set(), set(), set()
        for code in self.mapped:
            for row in self.rows(code, "sections"):
                name = f"{code}_{row['SectionNumber']}"
                for one in row["SectionStaffMembers"]:
                    is_out = not is_blank(one["InactiveStatusCode"]) or self.is_over(
                        one, "StartDate", "EndDate"
                    )
                    if is_out or self.is_to_come(one, "StartDate"):
                        over.add((name, one["StaffID"]))
                    elif one["StaffID"] in able:
                        teaching.add((name, one["StaffID"]))
            for row in self.rows(code, "teachers"):
                if is_blank(row["InactiveStatusCode"]):
                    people = {row[f"StaffID{place}"] for place in (1, 2, 3)} - {0}
                    named |= people
                    teaching |= {(f"{code}_TN_{row['TeacherNumber']}", person) for person in people & able}
        kept = {
            key
            for key in self.before["teaching"]
            if _school_of(key) in self.mapped
            and (
                key[1] in strangers
                or ((key[0],) in self.kept_sections and key[1] in able)
                or not (
                    (is_read and self.is_gone(key, "sections", homeroom=("teachers", "students")))
                    or key in over
                    or key[1] in inactive
                )
            )
        }
        self.after["teaching"] = {key for key in teaching | kept if (key[0],) in self.after["section"]}
        wanted = named | {person for _, person in self.after["teaching"]}
        found = {(n,) for n in wanted if listed.get(n) and n in able}
        is_sure = is_read and self.all_ready("sections") and self.all_ready("teachers")
        self.after["staff"] = found | {
            key for key in self.before["staff"] if key[0] in strangers or not (is_sure or key[0] in inactive)
        }

    def courses(self) -> None:
        courses = {
            f"{code}_{row['SectionNumber']}": row["CourseID"]
            for code in self.mapped
            for row in own(self.lists, f"{code}/sections")
        }
        needed = {courses.get(name, "0100") for (name,) in self.after["section"] if not _is_homeroom((name,))}
        found = {
            (row["ID"],) for row in self.lists["courses"] if "courses" in self.used and row["ID"] in needed
        }
        is_sure = "courses" in self.used and self.all_ready("sections")
        self.after["course"] = found if is_sure else found | self.before["course"]


def expected(
    before: Active,
    lists: Lists,
    read: set[str],
    mapped: set[int],
    strangers: Strangers | None = None,
    day: str = DAY,
) -> Active:
    """What is active after a pull that was let through.

    Args:
        before: what was active.
        lists: the lists by path, as Aeries had them when they were read.
        read: paths of those that were read to their end.
        mapped: codes of the mapped schools.
        strangers: whose ids are another person's.
        day: of the server.
    """
    model = _Model(before, lists, read, mapped, strangers or Strangers(), day)
    model.people()
    model.sections()
    model.enrollments()
    model.staff()
    model.courses()
    return model.after
