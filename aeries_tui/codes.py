"""The one table of description codes: severity, sentence, remedy, and where in Aeries to do it.

A code never changes its meaning. Severity F stops the pull, E leaves the record out
(or the list unread), W keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["F", "E", "W"]


@dataclass(frozen=True)
class Code:
    """One kind of problem.

    Attributes:
        name: the stable code, `FAMILY-WHAT`.
        severity: F stops the pull, E leaves the record or list out, W keeps it.
        sentence: what is wrong, for a person.
        remedy: what to do about it.
        page: the page (Aeries menu path, or a screen of this program) on which to do it.
    """

    name: str
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

_ALL: tuple[Code, ...] = (
    Code("SRC-URL", "F", "The address does not lead to the Aeries API.",
         "Open Aeries in a browser, copy the address up to /Login.aspx, and enter it as the Instance URL.",
         _HERE + "Credentials"),
    Code("SRC-TLS", "F", "The server's TLS certificate could not be verified.",
         "Have the server's certificate chain repaired, or name the district's own CA file as source.ca_file. "
         "Verification is never switched off.", _HERE + "config.toml [source]"),
    Code("SRC-LOGIN-PAGE", "F", "Aeries answered with a web page, usually its sign-in page, in place of data.",
         "Check the Instance URL; the student/parent portal's address often works where the staff one does not.",
         _HERE + "Credentials"),
    Code("SRC-WINDOWS-AUTH", "F", "The site asks for a Windows sign-in before Aeries is reached.",
         "Use the address of the public portal, or have /api exempted from Windows authentication. "
         "The certificate is not the problem.", _HERE + "Credentials"),
    Code("SRC-CERTIFICATE", "F", "Aeries refused the API certificate.",
         "Compare the certificate letter by letter (case counts), and check in Aeries that the record is "
         "active and its Type is blank.", _API),
    Code("SRC-PERMISSION", "E", "The certificate has no permission for this list.",
         "Tick Read for the named area on the certificate's record, then pull again.", _API),
    Code("SRC-TIMEOUT", "E", "Aeries did not answer in time.",
         "Pull again outside peak hours; if it stays slow, lower source.requests_at_a_time.",
         _HERE + "config.toml [source]"),
    Code("SRC-SERVER", "E", "Aeries answered with a server error or not at all.",
         "Pull again later; if it lasts, give the time and the list to whoever runs the Aeries server.",
         _HERE + "Pull"),
    Code("SRC-THROTTLED", "E", "Aeries kept asking to slow down.",
         "Pull again later, or lower source.requests_at_a_time.", _HERE + "config.toml [source]"),
    Code("SRC-TRUNCATED", "E", "An answer broke off or was not valid JSON.",
         "Pull again; if it repeats for the same list, look for a proxy or a time limit between here and Aeries.",
         _HERE + "Pull"),
    Code("SRC-EMPTY", "W", "A list came back empty.",
         "Check in Aeries that the school still has these records and that the certificate may read them.", _API),
    Code("SRC-PAGING", "E", "The list changed again and again while it was read.",
         "Pull again outside school hours.", _HERE + "Pull"),
    Code("SRC-YEAR", "F", "Aeries gave another school year than was asked for.",
         "Check the certificate's default database and its access to other years.", _API),
    Code("RUN-HELD-LOSS", "W", "The import would deactivate unusually many records.",
         "Read the plan; approve it if the loss is real, discard it if Aeries was incomplete.", _HERE + "Pull > Plan"),
    Code("RUN-HELD-CHANGE", "W", "The import would change unusually many records.",
         "Read the plan field by field; approve or discard it.", _HERE + "Pull > Plan"),
    Code("RUN-HELD-YEAR", "W", "The school year in Aeries is another than that of the District Master.",
         "Run the end-of-year archive first, then pull the new year.", _HERE + "Archive"),
    Code("RUN-HELD-BLANKED", "W", "A field that was filled is suddenly blank for most records.",
         "Check in Aeries whether the certificate may still read that field; then approve or discard.", _API),
    Code("RUN-HELD-RESTORE", "W", "The roster of an archive would be brought back.",
         "Read the plan; approve it to go back to that roster, discard it to stay.", _HERE + "Pull > Plan"),
    Code("RUN-INTERRUPTED", "W", "The pull ended before it was done; nothing was applied.",
         "Run aeries-tui pull --resume to go on from what was already read.", _HERE + "Pull"),
    Code("MAP-UNMAPPED", "W", "An Aeries school has no ALI school and takes no part in the pull.",
         "Map the school, or exclude it.", _HERE + "Schools"),
    Code("MAP-GONE", "E", "A mapped school is no longer in the list of Aeries.",
         "Check whether the school was closed or renumbered; then map its successor or unmap it.",
         _HERE + "Schools"),
    Code("MAP-DUPLICATE", "W", "Two Aeries schools are mapped to one ALI school.",
         "Check that both really belong there; otherwise map one of them anew.", _HERE + "Schools"),
    Code("REC-REQUIRED", "E", "A required field is missing.",
         "Fill the field in Aeries.", _STUDENT),
    Code("REC-TYPE", "E", "A field holds a value of the wrong kind.",
         "Correct the field in Aeries.", _STUDENT),
    Code("REC-DUPLICATE", "W", "The list holds the same record twice with different content; the first was kept.",
         "Remove the second record in Aeries.", _STUDENT),
    Code("REC-GRADE", "E", "The grade is outside -2 to 18.",
         "Correct the grade in Aeries.", _STUDENT),
    Code("REC-DATE", "E", "A date cannot be read or does not exist.",
         "Correct the date in Aeries.", _STUDENT),
    Code("REC-EMAIL-FORMAT", "W", "The e-mail address is not a valid one.",
         "Correct the address in Aeries; single sign-on by e-mail will not work until then.", _STUDENT),
    Code("REC-EMAIL-SHARED", "W", "Several people share one e-mail address.",
         "Give each their own address in Aeries; single sign-on can't tell them apart.", _STUDENT),
    Code("REC-USERNAME-TAKEN", "W", "The user name the rule gives is taken by somebody else.",
         "Nothing need be done: a number was added. To choose another rule see [accounts].",
         _HERE + "config.toml [accounts]"),
    Code("STAFF-NO-EMAIL", "W", "A member of staff has no e-mail address.",
         "Enter the address in Aeries if the person is to use single sign-on.", _STAFF),
    Code("STUDENT-NO-EMAIL", "W", "A student has no e-mail address.",
         "Enter the address in Aeries if the student is to use single sign-on.", _STUDENT),
    Code("STUDENT-NO-SECTION", "W", "An active student is in no section.",
         "Schedule the student in Aeries, or check that the classes list may be read.", _CLASSES),
    Code("SECTION-NO-TEACHER", "W", "An active section has no teacher.",
         "Assign a teacher to the section in Aeries.", _SECTIONS),
    Code("SECTION-NO-STUDENTS", "W", "An active section has no students today.",
         "Check the section; if it is no longer taught, set it inactive in Aeries.", _SECTIONS),
    Code("SECTION-COUNT", "W", "The section's own count of students differs from its roster.",
         "Have Aeries recount the section totals, or check the class dates.", _SECTIONS),
    Code("REF-SCHOOL", "E", "The record belongs to another school than the one asked for.",
         "Pull again; if it repeats, report it to whoever runs the Aeries server.", _SCHOOL),
    Code("REF-STUDENT", "E", "A class names a student who is not in the student list.",
         "Check the student's record at that school in Aeries.", _CLASSES),
    Code("REF-STAFF", "E", "A section names a member of staff who is not in the staff list.",
         "Check whether the staff record exists and whether the certificate excludes expired accounts.", _API),
    Code("REF-SECTION", "E", "A class names a section that is not in the section list.",
         "Check the section in Aeries; with Combine Sections set on the certificate, check its ClassID.", _SECTIONS),
    Code("REF-COURSE", "W", "A section names a course that is not in the course list.",
         "Correct the section's course in Aeries.", _COURSES),
    Code("REF-TERM", "W", "A section names a term that its school does not have.",
         "Correct the section's semester, or the school's terms, in Aeries.", _SCHOOL),
)  # fmt: skip

CODES: dict[str, Code] = {code.name: code for code in _ALL}

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
        kind: staff, student, course, section, enrollment, teaching, school, or blank.
    """
    if code.startswith("REC-") and code != "REC-USERNAME-TAKEN":
        return _PAGE_OF_KIND.get(kind, CODES[code].page)
    return CODES[code].page
