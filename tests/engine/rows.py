"""Rows as Aeries sends them, with just what a test does not care about filled in."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
DAY = "2026-10-05"


def school(code: int, kind: str = "MasterSchedule", **fields: Any) -> Row:
    return {"SchoolCode": code, "Name": f"School {code}", "ScheduleType": kind, "Terms": [], **fields}


def student(school: int, number: int, **fields: Any) -> Row:
    return {
        "SchoolCode": school,
        "StudentID": number,
        "StudentNumber": number % 1000,
        "LastName": f"Lastname{number}",
        "FirstName": f"Firstname{number}",
        "Grade": 5,
        "InactiveStatusCode": "",
        "StudentEmailAddress": f"s{number}@example.org",
        "HomeRoomTeacherNumber": "0",
        **fields,
    }


def member(number: int, **fields: Any) -> Row:
    return {
        "StaffID": number, "IsPrimaryTeacher": True, "StartDate": None, "EndDate": None,
        "InactiveStatusCode": "", **fields,
    }  # fmt: skip


def section(school: int, number: int, *members: Row, course: str = "0100", **fields: Any) -> Row:
    return {
        "SchoolCode": school,
        "SectionNumber": number,
        "Period": "1",
        "Semester": "Y",
        "CourseID": course,
        "Room": "7",
        "InactiveStatusCode": " ",
        "SectionStaffMembers": list(members),
        **fields,
    }


def class_row(school: int, section: int, student: int, **fields: Any) -> Row:
    return {
        "StudentID": student,
        "SchoolCode": school,
        "SequenceNumber": section,
        "SectionNumber": section,
        "CourseID": "0100",
        "DateStarted": "2026-08-15T00:00:00",
        "DateEnded": "2027-06-05T00:00:00",
        **fields,
    }


def staff(number: int, **fields: Any) -> Row:
    return {
        "ID": number,
        "LastName": f"Teacherlast{number}",
        "FirstName": f"Teacherfirst{number}",
        "EmailAddress": f"t{number}@example.org",
        "InactiveStatusCode": " ",
        "PrimaryAeriesSchool": 0,
        **fields,
    }


def homeroom_teacher(school: int, number: int, *people: int, **fields: Any) -> Row:
    slots = {f"StaffID{place}": person for place, person in enumerate((*people, 0, 0, 0)[:3], 1)}
    return {
        "SchoolCode": school, "TeacherNumber": number, "DisplayName": f"Room {number}", "Room": "1",
        "InactiveStatusCode": "", **slots, **fields,
    }  # fmt: skip


def course(number: str, **fields: Any) -> Row:
    return {"ID": number, "Title": f"Course {number}", "LongDescription": None, **fields}
