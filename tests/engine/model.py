"""A model of the promises: what the Master must hold, worked out in plain Python from what could be read.

Nothing here is shared with the engine. Read `expected` beside the design, section 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.rows import DAY

Lists = Mapping[str, list[dict[str, Any]]]
Active = dict[str, set[tuple[Any, ...]]]
KINDS = ("staff", "student", "course", "section", "enrollment", "teaching", "school_enrollment")


def nobody() -> Active:
    """An empty roster."""
    return {kind: set() for kind in KINDS}


def _blank(value: object) -> bool:
    return value is None or not str(value).strip()


def _school_of(key: tuple[Any, ...]) -> int:
    """The school of a section's, an enrollment's or a teaching's key."""
    return int(str(key[0]).split("_")[0])


class _Model:
    """One pull: the lists that were read, the codes of mapped schools, and what was active before."""

    def __init__(
        self, before: Active, lists: Lists, read: set[str], mapped: set[int], strangers: set[int]
    ) -> None:
        self.before, self.lists, self.read, self.mapped = before, lists, read, mapped
        self.strangers = strangers
        self.after = nobody()

    def rows(self, path: str) -> list[dict[str, Any]]:
        """What was read, but for rows that belong to another school than the list."""
        rows = self.lists.get(path, []) if path in self.read else []
        school = path.partition("/")[0]
        return [row for row in rows if not school.isdigit() or row["SchoolCode"] == int(school)]

    def all_read(self, name: str) -> bool:
        return all(f"{code}/{name}" in self.read for code in self.mapped)

    def read_at(self, school: int, *names: str) -> bool:
        return all(f"{school}/{name}" in self.read for name in names)

    def keep(
        self, kind: str, found: set[tuple[Any, ...]], *lists: str, homeroom: tuple[str, ...] = ()
    ) -> None:
        """What was found, and at schools where one of `lists` was not read also what was there before."""
        kept = {
            key
            for key in self.before[kind]
            if _school_of(key) in self.mapped
            and not self.read_at(_school_of(key), *lists, *(homeroom if "_TN_" in key[0] else ()))
        }
        self.after[kind] = found | kept

    def people(self) -> None:
        found = {
            (code, row["StudentID"])
            for code in self.mapped
            for row in self.rows(f"{code}/students")
            if _blank(row["InactiveStatusCode"]) and row["StudentID"] not in self.strangers
        }
        kept = {
            key
            for key in self.before["school_enrollment"]
            if key[0] in self.mapped and (f"{key[0]}/students" not in self.read or key[1] in self.strangers)
        }
        self.after["school_enrollment"] = found | kept
        students = {(student,) for _, student in found | kept}
        left = {
            (row["StudentID"],)
            for code in self.mapped
            for row in self.rows(f"{code}/students")
            if not _blank(row["InactiveStatusCode"])
        }
        maybe = set() if self.all_read("students") else self.before["student"] - left
        self.after["student"] = students | maybe

    def sections(self) -> None:
        found = set()
        for code in self.mapped:
            found |= {
                (f"{code}_{row['SectionNumber']}",)
                for row in self.rows(f"{code}/sections")
                if _blank(row["InactiveStatusCode"])
            }
            found |= {(f"{code}_TN_{number}",) for number in self.homerooms(code)}
        found |= {(name,) for name in self.kept_homerooms()}
        self.keep("section", found, "sections", homeroom=("teachers", "students"))

    def kept_homerooms(self) -> set[str]:
        """Whoever is kept because the id stands for somebody else keeps the homeroom."""
        return {
            name
            for name, student in self.before["enrollment"]
            if "_TN_" in name
            and student in self.strangers
            and _school_of((name,)) in self.mapped
            and (_school_of((name,)), student) in self.before["school_enrollment"]
        }

    def is_elementary(self, code: int) -> bool:
        return any(
            row["SchoolCode"] == code and row["ScheduleType"] == "Elementary" for row in self.lists["schools"]
        )

    def students_by_homeroom(self, code: int) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        for row in self.rows(f"{code}/students"):
            is_in = _blank(row["InactiveStatusCode"]) and row["StudentID"] not in self.strangers
            if is_in and int(row["HomeRoomTeacherNumber"]):
                found.setdefault(int(row["HomeRoomTeacherNumber"]), set()).add(row["StudentID"])
        return found

    def homerooms(self, code: int) -> set[int]:
        if not self.is_elementary(code) or f"{code}/sections" not in self.read:
            return set()
        named = self.students_by_homeroom(code)
        return {
            row["TeacherNumber"]
            for row in self.rows(f"{code}/teachers")
            if _blank(row["InactiveStatusCode"]) and row["TeacherNumber"] in named
        }

    def enrollments(self) -> None:
        found = set()
        for code in self.mapped:
            for row in self.rows(f"{code}/classes"):
                key = (f"{code}_{row['SectionNumber']}", row["StudentID"])
                runs = row["DateStarted"][:10] <= DAY and (
                    row["DateEnded"] is None or row["DateEnded"][:10] >= DAY
                )
                if (
                    runs
                    and (key[0],) in self.after["section"]
                    and (code, key[1]) in self.after["school_enrollment"]
                    and key[1] not in self.strangers
                ):
                    found.add(key)
            for number, students in self.students_by_homeroom(code).items():
                name = f"{code}_TN_{number}"
                if (name,) in self.after["section"]:
                    found |= {(name, student) for student in students}
        self.keep("enrollment", found, "classes", "sections", "students", homeroom=("teachers",))
        self.after["enrollment"] |= {
            key
            for key in self.before["enrollment"]
            if key[1] in self.strangers
            and _school_of(key) in self.mapped
            and (key[0],) in self.after["section"]
        }
        here = self.after["school_enrollment"]
        self.after["enrollment"] = {
            key
            for key in self.after["enrollment"]
            if (_school_of(key), key[1]) in here and (key[0],) in self.after["section"]
        }

    def staff(self) -> None:
        listed = {row["ID"]: _blank(row["InactiveStatusCode"]) for row in self.rows("staff")}
        is_read = "staff" in self.read
        able = (
            {n for n, active in listed.items() if active} if is_read else {n for (n,) in self.before["staff"]}
        )
        teaching, named, over = set(), set(), set()
        for code in self.mapped:
            for row in self.rows(f"{code}/sections"):
                name = f"{code}_{row['SectionNumber']}"
                if (name,) in self.after["section"]:
                    for one in row["SectionStaffMembers"]:
                        begun = one["StartDate"] is None or one["StartDate"][:10] <= DAY
                        if not _blank(one["InactiveStatusCode"]) or not begun:
                            over.add((name, one["StaffID"]))
                        elif one["StaffID"] in able:
                            teaching.add((name, one["StaffID"]))
            for row in self.rows(f"{code}/teachers"):
                if _blank(row["InactiveStatusCode"]):
                    people = {row[f"StaffID{place}"] for place in (1, 2, 3)} - {0}
                    named |= people
                    name = f"{code}_TN_{row['TeacherNumber']}"
                    if (name,) in self.after["section"]:
                        teaching |= {(name, person) for person in people & able}
        over -= teaching
        self.keep("teaching", teaching, "sections", homeroom=("teachers", "students"))
        self.after["teaching"] |= {
            key for key in self.before["teaching"] if key[0] in self.kept_homerooms() and key[1] in able
        }
        if not is_read:
            self.after["teaching"] |= {k for k in self.before["teaching"] if _school_of(k) in self.mapped}
        inactive = {n for n, active in listed.items() if not active}
        self.after["teaching"] = {
            key
            for key in self.after["teaching"]
            if (key[0],) in self.after["section"] and key not in over and key[1] not in inactive
        }
        wanted = named | {person for _, person in self.after["teaching"]}
        found = {(n,) for n in wanted if listed.get(n)}
        is_sure = is_read and self.all_read("sections") and self.all_read("teachers")
        self.after["staff"] = (
            found if is_sure else found | {k for k in self.before["staff"] if k[0] not in inactive}
        )

    def courses(self) -> None:
        courses = {
            f"{code}_{row['SectionNumber']}": row["CourseID"]
            for code in self.mapped
            for row in self.lists.get(f"{code}/sections", [])
        }
        used = {courses.get(name, "0100") for (name,) in self.after["section"] if "_TN_" not in name}
        found = {(row["ID"],) for row in self.rows("courses") if row["ID"] in used}
        is_sure = "courses" in self.read and self.all_read("sections")
        self.after["course"] = found if is_sure else found | self.before["course"]


def expected(
    before: Active, lists: Lists, read: set[str], mapped: set[int], strangers: set[int] | None = None
) -> Active:
    """What is active after a pull that was let through.

    Args:
        before: what was active.
        lists: the lists by path, as Aeries had them when they were read.
        read: paths of those that were read to their end.
        mapped: codes of the mapped schools.
        strangers: ids of students that stand for other people now, about whom nobody has decided.
    """
    model = _Model(before, lists, read, mapped, strangers or set())
    model.people()
    model.sections()
    model.enrollments()
    model.staff()
    model.courses()
    return model.after
