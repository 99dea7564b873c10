from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aeries_tui.errors import NotAllowedNow, WrongUse
from aeries_tui.exports.oneroster import BundleRefused, Version, check_bundle, version_of, write_bundle
from aeries_tui.master.database import connect
from aeries_tui.master.roster import roster_rows
from aeries_tui.master.schools import schools
from engine import (
    PaperAeries,
    Station,
    class_row,
    course,
    homeroom_teacher,
    member,
    school,
    section,
    staff,
    student,
)
from exports.bundles import read, records
from exports.conftest import bundle_of

TERMS = [
    {"TermCode": "F", "TermDescription": "Fall", "StartDate": "2026-08-12", "EndDate": "2026-12-18"},
    {"TermCode": "S", "TermDescription": "Spring", "StartDate": "2027-01-04", "EndDate": "2027-06-04"},
]


@pytest.fixture
def district(station: Station) -> Station:
    """School 7 with terms, 8 without any, 9 elementary with one homeroom."""
    station.aeries = PaperAeries.usual()
    station.aeries.lists["schools"] = [
        school(0, Name="Golden, Unified"), school(7, Terms=TERMS), school(8), school(9, "Elementary"),
    ]  # fmt: skip
    station.map(7, 8, 9)
    return station


def pulled(
    station: Station, version: Version = "1.1", *, demographics: bool = False
) -> dict[str, list[list[str]]]:
    station.pull()
    return bundle_of(station, version, demographics=demographics)


def one(files: dict[str, list[list[str]]], file: str, name: str) -> dict[str, str]:
    (found,) = (record for record in records(files, file) if record["sourcedId"] == name)
    return found


# The ids are those of Aeries' own export (OneRoster, section 8)


def test_ids_follow_aeries_own_scheme(district: Station) -> None:
    files = pulled(district)
    ids = {
        file: {record["sourcedId"] for record in records(files, file)} for file in files if file != "manifest"
    }
    assert ids["orgs"] == {"0", "7", "8", "9"}
    assert {"7_1", "8_2", "9_TN_5"} <= ids["classes"]
    assert {"7_F", "7_S", "9_Y"} <= ids["academicSessions"]
    assert {"0100", "TCH_90"} <= ids["courses"]
    assert {"TCH_70", "TCH_90", "7000", "9005"} <= ids["users"]


def test_two_bundles_of_one_roster_have_the_same_records(district: Station) -> None:
    assert pulled(district) == bundle_of(district)


def test_an_elementary_homeroom_has_a_title_a_course_and_the_whole_year(district: Station) -> None:
    files = pulled(district)
    room = one(files, "classes", "9_TN_5")
    assert room["classType"] == "homeroom"
    assert room["title"] == "Homeroom Room 5"
    assert room["courseSourcedId"] == "TCH_90"
    assert room["termSourcedIds"] == "9_Y"
    assert one(files, "courses", "TCH_90")["orgSourcedId"] == "9"
    year = one(files, "academicSessions", "9_Y")
    assert (year["type"], year["parentSourcedId"]) == ("term", "0_Y")


def test_the_school_year_spans_the_terms_and_ends_in_the_year_it_is_called_after(district: Station) -> None:
    year = one(pulled(district), "academicSessions", "0_Y")
    assert (year["type"], year["schoolYear"]) == ("schoolYear", "2027")
    assert (year["startDate"], year["endDate"]) == ("2026-08-12", "2027-06-04")


def test_without_a_single_term_the_school_year_is_that_of_the_state(district: Station) -> None:
    district.aeries.lists["schools"][1].pop("Terms")
    year = one(pulled(district), "academicSessions", "0_Y")
    assert (year["startDate"], year["endDate"]) == ("2026-07-01", "2027-06-30")


@pytest.mark.parametrize("end", ["2026-08-12", "2026-08-11", None])
def test_a_term_of_no_length_gets_the_days_of_the_year_and_is_told(
    district: Station, end: str | None
) -> None:
    district.aeries.lists["schools"][1]["Terms"] = [
        TERMS[1], {**TERMS[0], "StartDate": "2026-08-12" if end else None, "EndDate": end},
    ]  # fmt: skip
    found = one(pulled(district), "academicSessions", "7_F")
    assert (found["startDate"], found["endDate"]) == ("2027-01-04", "2027-06-04")
    with district.master() as db:
        warnings = write_bundle(db, "1.1", district.district.root / "out").warnings
    assert any(one.rule == "term-without-dates" and "7_F" in one.examples for one in warnings)


def test_a_term_the_school_does_not_have_becomes_the_whole_year(district: Station) -> None:
    files = pulled(district)
    assert one(files, "classes", "7_1")["termSourcedIds"] == "7_Y"
    district.aeries.put(("7/sections", [section(7, 1, member(70), Semester="F")]))
    assert one(pulled(district), "classes", "7_1")["termSourcedIds"] == "7_F"


def test_ids_stay_within_what_every_consumer_takes(district: Station) -> None:
    district.aeries.put(
        ("7/sections", [section(7, 1, member(70), course="Á +1")]), ("courses", [course("Á +1")])
    )
    files = pulled(district)
    assert one(files, "classes", "7_1")["courseSourcedId"] == ".xc1..x20..x2b.1"
    assert one(files, "courses", ".xc1..x20..x2b.1")["courseCode"] == "Á +1"


# Who and what is in


def test_only_active_records_of_schools_that_are_mapped_now_leave(district: Station) -> None:
    district.pull()
    district.aeries.lists["7/students"].pop()
    district.aeries.lists["7/classes"].pop()
    district.pull()
    with district.master() as db:
        schools.set_mapping(db, 8, None, by="a test")
    files = bundle_of(district)
    users = {user["sourcedId"] for user in records(files, "users")}
    assert {"7000", "7004"} <= users
    assert "7005" not in users
    assert not any(user.startswith("800") for user in users)
    assert {record["schoolSourcedId"] for record in records(files, "classes")} == {"7", "9"}


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_who_is_at_two_schools_is_one_user(district: Station, version: Version) -> None:
    district.aeries.lists["8/students"].append(student(8, 7000))
    district.aeries.lists["8/sections"].append(section(8, 3, member(70)))
    files = pulled(district, version)
    for person in ("7000", "TCH_70"):
        if version == "1.1":
            assert one(files, "users", person)["orgSourcedIds"] == "7,8"
        else:
            assert one(files, "users", person)["primaryOrgSourcedId"] in {"7", "8"}
            roles = [role for role in records(files, "roles") if role["userSourcedId"] == person]
            assert [(role["orgSourcedId"], role["roleType"]) for role in roles] == [
                ("7", "primary"),
                ("8", "primary"),
            ]


def test_at_most_one_teacher_of_a_class_is_primary(district: Station) -> None:
    district.aeries.put(
        ("7/sections", [
            section(7, 1, member(80), member(70)),
            section(7, 2, member(70, IsPrimaryTeacher=False)),
            section(7, 3, member(70, IsPrimaryTeacher=False), member(80, IsPrimaryTeacher=False)),
        ]),
    )  # fmt: skip
    enrolled = [row for row in records(pulled(district), "enrollments") if row["role"] == "teacher"]
    found = {(row["classSourcedId"], row["userSourcedId"]): row["primary"] for row in enrolled}
    assert (found["7_1", "TCH_70"], found["7_1", "TCH_80"]) == ("true", "false")
    assert found["7_2", "TCH_70"] == "true"
    assert (found["7_3", "TCH_70"], found["7_3", "TCH_80"]) == ("false", "false")


def test_dates_lie_within_the_term_and_the_end_does_not_belong_to_it(district: Station) -> None:
    district.aeries.put(
        ("7/sections", [section(7, 1, member(70), Semester="F")]),
        ("7/classes", [
            class_row(7, 1, 7000, DateStarted="2026-01-01", DateEnded="2027-06-05"),
            class_row(7, 1, 7001, DateStarted="2026-09-01", DateEnded="2026-10-30"),
            class_row(7, 1, 7002, DateStarted="2026-09-01", DateEnded=None),
        ]),
    )  # fmt: skip
    rows = {
        row["userSourcedId"]: (row["beginDate"], row["endDate"])
        for row in records(pulled(district), "enrollments")
    }
    assert rows["7000"] == ("2026-08-12", "2026-12-18")
    assert rows["7001"] == ("2026-09-01", "2026-10-31")
    assert rows["7002"] == ("2026-09-01", "")


def test_grades_are_ceds_codes(district: Station) -> None:
    grades = {-2: "PR", -1: "TK", 0: "KG", 1: "01", 9: "09", 12: "12", 13: "Other", 18: "Other"}
    district.aeries.put(
        ("7/students", [student(7, 7100 + number, Grade=grade) for number, grade in enumerate(grades)]),
        ("7/sections", [section(7, 1, member(70), LowGrade=-1, HighGrade=2)]), ("7/classes", []),
    )  # fmt: skip
    files = pulled(district)
    users = {record["sourcedId"]: record["grades"] for record in records(files, "users")}
    assert [users[str(7100 + number)] for number in range(len(grades))] == list(grades.values())
    assert one(files, "classes", "7_1")["grades"] == "TK,KG,01,02"


def test_user_names_are_those_of_the_accounts(district: Station) -> None:
    district.set("accounts", username="id")
    files = pulled(district)
    assert one(files, "users", "7000")["username"] == "7000"
    assert one(files, "users", "TCH_70")["username"] == "t70"


def test_without_an_account_the_user_name_is_the_next_best(district: Station) -> None:
    district.aeries.put(("7/students", [
        student(7, 1), student(7, 2, StudentEmailAddress="", NetworkLoginID="student2"), student(7, 3, StudentEmailAddress=""),
    ]))  # fmt: skip
    district.pull()
    with district.master() as db:
        db.execute("DELETE FROM account")
    users = {record["sourcedId"]: record["username"] for record in records(bundle_of(district), "users")}
    assert (users["1"], users["2"], users["3"]) == ("s1@example.org", "student2", "3")


def test_roles_come_from_what_somebody_does_and_never_from_the_words_of_a_title(district: Station) -> None:
    district.set("pull", staff="school")
    titles = {
        901: "Principal",
        902: "Vice Principal",
        903: "Counselor",
        904: "Instructional Aide",
        905: "Custodian",
    }
    district.aeries.lists["staff"] += [
        staff(number, Title=title, PrimaryAeriesSchool=7) for number, title in titles.items()
    ]
    older = {user["sourcedId"]: user["role"] for user in records(pulled(district), "users")}
    newer = {role["userSourcedId"]: role["role"] for role in records(bundle_of(district, "1.2"), "roles")}
    people = [f"TCH_{number}" for number in titles]
    assert [older[person] for person in people] == [
        "administrator",
        "administrator",
        "aide",
        "aide",
        "teacher",
    ]
    assert [newer[person] for person in people] == [
        "principal",
        "siteAdministrator",
        "counselor",
        "aide",
        "teacher",
    ]
    assert (older["TCH_70"], newer["TCH_70"]) == ("teacher", "teacher")


def test_demographics_leave_only_when_asked_for(district: Station) -> None:
    district.aeries.lists["7/students"][0] |= {"Birthdate": "2015-03-04T00:00:00", "Gender": "X"}
    files = pulled(district)
    assert "demographics" not in files
    assert ["file.demographics", "absent"] in files["manifest"]
    older = one(bundle_of(district, "1.1", demographics=True), "demographics", "7000")
    newer = one(bundle_of(district, "1.2", demographics=True), "demographics", "7000")
    assert (older["birthDate"], older["sex"], newer["sex"]) == ("2015-03-04", "", "other")


def test_what_a_spreadsheet_would_run_is_disarmed_and_line_breaks_are_gone(district: Station) -> None:
    district.aeries.lists["7/students"][0] |= {"FirstName": "=1+1", "LastName": 'Two\r\nLines, "quoted"'}
    user = one(pulled(district), "users", "7000")
    assert user["givenName"] == "'=1+1"
    assert user["familyName"] == 'Two Lines, "quoted"'


# Odd rosters


def test_a_section_without_course_and_one_of_an_unlisted_course_have_one_all_the_same(
    district: Station,
) -> None:
    district.aeries.put(("7/sections", [section(7, 1, member(70), course=""), section(7, 2, course="ZZ9")]))
    district.pull()
    with district.master() as db:
        report = write_bundle(db, "1.1", district.district.root / "out")
    files = read(report.path)
    assert one(files, "courses", "7_1")["orgSourcedId"] == "7"
    assert one(files, "courses", "ZZ9")["title"] == "ZZ9"
    assert {"course-not-listed", "class-without-course"} <= {notice.rule for notice in report.warnings}


def test_a_homeroom_without_a_teacher_has_a_course_of_its_own(district: Station) -> None:
    district.aeries.put(("9/teachers", [homeroom_teacher(9, 5)]))
    files = pulled(district)
    assert one(files, "classes", "9_TN_5")["courseSourcedId"] == "TCH_9_5"


def test_what_products_stumble_over_is_told_with_counts_and_ids(district: Station) -> None:
    district.aeries.lists["7/students"][0]["StudentEmailAddress"] = ""
    district.aeries.lists["7/students"][1]["StudentEmailAddress"] = "s7002@example.org"
    district.aeries.lists["7/students"].append(student(7, 7999, StudentEmailAddress="nonsense"))
    for number, email in (
        (7998, "mailto:a@example.org"),
        (7997, "o\u2019b@example.org"),
        (7996, "a\u200b@example.org"),
    ):
        district.aeries.lists["7/students"].append(student(7, number, StudentEmailAddress=email))
    district.pull()
    with district.master() as db:
        report = write_bundle(db, "1.1", district.district.root / "out")
    told = {notice.rule: (notice.count, notice.examples) for notice in report.warnings}
    assert told["class-without-teacher"] == (2, ("7_2", "8_2"))
    assert told["class-without-students"] == (2, ("7_2", "8_2"))
    assert told["student-without-class"] == (4, ("7996", "7997", "7998", "7999"))
    assert told["email-missing"] == (1, ("7000",))
    assert told["email-invalid"] == (4, ("7996", "7997", "7998", "7999"))
    assert told["email-shared"] == (1, ("7001",))


# Leaving whole, or not at all


def test_the_zip_has_its_files_at_the_root_and_is_for_its_owner_alone(district: Station) -> None:
    district.pull()
    with district.master() as db:
        report = write_bundle(db, "1.2", district.district.root / "out")
    assert report.path.name == "oneroster-1.2.zip"
    assert report.path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in report.path.parent.iterdir()] == [report.path.name]
    with zipfile.ZipFile(report.path) as bundle:
        assert not any("/" in name for name in bundle.namelist())
        assert bundle.read("orgs.csv").startswith(b"sourcedId,status,dateLastModified,name")
        assert b"\r\n" in bundle.read("manifest.csv")
    assert report.rows["orgs"] == 4


def test_a_bundle_of_nobody_is_not_written(district: Station) -> None:
    with district.master() as db, pytest.raises(NotAllowedNow, match="nobody"):
        write_bundle(db, "1.1", district.district.root / "out")
    assert list((district.district.root / "out").iterdir()) == []


def test_a_bundle_that_breaks_a_rule_does_not_leave_and_the_last_one_stays(
    district: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    district.pull()
    out = district.district.root / "out.zip"
    with district.master() as db:
        before = write_bundle(db, "1.1", out).path.read_bytes()
        monkeypatch.setattr("aeries_tui.exports.oneroster.rows.vocabulary.staff_id", lambda number: "TCH_1")
        with pytest.raises(BundleRefused) as refused:
            write_bundle(db, "1.1", out)
    assert (refused.value.faults[0].rule, refused.value.faults[0].column) == (5, "sourcedId")
    assert out.read_bytes() == before
    assert not out.with_name("out.zip.part").exists()


def test_a_bundle_is_of_one_state_although_an_import_is_applied_meanwhile(district: Station) -> None:
    district.pull()
    with district.master() as reading, district.master() as writing:
        with roster_rows.one_state(reading):
            before = len(list(roster_rows.students(reading)))
            writing.execute("UPDATE student SET last_name = 'Other', active = 0")
            assert {row["last_name"] for row in roster_rows.students(reading)} != {"Other"}
        with roster_rows.one_state(reading):
            assert (before, list(roster_rows.students(reading))) == (18, [])


def test_a_read_only_connection_is_enough(district: Station, tmp_path: Path) -> None:
    district.pull()
    db = connect(district.district.master, read_only=True)
    try:
        assert write_bundle(db, "1.2", tmp_path / "out").rows["users"] > 0
    finally:
        db.close()


def test_other_versions_are_refused_in_words() -> None:
    assert version_of("1.2") == "1.2"
    with pytest.raises(WrongUse, match="not a version"):
        version_of("1.0")


def test_a_class_that_ends_on_the_last_day_of_all_ends_with_its_term(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    for row in station.aeries.lists["7/classes"]:
        row["DateEnded"] = "9999-12-31T00:00:00"
    station.begin(7)
    rows = records(bundle_of(station), "enrollments")
    assert rows
    assert all(row["endDate"] <= "2027-06-30" for row in rows)


def test_an_odd_text_of_aeries_is_made_harmless_and_refuses_no_bundle(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.aeries.lists["courses"][0]["Title"] = "\ufeffAlgebra\nI"
    station.aeries.lists["7/sections"][0]["Period"] = "1,"
    station.begin(7)
    bundle = bundle_of(station)
    assert "Algebra I" in {row["title"] for row in records(bundle, "courses")}
    assert "1" in {row["periods"] for row in records(bundle, "classes")}


# No cell keeps a bundle from leaving


def reported(
    station: Station, version: Version = "1.1"
) -> tuple[dict[str, list[list[str]]], dict[str, tuple[str, ...]]]:
    """The files of a bundle, and the ids of each notice."""
    with station.master() as db:
        report = write_bundle(db, version, station.district.root / "out", demographics=True)
    assert check_bundle(report.path) == []
    return read(report.path), {notice.rule: notice.examples for notice in report.warnings}


ODD = "\tA\x1b[31m\x00B\x9b\x7f\u2028;=1\ufeff\u202e"


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_odd_characters_in_any_text_are_cleaned_and_keep_nothing_back(
    district: Station, version: Version
) -> None:
    lists = district.aeries.lists
    for row in lists["courses"]:
        row["Title"] = ODD
    for row in lists["7/sections"]:
        row |= {"Period": "\x01,\t2\x02", "Room": ODD}
    for row in lists["7/students"]:
        row |= {"FirstName": ODD, "MiddleName": ODD, "NetworkLoginID": ODD, "StudentEmailAddress": ODD}
    for row in lists["schools"]:
        row["Name"] = f"{row['Name']}{ODD}"
    lists["schools"][1]["Terms"][0]["TermDescription"] = "\x1b"
    district.pull()
    files, told = reported(district, version)
    assert not {"record-left-out", "dependent-left-out", "cell-left-blank"} & told.keys()
    for rows in files.values():
        for row in rows:
            assert not any(
                ord(character) < 32 or 127 <= ord(character) < 160 for cell in row for character in cell
            )
    assert len(records(files, "users")) == 21
    assert "2" in {row["periods"] for row in records(files, "classes")}


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_what_can_not_be_sent_is_left_out_by_its_id_with_all_that_needs_it(
    district: Station, version: Version
) -> None:
    district.pull()
    long = "Á" * 40
    with district.master() as db:
        db.execute("UPDATE student SET first_name = NULL, last_name = char(8203) WHERE student_id = 7000")
        db.execute("UPDATE staff SET first_name = ' ', last_name = char(9) WHERE staff_id = 70")
        db.execute("UPDATE section SET course_id = ? WHERE section_id = '8_1'", (long,))
    files, told = reported(district, version)
    assert told["record-left-out"][1:] == ("users TCH_70", "users 7000")
    assert told["record-left-out"][0].startswith("courses .xc1.")
    assert {"classes 8_1", "enrollments 8_1_8000", "enrollments 7_1_7000", "enrollments 7_1_TCH_70"} <= set(
        told["dependent-left-out"]
    )
    assert "demographics 7000" in told["dependent-left-out"]
    assert ("roles 7000_7" in told["dependent-left-out"]) == (version == "1.2")
    left = {row[0] for name, rows in files.items() if name != "manifest" for row in rows}
    assert not {"7000", "TCH_70", "8_1", "7_1_7000", "8_1_8000", "7000_7"} & left
    assert {"7001", "7_1_7001", "8000", "7_1"} <= left


def test_who_has_one_name_is_sent_under_it_and_told(district: Station) -> None:
    district.pull()
    with district.master() as db:
        db.execute("UPDATE student SET first_name = NULL WHERE student_id = 7000")
        db.execute("UPDATE staff SET last_name = '' WHERE staff_id = 70")
    files, told = reported(district)
    user = one(files, "users", "7000")
    assert user["givenName"] == user["familyName"] == "Lastname7000"
    assert one(files, "users", "TCH_70")["familyName"]
    assert told["name-single"] == ("TCH_70", "7000")


def test_a_bundle_of_people_without_names_is_not_written(district: Station) -> None:
    district.pull()
    with district.master() as db:
        for kind in ("student", "staff"):
            db.execute(f"UPDATE {kind} SET first_name = NULL, last_name = NULL")
        with pytest.raises(NotAllowedNow, match="can be written"):
            write_bundle(db, "1.2", district.district.root / "out")
    assert list((district.district.root / "out").iterdir()) == []


def test_a_course_that_is_called_like_a_section_takes_no_other_courses_id(district: Station) -> None:
    district.aeries.put(
        ("7/sections", [section(7, 1, member(70), course=""), section(7, 2, course="7_1")]),
        ("courses", [course("7_1"), course("0100")]),
    )
    files = pulled(district)
    assert one(files, "classes", "7_1")["courseSourcedId"] == "7_1_"
    assert one(files, "classes", "7_2")["courseSourcedId"] == "7_1"


@given(st.text(max_size=130), st.sampled_from(["term", "period", "room", "title", "course_id"]))
@settings(max_examples=60, deadline=None)
def test_no_text_of_a_section_keeps_a_bundle_from_leaving(sent: Station, text: str, column: str) -> None:
    with sent.master() as db:
        db.execute("BEGIN")
        db.execute(
            f"UPDATE section SET {column} = ? WHERE section_id = '7_1'",
            (text.encode(errors="replace").decode(),),
        )
        db.execute("COMMIT")
        path = write_bundle(db, "1.2", sent.district.root / "out").path
    files = read(path)
    assert check_bundle(path) == []
    assert "7_2" in {row["sourcedId"] for row in records(files, "classes")}


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Station:
    """A roster whose texts are replaced."""
    made = Station(tmp_path_factory.mktemp("sent"))
    made.aeries = PaperAeries.usual()
    made.begin(7, 8, 9)
    return made
