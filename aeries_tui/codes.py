"""The one table of description codes: severity, sentence, remedy, and where in Aeries to do it.

A code never changes its meaning. Severity F stops the pull, E leaves the record out
(or the list unread), W keeps it. Of a person only the id, the school and one name are needed: REC-TYPE and
REC-DATE of any other field of theirs are W.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Severity = Literal["F", "E", "W"]


class Code(StrEnum):
    """The stable code of each problem, `FAMILY-WHAT`; it never changes its meaning."""

    SRC_URL = "SRC-URL"
    SRC_TLS = "SRC-TLS"
    SRC_LOGIN_PAGE = "SRC-LOGIN-PAGE"
    SRC_WINDOWS_AUTH = "SRC-WINDOWS-AUTH"
    SRC_CERTIFICATE = "SRC-CERTIFICATE"
    SRC_PERMISSION = "SRC-PERMISSION"
    SRC_TIMEOUT = "SRC-TIMEOUT"
    SRC_SERVER = "SRC-SERVER"
    SRC_THROTTLED = "SRC-THROTTLED"
    SRC_TRUNCATED = "SRC-TRUNCATED"
    SRC_EMPTY = "SRC-EMPTY"
    SRC_PAGING = "SRC-PAGING"
    SRC_YEAR = "SRC-YEAR"
    SRC_GATEWAY = "SRC-GATEWAY"
    RUN_HELD_LOSS = "RUN-HELD-LOSS"
    RUN_HELD_CHANGE = "RUN-HELD-CHANGE"
    RUN_HELD_YEAR = "RUN-HELD-YEAR"
    RUN_HELD_BLANKED = "RUN-HELD-BLANKED"
    RUN_HELD_GROWTH = "RUN-HELD-GROWTH"
    RUN_HELD_RESTORE = "RUN-HELD-RESTORE"
    RUN_HELD_IDENTITY = "RUN-HELD-IDENTITY"
    RUN_HELD_CHECK = "RUN-HELD-CHECK"
    RUN_INTERRUPTED = "RUN-INTERRUPTED"
    RUN_EMPTY = "RUN-EMPTY"
    MAP_UNMAPPED = "MAP-UNMAPPED"
    MAP_GONE = "MAP-GONE"
    MAP_DUPLICATE = "MAP-DUPLICATE"
    MAP_EMPTY = "MAP-EMPTY"
    REC_REQUIRED = "REC-REQUIRED"
    REC_MISSING = "REC-MISSING"
    REC_TYPE = "REC-TYPE"
    REC_UNREADABLE = "REC-UNREADABLE"
    REC_DUPLICATE = "REC-DUPLICATE"
    REC_IDENTITY = "REC-IDENTITY"
    REC_RENUMBERED = "REC-RENUMBERED"
    REC_GRADE = "REC-GRADE"
    REC_DATE = "REC-DATE"
    REC_EMAIL_FORMAT = "REC-EMAIL-FORMAT"
    REC_EMAIL_SHARED = "REC-EMAIL-SHARED"
    REC_USERNAME_TAKEN = "REC-USERNAME-TAKEN"
    STAFF_NO_EMAIL = "STAFF-NO-EMAIL"
    STUDENT_NO_EMAIL = "STUDENT-NO-EMAIL"
    STUDENT_NO_SECTION = "STUDENT-NO-SECTION"
    SECTION_NO_TEACHER = "SECTION-NO-TEACHER"
    SECTION_NO_STUDENTS = "SECTION-NO-STUDENTS"
    SECTION_COUNT = "SECTION-COUNT"
    REF_SCHOOL = "REF-SCHOOL"
    REF_STUDENT = "REF-STUDENT"
    REF_STAFF = "REF-STAFF"
    REF_SECTION = "REF-SECTION"
    REF_COURSE = "REF-COURSE"
    REF_TERM = "REF-TERM"


@dataclass(frozen=True)
class CodeText:
    """What is said of one code.

    Attributes:
        code: the code.
        severity: F stops the pull, E leaves the record or list out, W keeps it.
        sentence: what is wrong, for a person.
        remedy: what to do about it.
        page: the page (Aeries menu path, or a screen of this program) on which to do it.
    """

    code: str
    severity: Severity
    sentence: str
    remedy: str
    page: str


_API = "Aeries: Security > API Security"
_STUDENT = "Aeries: Student Data > Demographics"
_STAFF = "Aeries: School Info > Staff > Staff"
_TEACHERS = "Aeries: School Info > Staff > Teachers"
_SECTIONS = "Aeries: Scheduling Process > Master Schedule > Sections"
_CLASSES = "Aeries: Student Data > Scheduling > Classes"
_COURSES = "Aeries: School Info > Courses"
_SCHOOL = "Aeries: School Info > Configurations > School"
_HERE = "aeries-tui: "

_ALL: tuple[CodeText, ...] = (
    CodeText(Code.SRC_URL, "F", "The address does not lead to the Aeries API.",
         "Open Aeries in a browser, copy the address up to /Login.aspx, and enter it as the Instance URL.",
         _HERE + "Credentials"),
    CodeText(Code.SRC_TLS, "F", "The server's TLS certificate could not be verified.",
         "Have the server's certificate chain repaired, or name the district's own CA file as source.ca_file. "
         "Verification is never switched off.", _HERE + "config.toml [source]"),
    CodeText(Code.SRC_LOGIN_PAGE, "F", "Aeries answered with a web page, usually its sign-in page, in place of data.",
         "Check the Instance URL; the student/parent portal's address often works where the staff one does not.",
         _HERE + "Credentials"),
    CodeText(Code.SRC_WINDOWS_AUTH, "F", "The site asks for a Windows sign-in before Aeries is reached.",
         "Use the address of the public portal, or have /api exempted from Windows authentication. "
         "The certificate is not the problem.", _HERE + "Credentials"),
    CodeText(Code.SRC_CERTIFICATE, "F", "Aeries refused the API certificate.",
         "Compare the certificate letter by letter (case counts), and check in Aeries that the record is "
         "active and its Type is blank.", _API),
    CodeText(Code.SRC_PERMISSION, "E", "The certificate has no permission for this list.",
         "Tick Read for the named area on the certificate's record, then pull again.", _API),
    CodeText(Code.SRC_TIMEOUT, "E", "Aeries did not answer in time.",
         "Pull again outside peak hours; if it stays slow, lower source.requests_at_a_time.",
         _HERE + "config.toml [source]"),
    CodeText(Code.SRC_SERVER, "E", "Aeries answered with a server error or not at all.",
         "Pull again later; if it lasts, give the time and the list to whoever runs the Aeries server.",
         _HERE + "Pull"),
    CodeText(Code.SRC_THROTTLED, "E", "Aeries kept asking to slow down.",
         "Pull again later, or lower source.requests_at_a_time.", _HERE + "config.toml [source]"),
    CodeText(Code.SRC_TRUNCATED, "E", "An answer broke off or was not valid JSON.",
         "Pull again; if it repeats for the same list, look for a proxy or a time limit between here and Aeries.",
         _HERE + "Pull"),
    CodeText(Code.SRC_EMPTY, "E", "A list came back empty.",
         "Check in Aeries that the school still has these records and that the certificate may read them. "
         "Where it has none, unmap the school.", _API),
    CodeText(Code.SRC_PAGING, "E", "The list changed again and again while it was read.",
         "Pull again outside school hours.", _HERE + "Pull"),
    CodeText(Code.SRC_YEAR, "F", "Aeries gave another school year than was asked for.",
         "Check the certificate's default database and its access to other years.", _API),
    CodeText(Code.SRC_GATEWAY, "E", "Something in front of Aeries answered in its place: a firewall, a gateway, a maintenance page.",
         "Pull again later; if it lasts, have whoever runs the network or the Aeries server let this machine's "
         "requests through to the API. Certificate and permissions have nothing to do with it.", _HERE + "Pull"),
    CodeText(Code.RUN_HELD_LOSS, "W", "The import would deactivate unusually many records.",
         "Read the plan; approve it if the loss is real, discard it if Aeries was incomplete.", _HERE + "Pull > Plan"),
    CodeText(Code.RUN_HELD_CHANGE, "W", "The import would change unusually many records.",
         "Read the plan field by field; approve or discard it.", _HERE + "Pull > Plan"),
    CodeText(Code.RUN_HELD_YEAR, "W", "The school year in Aeries is another than that of the District Master, or, "
         "at a first pull, than the one that is held by the server's date.",
         "Run the end-of-year archive first, then pull the new year. At a first pull: choose the year with "
         "aeries-tui pull --year or pull.school_year, or approve the plan.", _HERE + "Archive"),
    CodeText(Code.RUN_HELD_BLANKED, "W", "A field that was filled is suddenly blank for most records.",
         "Check in Aeries whether the certificate may still read that field; then approve or discard.", _API),
    CodeText(Code.RUN_HELD_GROWTH, "W", "The import would add unusually many records.",
         "Read the plan; approve it if the new records are real, discard it if they are not this district's.",
         _HERE + "Pull > Plan"),
    CodeText(Code.RUN_HELD_RESTORE, "W", "The roster of an archive would be brought back.",
         "Read the plan; approve it to go back to that roster, discard it to stay.", _HERE + "Pull > Plan"),
    CodeText(Code.RUN_HELD_IDENTITY, "W", "Unusually many ids stand for other people than before.",
         "See whether Aeries gave out its ids anew or another district was read; discard the plan then. Otherwise "
         "decide about each person, or approve: all others are brought in, these are left out.",
         _HERE + "Pull > Plan"),
    CodeText(Code.RUN_HELD_CHECK, "W", "A check of the district's own found so much that the plan waits.",
         "Read what it found in Descriptions; mend it in Aeries and pull again, or approve the plan.",
         _HERE + "Pull > Plan"),
    CodeText(Code.RUN_INTERRUPTED, "W", "The pull ended before it was done; nothing was applied.",
         "Run aeries-tui pull --resume to go on from what was already read.", _HERE + "Pull"),
    CodeText(Code.RUN_EMPTY, "E", "The district has no active staff, or no active section.",
         "Check in Aeries that the year's staff and master schedule are there, that the right school year is pulled, "
         "and that the certificate may read them.", _API),
    CodeText(Code.MAP_UNMAPPED, "W", "An Aeries school has no ALI school and takes no part in the pull.",
         "Map the school, or exclude it.", _HERE + "Schools"),
    CodeText(Code.MAP_GONE, "E", "A mapped school is no longer in the list of Aeries.",
         "Check whether the school was closed or renumbered; then map its successor or unmap it.",
         _HERE + "Schools"),
    CodeText(Code.MAP_DUPLICATE, "W", "Two Aeries schools are mapped to one ALI school.",
         "Check that both really belong there; otherwise map one of them anew.", _HERE + "Schools"),
    CodeText(Code.MAP_EMPTY, "E", "A mapped school has no active student.",
         "Check in Aeries that the school's students are active in the year that is pulled; where it has none, "
         "unmap the school.", _HERE + "Schools"),
    CodeText(Code.REC_REQUIRED, "E", "A required field is missing.",
         "Fill the field in Aeries.", _STUDENT),
    CodeText(Code.REC_MISSING, "W", "A field that is usually filled is missing; the last good value stays.",
         "Fill the field in Aeries.", _STUDENT),
    CodeText(Code.REC_TYPE, "E", "A field holds a value of the wrong kind.",
         "Correct the field in Aeries.", _STUDENT),
    CodeText(Code.REC_UNREADABLE, "E", "A record can't be read: it is no JSON object in UTF-8.",
         "The record may be right in Aeries: have whoever runs the Aeries server, or what stands before it, send "
         "its answers unchanged and in UTF-8. Until then retyping the record's accented letters may help.", _STUDENT),
    CodeText(Code.REC_DUPLICATE, "W", "The list holds the same record twice with different content; the first was kept.",
         "Remove the second record in Aeries.", _STUDENT),
    CodeText(Code.REC_IDENTITY, "E", "The id stands for another person than before.",
         "Say whether it is the same person (a correction) or another: aeries-tui people same|another "
         "student|staff ID --reason TEXT, or on the person's screen. Until then the last good version stays.",
         _HERE + "People"),
    CodeText(Code.REC_RENUMBERED, "W", "The person seems to have had another id, which is gone.",
         "If it is the same person, carry the account over: aeries-tui people same student|staff ID --reason TEXT, "
         "or on the person's screen. If it is another one, say so in the same way.", _HERE + "People"),
    CodeText(Code.REC_GRADE, "W", "The grade is outside -2 to 18.",
         "Correct the grade in Aeries.", _STUDENT),
    CodeText(Code.REC_DATE, "E", "A date cannot be read or does not exist.",
         "Correct the date in Aeries.", _STUDENT),
    CodeText(Code.REC_EMAIL_FORMAT, "W", "The e-mail address is not a valid one.",
         "Correct the address in Aeries; single sign-on by e-mail will not work until then.", _STUDENT),
    CodeText(Code.REC_EMAIL_SHARED, "W", "Several people share one e-mail address.",
         "Give each their own address in Aeries; single sign-on can't tell them apart.", _STUDENT),
    CodeText(Code.REC_USERNAME_TAKEN, "W", "The user name the rule gives is taken by somebody else.",
         "Nothing need be done: a number was added. To choose another rule see [accounts].",
         _HERE + "config.toml [accounts]"),
    CodeText(Code.STAFF_NO_EMAIL, "W", "A member of staff has no e-mail address.",
         "Enter the address in Aeries if the person is to use single sign-on.", _STAFF),
    CodeText(Code.STUDENT_NO_EMAIL, "W", "A student has no e-mail address.",
         "Enter the address in Aeries if the student is to use single sign-on.", _STUDENT),
    CodeText(Code.STUDENT_NO_SECTION, "W", "An active student is in no section.",
         "Schedule the student in Aeries, or check that the classes list may be read.", _CLASSES),
    CodeText(Code.SECTION_NO_TEACHER, "W", "An active section has no teacher.",
         "Assign a teacher to the section in Aeries.", _SECTIONS),
    CodeText(Code.SECTION_NO_STUDENTS, "W", "An active section has no students today.",
         "Check the section; if it is no longer taught, set it inactive in Aeries.", _SECTIONS),
    CodeText(Code.SECTION_COUNT, "W", "The section's own count of students differs from its roster.",
         "Have Aeries recount the section totals, or check the class dates.", _SECTIONS),
    CodeText(Code.REF_SCHOOL, "E", "The record belongs to another school than the one asked for.",
         "Pull again; if it repeats, report it to whoever runs the Aeries server.", _SCHOOL),
    CodeText(Code.REF_STUDENT, "E", "A class names a student who is not in the student list.",
         "Check the student's record at that school in Aeries.", _CLASSES),
    CodeText(Code.REF_STAFF, "E", "A section names a member of staff who is not in the staff list.",
         "Check whether the staff record exists and whether the certificate excludes expired accounts.", _API),
    CodeText(Code.REF_SECTION, "E", "A class names a section that is not in the section list.",
         "Check the section in Aeries; with Combine Sections set on the certificate, check its ClassID.", _SECTIONS),
    CodeText(Code.REF_COURSE, "W", "A section names a course that is not in the course list.",
         "Correct the section's course in Aeries.", _COURSES),
    CodeText(Code.REF_TERM, "W", "A section names a term that its school does not have.",
         "Correct the section's semester, or the school's terms, in Aeries.", _SCHOOL),
)  # fmt: skip

CODES: dict[str, CodeText] = {text.code: text for text in _ALL}

_MENDED_HERE = frozenset({Code.REC_USERNAME_TAKEN, Code.REC_IDENTITY, Code.REC_RENUMBERED})
_PAGE_OF_KIND: dict[str, str] = {
    "staff": _STAFF,
    "teacher": _TEACHERS,
    "course": _COURSES,
    "section": _SECTIONS,
    "teaching": _SECTIONS,
    "enrollment": _CLASSES,
    "school": _SCHOOL,
}


def page_for(code: str, kind: str = "") -> str:
    """The page on which the problem is mended; for REC-* codes it depends on the kind of record.

    Args:
        code: a name in `CODES`.
        kind: of the record: one of the roster's, `teacher`, `school`, or blank.
    """
    if code.startswith("REC-") and code not in _MENDED_HERE:
        return _PAGE_OF_KIND.get(kind, CODES[code].page)
    return CODES[code].page
