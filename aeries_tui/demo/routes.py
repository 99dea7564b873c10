"""What a path asks for: the end points of the contract, section 7, each with its permission area."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

AREA_OF: dict[str, str] = {
    "students": "Student Data", "student": "Student Data", "students_grade": "Student Data",
    "students_sn": "Student Data", "classes": "Class Schedules/History",
    "student_classes": "Class Schedules/History", "roster": "Class Schedules/History",
    "roster_changes": "Class Schedules/History", "teachers": "Teacher Data", "teacher": "Teacher Data",
    "staff_teachers": "Teacher Data", "staff": "Staff Data", "staff_member": "Staff Data",
    "staff_changes": "Staff Data", "sections": "Master Schedule", "section": "Master Schedule",
    "staff_classes": "Master Schedule", "section_changes": "Master Schedule", "courses": "Course Data",
    "course": "Course Data", "course_changes": "Course Data",
}  # fmt: skip
"""The permission area that each end point needs; a certificate is granted them one by one."""

_CHANGES = {
    "sectiondatachanges": "section_changes", "sectionrosterdatachanges": "roster_changes",
    "coursedatachanges": "course_changes", "staffdatachanges": "staff_changes",
}  # fmt: skip


@dataclass(frozen=True)
class Call:
    """One request, understood.

    Attributes:
        endpoint: the name of the end point, as in `AREA_OF`; those that need no area have one as well.
        school: the school's code in the path, if there is one.
        keys: what else the path names: ids, or the parts of a moment.
        area: the permission area, or blank.
    """

    endpoint: str
    school: int | None = None
    keys: tuple[str, ...] = ()
    area: str = ""


def _number(text: str) -> int | None:
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 12 else None


def _call(endpoint: str, school: int | None = None, *keys: str) -> Call:
    area = AREA_OF.get(endpoint, "")
    if endpoint == "student_changes":
        area = "Class Schedules/History" if keys[0] == "class" else "Student Data"
    return Call(endpoint, school, keys, area)


def _under_school(code: int, rest: list[str]) -> Call | None:
    match [part.lower() for part in rest], rest:
        case [], _:
            return _call("school", code)
        case ["terms"], _:
            return _call("terms", code)
        case ["students" | "teachers" | "sections" | "classes" as name], _:
            return _call(name, code)
        case ["students", "grade", _], [_, _, grade]:
            return _call("students_grade", code, grade)
        case ["students", "sn", _], [_, _, number]:
            return _call("students_sn", code, number)
        case ["students", _], [_, number]:
            return _call("students" if number == "0" else "student", code, number)
        case ["classes", _], [_, number]:
            return _call("classes" if number == "0" else "student_classes", code, number)
        case ["teachers", _], [_, number]:
            return _call("teacher", code, number)
        case ["sections", _], [_, number]:
            return _call("section", code, number)
        case ["sections", _, "students"], [_, number, _]:
            return _call("roster", code, number)
    return None


def _of_district(parts: list[str]) -> Call | None:
    lower = [part.lower() for part in parts]
    match lower:
        case ["systeminfo" | "schools" | "staff" | "courses" as name]:
            return _call(name)
        case ["staff", _]:
            return _call("staff_member", None, parts[1])
        case ["staff", _, "teachers" | "classes" as what]:
            return _call(f"staff_{what}", None, parts[1])
        case ["courses", _]:
            return _call("course", None, parts[1])
        case ["codes", _, _]:
            return _call("codes", None, *lower[1:])
        case ["studentdatachanges", area, _, _, _, _, _]:
            return _call("student_changes", None, area, *parts[2:])
        case [feed, _, _, _, _, _] if feed in _CHANGES:
            return _call(_CHANGES[feed], None, *parts[1:])
    return None


def understand(path: str, root: str) -> Call | None:
    """The call that a path (still escaped) makes, or none if it is not of the API.

    Args:
        path: the path of the request, with the root.
        root: where the application is mounted, "/aeries", or "" for no root at all.
    """
    prefix = f"{root}/api/v5/".lower()
    if not path.lower().startswith(prefix):
        return None
    parts = [unquote(part) for part in path[len(prefix) :].rstrip("/").split("/")]
    if parts[0].lower() == "schools" and len(parts) > 1:
        code = _number(parts[1])
        return None if code is None else _under_school(code, parts[2:])
    return _of_district(parts)
