"""An Aeries in memory that answers single records and feeds, and a small district in which much can happen."""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections.abc import Callable, Iterable
from typing import Any

import httpx

from engine import (
    PaperAeries,
    Station,
    adds_up,
    class_row,
    course,
    homeroom_teacher,
    member,
    school,
    section,
    staff,
    student,
)
from engine.paper import as_json
from engine.rows import Row

SCHOOLS = (7, 8, 9, 10)
_KINDS = {7: "MasterSchedule", 8: "ElementaryAndMasterSchedule", 9: "Elementary", 10: ""}
_FEED = re.compile(r"(\w+DataChanges)(?:/student)?/(\d+)/(\d+)/(\d+)/(\d+)/(\d+)$")


class ChangingAeries(PaperAeries):
    """Its feeds name what differs from how the lists were when `remember` was called last, and `also`.

    Attributes:
        also: rows that the feeds name besides, by the feed's name; or, with `feeds` set, an answer in its place.
        since: the moments the feeds were asked about.
    """

    def __init__(self) -> None:
        super().__init__()
        self.also: dict[str, list[Row]] = {}
        self.feeds: dict[str, httpx.Response] = {}
        self.since: list[dt.datetime] = []
        self._before: dict[str, list[Any]] = {}

    def remember(self) -> None:
        """Everything up to now is known."""
        self._before = copy.deepcopy(self.lists)

    def name_everything(self) -> None:
        """Let the feeds name all that was known, deleted or not."""
        before = self._before
        self.also = {
            "StudentDataChanges": [row for code in SCHOOLS for row in before[f"{code}/students"]],
            "SectionDataChanges": [row for code in SCHOOLS for row in before[f"{code}/sections"]],
            "StaffDataChanges": before["staff"],
            "CourseDataChanges": before["courses"],
        }

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/aeries/api/v5/").removeprefix("schools/")
        if path in self.faults or path in self.lists or path == "systeminfo":
            return super().__call__(request)
        self.asked.append(path)
        feed = _FEED.search(path)
        if feed is not None:
            self.since.append(dt.datetime(*map(int, feed.groups()[1:])))  # type: ignore[arg-type]
            return self.feeds.get(feed[1]) or as_json([*self._changed(feed[1]), *self.also.get(feed[1], [])])
        found = self._single(path.split("/"))
        return httpx.Response(404, json={"Message": "Invalid ID"}) if found is None else as_json(found)

    # --- single records ---

    def _rows(self, endpoint: str) -> Iterable[Row]:
        return (row for path, rows in self.lists.items() if path.endswith(f"/{endpoint}") for row in rows)

    def _single(self, parts: list[str]) -> Any:
        match parts:
            case [_, "students", key]:
                return [row for row in self._rows("students") if row["StudentID"] == int(key)]
            case [code, "classes", key]:
                return [r for r in self.lists.get(f"{code}/classes", []) if r["StudentID"] == int(key)]
            case [code, "sections", key, "students"]:
                return [r for r in self.lists.get(f"{code}/classes", []) if r["SectionNumber"] == int(key)]
            case [code, "sections", key]:
                return _only(self.lists.get(f"{code}/sections", []), "SectionNumber", int(key))
            case ["staff", key]:
                return _only(self.lists["staff"], "ID", int(key))
            case ["staff", key, "classes"]:
                return [r for r in self._rows("sections") if int(key) in _members(r)]
            case ["staff", key, "teachers"]:
                slots = ("StaffID1", "StaffID2", "StaffID3")
                return [r for r in self._rows("teachers") if int(key) in [r[slot] for slot in slots]]
            case ["courses", key]:
                return _only(self.lists["courses"], "ID", key)
        return None

    # --- feeds ---

    def _changed(self, feed: str) -> list[Row]:
        match feed:
            case "StudentDataChanges":
                return self._differ("students", "SchoolCode", "StudentID", "StudentNumber")
            case "SectionDataChanges":
                return self._differ("sections", "SchoolCode", "SectionNumber")
            case "StaffDataChanges":
                return self._differ("staff", "ID")
            case "CourseDataChanges":
                return self._differ("courses", "ID")
        then, now = self._rosters(self._before), self._rosters(self.lists)
        return [
            {"SchoolCode": school, "SectionNumber": number}
            for school, number in sorted(then.keys() | now.keys())
            if then.get((school, number)) != now.get((school, number))
        ]

    def _differ(self, endpoint: str, *keys: str) -> list[Row]:
        found = []
        for path, rows in self.lists.items():
            if path == endpoint or path.endswith(f"/{endpoint}"):
                before = self._before.get(path, [])
                found += [{key: row[key] for key in keys} for row in rows if row not in before]
        return found

    @staticmethod
    def _rosters(lists: dict[str, list[Any]]) -> dict[tuple[int, int], list[Row]]:
        found: dict[tuple[int, int], list[Row]] = {}
        for path, rows in lists.items():
            for row in rows if path.endswith("/classes") else ():
                found.setdefault((row["SchoolCode"], row["SectionNumber"]), []).append(row)
        return found


def _only(rows: list[Row], field: str, key: Any) -> Row | None:
    return next((row for row in rows if row[field] == key), None)


def _members(row: Row) -> list[int]:
    return [one["StaffID"] for one in row["SectionStaffMembers"]]


def district() -> ChangingAeries:
    """Four mapped schools of four kinds and an unmapped one, each with a few people and something odd."""
    aeries = ChangingAeries()
    aeries.put(("schools", [school(0), school(6), *(school(code, _KINDS[code]) for code in SCHOOLS)]))
    aeries.put(("courses", [course(f"010{n}") for n in range(4)]))
    people = [staff(code * 100 + n) for code in SCHOOLS for n in range(4)]
    people[2]["InactiveStatusCode"] = people[5]["InactiveStatusCode"] = "I"
    aeries.put(("staff", [*people, staff(5), staff(6, PrimaryAeriesSchool=7)]))
    for code in (6, *SCHOOLS):
        _fill(aeries, code)
    aeries.remember()
    return aeries


def _fill(aeries: ChangingAeries, code: int) -> None:
    students = [student(code, code * 100 + n, HomeRoomTeacherNumber=str(n % 4)) for n in range(6)]
    students.append(student(code, code * 100 + 6, InactiveStatusCode="I"))
    students.append(student(code, 699 + (code % 2), SchoolEnterDate=f"2026-09-{code:02}T00:00:00"))
    sections: list[Row] = []
    if code in {6, 7, 8}:
        sections = [
            section(code, 1, member(code * 100)),
            section(
                code, 2, member(code * 100 + 1), member(code * 100 + 3, IsPrimaryTeacher=False), course="0101"
            ),
            section(code, 3, member(code * 100 + 2), course="0777"),
            section(code, 4, member(4242), InactiveStatusCode="I"),
        ]
    aeries.put(
        (f"{code}/students", students),
        (f"{code}/teachers", [homeroom_teacher(code, n, code * 100 + n, *([5] if n == 3 else [])) for n in (1, 2, 3)]),
        (f"{code}/sections", sections),
        (f"{code}/classes", [
            class_row(code, 1 + (n + more) % 4, code * 100 + n) for n in range(7) for more in (0, 1)
        ] if sections else []),
    )  # fmt: skip


# --- what can happen -----------------------------------------------------------------------------

Change = Callable[[ChangingAeries, int, int], None]


def _pick(rows: list[Row], place: int) -> Row:
    return rows[place % len(rows)]


def _school(which: int, *codes: int) -> int:
    return (codes or SCHOOLS)[which % len(codes or SCHOOLS)]


def _student(aeries: ChangingAeries, a: int, b: int) -> Row:
    return _pick(aeries.lists[f"{_school(a)}/students"], b)


def _renamed(aeries: ChangingAeries, a: int, b: int) -> None:
    _student(aeries, a, b)["FirstName"] = f"New{b}"


def _status(aeries: ChangingAeries, a: int, b: int) -> None:
    row = _student(aeries, a, b)
    row["InactiveStatusCode"] = "" if row["InactiveStatusCode"] else "NI*"[b % 3]


def _homeroom(aeries: ChangingAeries, a: int, b: int) -> None:
    _student(aeries, a, b)["HomeRoomTeacherNumber"] = str(b % 5)


def _moved(aeries: ChangingAeries, a: int, b: int) -> None:
    row = _student(aeries, a, b)
    row["InactiveStatusCode"] = "I"
    target = (6, *SCHOOLS)[(a + b) % 5]
    there = aeries.lists[f"{target}/students"]
    if not any(other["StudentID"] == row["StudentID"] for other in there):
        there.append(student(target, row["StudentID"], HomeRoomTeacherNumber=str(1 + b % 3)))


def _enrolled(aeries: ChangingAeries, a: int, b: int) -> None:
    code, number = _school(a), 5000 + b
    if not any(row["StudentID"] == number for row in aeries.lists[f"{code}/students"]):
        aeries.lists[f"{code}/students"].append(student(code, number, HomeRoomTeacherNumber=str(1 + b % 3)))


def _spoiled(aeries: ChangingAeries, a: int, b: int) -> None:
    _student(aeries, a, b)["Grade"] = 77


def _dropped(aeries: ChangingAeries, a: int, b: int) -> None:
    _pick(aeries.lists[f"{_school(a, 7, 8)}/classes"], b)["DateEnded"] = "2026-10-01T00:00:00"


def _ends_soon(aeries: ChangingAeries, a: int, b: int) -> None:
    _pick(aeries.lists[f"{_school(a, 7, 8)}/classes"], b)["DateEnded"] = f"{aeries.day}T00:00:00"


def _added(aeries: ChangingAeries, a: int, b: int) -> None:
    code = _school(a, 7, 8)
    student = _pick([*aeries.lists["7/students"], *aeries.lists["8/students"]], b)["StudentID"]
    aeries.lists[f"{code}/classes"].append(class_row(code, 1 + b % 4, student, DateStarted=None))


def _stray_student(aeries: ChangingAeries, a: int, b: int) -> None:
    code = _school(a, 7, 8)
    aeries.lists[f"{code}/classes"].append(class_row(code, 1 + b % 6, 88_000 + b % 2))


def _section_status(aeries: ChangingAeries, a: int, b: int) -> None:
    row = _pick(aeries.lists[f"{_school(a, 7, 8)}/sections"], b)
    row["InactiveStatusCode"] = "" if row["InactiveStatusCode"].strip() else "I"


def _new_section(aeries: ChangingAeries, a: int, b: int) -> None:
    code, number = _school(a), 10 + b % 3
    if not any(row["SectionNumber"] == number for row in aeries.lists[f"{code}/sections"]):
        aeries.lists[f"{code}/sections"].append(
            section(code, number, member(code * 100 + b % 4), course=f"010{b % 5}")
        )
        student = _pick(aeries.lists[f"{code}/students"], b)["StudentID"]
        aeries.lists[f"{code}/classes"].append(class_row(code, number, student))


def _other_course(aeries: ChangingAeries, a: int, b: int) -> None:
    _pick(aeries.lists[f"{_school(a, 7, 8)}/sections"], b)["CourseID"] = f" 010{b % 5}"


def _other_teacher(aeries: ChangingAeries, a: int, b: int) -> None:
    row = _pick(aeries.lists[f"{_school(a, 7, 8)}/sections"], b)
    who = (_school(b) * 100 + a % 4, 5, 6, 4242, 0)[b % 5]
    row["SectionStaffMembers"] = [member(who)] if a % 3 else []


def _teacher_ends(aeries: ChangingAeries, a: int, b: int) -> None:
    for one in _pick(aeries.lists[f"{_school(a, 7, 8)}/sections"], b)["SectionStaffMembers"]:
        one["EndDate"] = ("2026-10-01T00:00:00", f"{aeries.day}T00:00:00")[b % 2]


def _teacher_begins(aeries: ChangingAeries, a: int, b: int) -> None:
    for one in _pick(aeries.lists[f"{_school(a, 7, 8)}/sections"], b)["SectionStaffMembers"]:
        one["StartDate"] = ("2026-10-07T00:00:00", f"{aeries.day}T00:00:00", None)[b % 3]


def _enters_later(aeries: ChangingAeries, a: int, b: int) -> None:
    _student(aeries, a, b)["SchoolEnterDate"] = ("2026-10-07T00:00:00", f"{aeries.day}T00:00:00", None)[b % 3]


def _staff_status(aeries: ChangingAeries, a: int, b: int) -> None:
    row = _pick(aeries.lists["staff"], a + b)
    row["InactiveStatusCode"] = "" if row["InactiveStatusCode"].strip() else "I"


def _staff_renamed(aeries: ChangingAeries, a: int, b: int) -> None:
    _pick(aeries.lists["staff"], a + b)["LastName"] = ("Newname", " ")[b % 5 == 4]


def _staff_moved(aeries: ChangingAeries, a: int, b: int) -> None:
    _pick(aeries.lists["staff"], a + b)["PrimaryAeriesSchool"] = (0, 6, 7, 8)[b % 4]


def _listed(aeries: ChangingAeries, a: int, b: int) -> None:
    if not any(row["ID"] == 4242 for row in aeries.lists["staff"]):
        aeries.lists["staff"].append(staff(4242))


def _course_renamed(aeries: ChangingAeries, a: int, b: int) -> None:
    _pick(aeries.lists["courses"], a)["Title"] = f"Title {b}"


def _course_added(aeries: ChangingAeries, a: int, b: int) -> None:
    if not any(row["ID"] == "0777" for row in aeries.lists["courses"]):
        aeries.lists["courses"].append(course("0777"))


def _day_passes(aeries: ChangingAeries, a: int, b: int) -> None:
    aeries.day = min("2026-10-09", (dt.date.fromisoformat(aeries.day) + dt.timedelta(days=1)).isoformat())


CHANGES: tuple[Change, ...] = (
    _renamed, _status, _homeroom, _moved, _enrolled, _spoiled, _dropped, _ends_soon, _added, _stray_student,
    _section_status, _new_section, _other_course, _other_teacher, _teacher_ends, _teacher_begins, _enters_later, _staff_status, _staff_renamed,
    _staff_moved, _listed, _course_renamed, _course_added, _day_passes,
)  # fmt: skip


def _delete(rows: list[Row], place: int) -> None:
    if rows:
        del rows[place % len(rows)]


def _student_deleted(aeries: ChangingAeries, a: int, b: int) -> None:
    _delete(aeries.lists[f"{_school(a)}/students"], b)


def _section_deleted(aeries: ChangingAeries, a: int, b: int) -> None:
    _delete(aeries.lists[f"{_school(a, 7, 8)}/sections"], b)


def _staff_deleted(aeries: ChangingAeries, a: int, b: int) -> None:
    _delete(aeries.lists["staff"], a + b)


def _course_deleted(aeries: ChangingAeries, a: int, b: int) -> None:
    _delete(aeries.lists["courses"], a + b)


DELETIONS: tuple[Change, ...] = (_student_deleted, _section_deleted, _staff_deleted, _course_deleted)


# --- pulls ---------------------------------------------------------------------------------------


def actions(document: dict[str, Any]) -> dict[str, dict[str, int]]:
    """What an import did to the roster, by kind; what it did not do is left out."""
    found = {
        kind: {a: count[a] for a in ("created", "updated", "reactivated", "deactivated") if count[a]}
        for kind, count in document["counts"].items()
    }
    return {kind: done for kind, done in found.items() if done}


def let_all_be_quick(station: Station) -> None:
    """In a district this small almost any change is too much for a quick pull; here none is."""
    with station.master() as db:
        db.execute("UPDATE meta SET value = json_set(value, '$.full_requests', 10000) WHERE name = 'mark'")


def quick(station: Station, *, over_http: bool = False) -> dict[str, Any]:
    """A quick pull that was one, or that said why the calendar asks for a full one."""
    document = station.pull_over_http(quick=True) if over_http else station.pull(quick=True)
    assert document["outcome"] in {"completed", "completed_with_error"}, document["problem"]
    assert any("This was a quick pull" in line or "by the calendar" in line for line in station.echoed)
    assert adds_up(document)
    return document
