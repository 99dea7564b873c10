"""A bad record is named and left out; its neighbours, and this program, come to no harm."""

from __future__ import annotations

import json
import sqlite3
import tracemalloc
from functools import partial
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeries_tui.aeries import BadRecord, Decoded, Limits, columns, decode_list, row_of
from aeries_tui.aeries import records as wire
from aeries_tui.aeries.decoding import decode_steps
from aeries_tui.aeries.errors import (
    AeriesError,
    ServerBroken,
    SignInPage,
    TooLarge,
    TooManyBadRows,
    Truncated,
)
from engine import rows

GOOD = b'{"SchoolCode":994,"StudentID":1,"LastName":"Abbott","Grade":12}'
MARKER = "Zanzibar-Secret-Name"


def students(*rows: bytes) -> Decoded[wire.Student]:
    return decode_list(b"[" + b",".join(rows) + b"]", wire.Student)


def only_bad(decoded: Decoded[Any]) -> BadRecord:
    (bad,) = decoded.bad
    return bad


@pytest.mark.parametrize("body", [bytes, bytearray, memoryview])
def test_a_good_list_is_taken_whole(body: Any) -> None:
    decoded = decode_list(body(b"[" + GOOD + b"," + GOOD.replace(b":1,", b":2,") + b"]"), wire.Student)
    assert [one.student_id for one in decoded.records] == [1, 2]
    assert (decoded.received, decoded.first_mark, decoded.last_mark) == (2, "994:1", "994:2")


def test_an_object_stands_for_a_list_of_one() -> None:
    assert decode_list(GOOD, wire.Student).records[0].last_name == "Abbott"


LISTS = {
    wire.School: rows.school(7),
    wire.Student: rows.student(7, 1),
    wire.Teacher: rows.homeroom_teacher(7, 1, 70),
    wire.Section: rows.section(7, 1, rows.member(70)),
    wire.ClassRow: rows.class_row(7, 1, 1),
    wire.StaffMember: rows.staff(70),
    wire.Course: rows.course("0100"),
}


@pytest.mark.parametrize("asked", LISTS, ids=lambda type_: type_.__name__)
@pytest.mark.parametrize("given", LISTS, ids=lambda type_: type_.__name__)
@pytest.mark.parametrize("spoiled", [b"", b",0"])
def test_no_list_is_taken_for_another(
    asked: type[wire.Record], given: type[wire.Record], spoiled: bytes
) -> None:
    body = b"[" + json.dumps(LISTS[given]).encode() + spoiled + b"]"
    if asked is given:
        assert len(decode_list(body, asked).records) == 1
    else:
        try:
            assert decode_list(body, asked, "the list").records == []
        except ServerBroken as error:
            assert error.message == "Aeries answered with another list in place of the list."


def test_a_text_that_reads_as_the_name_of_a_field_is_a_text() -> None:
    told = rows.section(7, 1, rows.member(70), Room='"StudentID": 1', Period="StudentID")
    assert len(decode_list(json.dumps([told]).encode(), wire.Section).records) == 1


def test_an_empty_list_holds_nothing() -> None:
    assert decode_list(b" [ ] ", wire.Student) == Decoded([])


def test_a_byte_order_mark_is_no_part_of_the_answer() -> None:
    assert decode_list(b"\xef\xbb\xbf[" + GOOD + b"]", wire.Student).received == 1
    assert decode_list(b"\xef\xbb\xbf" + GOOD, wire.Student).received == 1


@pytest.mark.parametrize(
    ("row", "code", "field", "key", "is_known"),
    [
        (b'{"SchoolCode":994,"LastName":"x"}', "REC-REQUIRED", "StudentID", {"school_code": 994}, False),
        (b'{"SchoolCode":994,"StudentID":null}', "REC-REQUIRED", "StudentID", {"school_code": 994}, False),
        (b'{"SchoolCode":994,"StudentID":" "}', "REC-REQUIRED", "StudentID", {"school_code": 994}, False),
        (b'{"SchoolCode":994,"StudentID":"x"}', "REC-TYPE", "StudentID", {"school_code": 994}, False),
        (b'{"SchoolCode":994,"StudentID":true}', "REC-TYPE", "StudentID", {"school_code": 994}, False),
        (b'{"SchoolCode":994,"StudentID":1.5}', "REC-TYPE", "StudentID", {"school_code": 994}, False),
        (b'{"SchoolCode":994,"StudentID":1e3}', "REC-TYPE", "StudentID", {"school_code": 994}, False),
        (b'{"SchoolCode":994,"StudentID":1E+3}', "REC-TYPE", "StudentID", {"school_code": 994}, False),
        (
            b'{"SchoolCode":994,"StudentID":9007199254740993.0}',
            "REC-TYPE",
            "StudentID",
            {"school_code": 994},
            False,
        ),
        (b'{"SchoolCode":994,"StudentID":-0.0}', "REC-REQUIRED", "StudentID", {"school_code": 994}, False),
        (b'{"SchoolCode":994,"StudentID":"-0"}', "REC-REQUIRED", "StudentID", {"school_code": 994}, False),
        (b'{"SchoolCode":994,"StudentID":"1E3"}', "REC-TYPE", "StudentID", {"school_code": 994}, False),
        (
            b'{"SchoolCode":994,"StudentID":5,"InactiveStatusCode":{"a":1}}',
            "REC-TYPE",
            "InactiveStatusCode",
            None,
            True,
        ),
        (
            b'{"SchoolCode":994,"StudentID":5,"InactiveStatusCode":9223372036854775808}',
            "REC-TYPE",
            "InactiveStatusCode",
            None,
            True,
        ),
        (
            b'{"SchoolCode":994,"StudentID":9223372036854775808}',
            "REC-TYPE",
            "StudentID",
            {"school_code": 994},
            False,
        ),
        (b'{"SchoolCode":994,"StudentID":5,"LastName":1e999}', "REC-UNREADABLE", "", None, True),
        (b'{"SchoolCode":994,"StudentID":5,"LastName":NaN}', "REC-UNREADABLE", "", None, True),
        (b'{"SchoolCode":994,"StudentID":5,"LastName":"\xff"}', "REC-UNREADABLE", "", None, True),
        (b'{"SchoolCode":994,"StudentID":5,"LastName":"a\nb"}', "REC-UNREADABLE", "", None, True),
        (
            # From Python 3.14 on the stack itself is the limit, not a number of calls.
            b'{"SchoolCode":994,"StudentID":5,"X":' + b"[" * 500_000 + b"]" * 500_000 + b"}",
            "REC-UNREADABLE",
            "",
            None,
            True,
        ),
        (
            b'{"SchoolCode":994,"StudentID":5,"X":' + b"9" * 5_000 + b',"Grade":"x"}',
            "REC-UNREADABLE",
            "",
            None,
            True,
        ),
        (b'{"SchoolCode":994,"StudentID":5,"LastName"}', "REC-UNREADABLE", "", None, True),
        (b"7", "REC-UNREADABLE", "", {}, False),
        (b"null", "REC-UNREADABLE", "", {}, False),
        (b'"text"', "REC-UNREADABLE", "", {}, False),
        (b"", "REC-UNREADABLE", "", {}, False),
    ],
)
def test_a_bad_record_is_named_by_place_field_and_key_and_leaves_its_neighbours(
    row: bytes, code: str, field: str, key: dict[str, int] | None, is_known: bool
) -> None:
    decoded = students(GOOD, row, GOOD.replace(b":1,", b":2,"))
    assert [one.student_id for one in decoded.records] == [1, 2]
    assert decoded.received == 3
    bad = only_bad(decoded)
    assert (bad.index, bad.code, bad.field, bad.is_known, bad.part) == (1, code, field, is_known, "")
    assert bad.key == ({"school_code": 994, "student_id": 5} if key is None else key)
    assert bad.school_code == bad.key.get("school_code")


def test_the_wrong_value_itself_is_nowhere_in_the_description() -> None:
    row = json.dumps({"SchoolCode": 994, "StudentID": 5, "Grade": MARKER, "FirstName": [MARKER]}).encode()
    assert MARKER not in repr(students(row).bad_parts)
    row = json.dumps({"SchoolCode": 994, "StudentID": 5, "InactiveStatusCode": [MARKER]}).encode()
    assert MARKER not in repr(only_bad(students(row)))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Grade", b'"x"'), ("Grade", b"-9223372036854775809"), ("LastName", b"[1]"), ("Birthdate", b"{}"),
        ("Gender", b"9223372036854775808"), ("StudentNumber", b'"\\ud800"'), ("HomeRoomTeacherNumber", b"[]"),
    ],
)  # fmt: skip
def test_a_value_that_a_person_can_do_without_is_left_out_alone(field: str, value: bytes) -> None:
    decoded = students(
        GOOD, b'{"SchoolCode":994,"StudentID":5,"%s":%s,"Track":"A"}' % (field.encode(), value), GOOD
    )
    assert (len(decoded.records), decoded.bad, decoded.is_suspicious) == (3, [], False)
    (part,) = decoded.bad_parts
    assert (part.code, part.field, part.index, part.is_value) == ("REC-TYPE", field, 1, True)
    assert part.key == {"school_code": 994, "student_id": 5}
    assert (decoded.records[1].student_id, decoded.records[1].track) == (5, "A")


@pytest.mark.parametrize(
    ("sent", "field", "taken"),
    [
        (b'"12"', "grade", 12),
        (b'" 12 "', "grade", 12),
        (b'"-1"', "grade", -1),
        (b"12.0", "grade", 12),
        (b'"12.0000"', "grade", 12),
        (b'""', "grade", None),
        (b'" "', "grade", None),
        (b"null", "grade", None),
        (b"1234567890", "state_student_id", 1234567890),
        (b"5.5", "track", 5.5),
        (b"null", "last_name", None),
        (b'" "', "last_name", " "),
        (b'"Nguy\xe1\xbb\x85n"', "last_name", "Nguyễn"),
        (b'"a\\u0000b"', "last_name", "ab"),
        (b'"a\\\\u0000b"', "last_name", "a\\u0000b"),
        (b'"half \\ud83d"', "last_name", "half \ufffd"),
        (b'"whole \\ud83d\\ude00"', "last_name", "whole 😀"),
    ],
)
def test_blank_absent_and_swapped_kinds_are_taken_as_what_they_mean(
    sent: bytes, field: str, taken: object
) -> None:
    row = b'{"SchoolCode":"994","StudentID":5,"%s":%s}' % (wire.wire_name(field).encode(), sent)
    decoded = students(GOOD, row)
    assert decoded.bad == []
    assert getattr(decoded.records[1], field) == taken


def test_half_a_character_in_one_name_costs_no_other_record() -> None:
    decoded = students(
        *[b'{"SchoolCode":1,"StudentID":%d,"LastName":"\\ud800"}' % n for n in range(1, 6)], GOOD
    )
    assert decoded.received == len(decoded.records) == 6


def test_a_bad_member_is_described_and_its_section_kept() -> None:
    body = b"""[{"SchoolCode":1,"SectionNumber":2,"SectionStaffMembers":[
        {"StaffID":5},{"StaffID":null},{"StaffID":6,"IsPrimaryTeacher":"perhaps"},{"StaffID":"7"},8]}]"""
    decoded = decode_list(body, wire.Section)
    assert [one.staff_id for one in decoded.records[0].section_staff_members] == [5, 7]
    assert decoded.bad == []
    assert [(one.code, one.field, one.is_known) for one in decoded.bad_parts] == [
        ("REC-REQUIRED", "StaffID", False),
        ("REC-TYPE", "IsPrimaryTeacher", True),
        ("REC-TYPE", "", False),
    ]
    assert decoded.bad_parts[1].key == {"school_code": 1, "section_number": 2, "staff_id": 6}
    assert {one.part for one in decoded.bad_parts} == {"SectionStaffMembers"}


@pytest.mark.parametrize(("sent", "parts"), [(b"null", 0), (b'" "', 0), (b"7", 1), (b'{"StaffID":3}', 0)])
def test_a_section_is_kept_whatever_stands_for_its_members(sent: bytes, parts: int) -> None:
    decoded = decode_list(
        b'[{"SchoolCode":1,"SectionNumber":2,"SectionStaffMembers":' + sent + b"}]", wire.Section
    )
    assert len(decoded.records) == 1
    assert len(decoded.bad_parts) == parts


def test_a_bad_section_takes_the_descriptions_of_its_members_with_it() -> None:
    body = b'[{"SchoolCode":1,"SectionNumber":2,"LowGrade":"x","SectionStaffMembers":[{"StaffID":"y"}]}]'
    decoded = decode_list(body, wire.Section)
    assert (len(decoded.bad), decoded.bad_parts) == (1, [])


@pytest.mark.parametrize(("sent", "taken"), [(b'"0001"', "0001"), (b"101", "101")])
def test_a_course_id_is_text_with_its_zeros(sent: bytes, taken: str) -> None:
    assert decode_list(b'[{"ID":' + sent + b"}]", wire.Course).records[0].id == taken


def test_half_a_character_in_a_code_that_decides_is_a_wrong_kind() -> None:
    row = b'{"SchoolCode":994,"StudentID":5,"InactiveStatusCode":"\\ud800"}'
    bad = only_bad(students(GOOD, row))
    assert (bad.code, bad.field, bad.key, bad.is_known) == (
        "REC-TYPE", "InactiveStatusCode", {"school_code": 994, "student_id": 5}, True,
    )  # fmt: skip
    section = b'[{"SchoolCode":1,"SectionNumber":2,"CourseID":"01\\udfff00"}]'
    assert only_bad(decode_list(section, wire.Section)).field == "CourseID"


def test_half_a_character_in_the_name_of_a_field_spoils_the_record() -> None:
    row = b'{"SchoolCode":994,"StudentID":5,"HomeRoom\\ud800TeacherNumber":"5"}'
    bad = only_bad(students(GOOD, row))
    assert (bad.key, bad.is_known) == ({"school_code": 994, "student_id": 5}, True)


def test_half_a_character_in_an_id_makes_it_no_id() -> None:
    decoded = decode_list(b'[{"ID":"01\\ud80000"},{"ID":"0200"}]', wire.Course)
    bad = only_bad(decoded)
    assert (bad.code, bad.field, bad.key, bad.is_known) == ("REC-TYPE", "ID", {}, False)
    assert [course.id for course in decoded.records] == ["0200"]


@pytest.mark.parametrize("sent", [b'""', b'"  "', b"null"])
def test_a_course_without_an_id_is_no_course(sent: bytes) -> None:
    bad = only_bad(decode_list(b'[{"ID":' + sent + b"}]", wire.Course))
    assert (bad.code, bad.field) == ("REC-REQUIRED", "ID")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", Truncated),
        (b"   ", Truncated),
        (b"[", Truncated),
        (b"[" + GOOD, Truncated),
        (b"[" + GOOD + b",", Truncated),
        (b"[" + GOOD[:-3], Truncated),
        (b"[" + GOOD + b"]]", Truncated),
        (b"[" + GOOD + b"] trailing", Truncated),
        (b'[{"SchoolCode":1,"StudentID":2,"LastName":"\\ud800"}', Truncated),
        (b'{"SchoolCode":1', Truncated),
        (b"plain words", Truncated),
        (b"\x1f\x8b\x08", Truncated),
        (b"null", ServerBroken),
        (b"{}", ServerBroken),
        (b'{"Message":"Invalid"}', ServerBroken),
        (b"<!DOCTYPE html><html>", SignInPage),
        (b"\r\n <HTML>", SignInPage),
        (b"<?xml version='1.0'?><Error/>", Truncated),
        (b"[" * 100_000, Truncated),
    ],
)
def test_an_answer_that_is_no_list_is_an_error_that_names_the_list(
    body: bytes, error: type[AeriesError]
) -> None:
    with pytest.raises(error) as caught:
        decode_list(body, wire.Student, "the students of school 994")
    assert "the students of school 994" in caught.value.message
    assert "Abbott" not in str(caught.value)


def test_the_first_row_can_be_taken_away_whether_good_or_bad() -> None:
    decoded = students(GOOD, b"7", GOOD)
    decoded.drop_first()
    assert (len(decoded.records), len(decoded.bad), decoded.received) == (1, 1, 2)
    decoded = students(b"7", GOOD)
    decoded.drop_first()
    assert (len(decoded.records), decoded.bad, decoded.received) == (1, [], 1)


def test_a_row_without_a_key_is_recognised_again_and_told_from_others() -> None:
    first = students(b'{"SchoolCode":1,"LastName":"a"}')
    assert first.first_mark == students(b'{"SchoolCode":1,"LastName":"a"}').last_mark
    assert first.first_mark != students(b'{"SchoolCode":1,"LastName":"b"}').last_mark


# --- lists that are not what they seem ---


@pytest.mark.parametrize("field", ["SchoolCode", "StudentID"])
def test_half_a_character_in_a_number_is_a_wrong_kind_and_costs_no_neighbor(field: str) -> None:
    decoded = students(GOOD, b'{"SchoolCode":994,"StudentID":5,"%s":"\\ud800"}' % field.encode(), GOOD)
    assert (only_bad(decoded).code, only_bad(decoded).field) == ("REC-TYPE", field)
    assert (len(decoded.records), decoded.is_suspicious) == (2, False)


def test_half_a_character_in_a_flag_or_a_list_costs_at_most_its_record() -> None:
    rows = [{"SchoolCode": 1, "DoNotReport": "\ud800"}, {"SchoolCode": 2, "Terms": [{"TermCode": "\udfff"}]}]
    decoded = decode_list(json.dumps(rows).encode(), wire.School)
    assert (only_bad(decoded).field, decoded.records[0].terms[0].term_code) == ("DoNotReport", "\ufffd")
    info = decode_list(b'{"AeriesVersion":"9","AvailableDatabaseYears":["\\ud800"]}', wire.SystemInfo)
    assert info.records[0].available_database_years == ("\ufffd",)


@pytest.mark.parametrize(
    "row",
    [
        b"7",
        b'"text"',
        b"null",
        b"",
        b"[]",
        GOOD + b" " + GOOD,
        b'{"SchoolCode":994,"StudentID":5,"LastName":"O"Brien"},'
        + GOOD
        + b',{"StudentID":7,"LastName":"O"Hara"}',
        b'{"SchoolCode":994,"StudentID":5,"LastName":"Zo\xeb"}',
        b'{"SchoolCode":994,"StudentID":5,"LastName":NaN}',
    ],
)
def test_a_list_with_a_row_that_may_stand_for_several_is_suspicious(row: bytes) -> None:
    decoded = students(GOOD, row, GOOD)
    assert (decoded.is_suspicious, only_bad(decoded).code) == (True, "REC-UNREADABLE")


@pytest.mark.parametrize(
    "row",
    [
        GOOD,
        b"{}",
        b'{"SchoolCode":994,"StudentID":5,"Grade":"x"}',
        b'{"SchoolCode":994,"StudentID":5,"LastName":"\\ud800"}',
        b'{"SchoolCode":994,"StudentID":5,"LastName":"\\u0000"}',
    ],
)
def test_a_list_whose_rows_are_all_told_apart_is_not(row: bytes) -> None:
    assert not students(GOOD, row, GOOD).is_suspicious


def test_a_text_is_at_most_a_thousand_characters() -> None:
    fits, long = "é" * wire.LONGEST_TEXT, "é" * (wire.LONGEST_TEXT + 1)
    rows = [
        {"SchoolCode": 1, "StudentID": n, "InactiveStatusCode": code}
        for n, code in enumerate((fits, long, fits), 1)
    ]
    decoded = decode_list(json.dumps(rows).encode(), wire.Student)
    assert ([one.student_id for one in decoded.records], only_bad(decoded).field) == (
        [1, 3],
        "InactiveStatusCode",
    )
    assert only_bad(decoded).code == "REC-TYPE"


def test_a_record_that_is_too_large_to_be_looked_at_is_not_held_twice() -> None:
    body = b'[{"LastName":"' + b"x" * 16_000_000 + b'"}]'
    tracemalloc.start()
    try:
        assert decode_list(body, wire.Student).is_suspicious
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < len(body)


def test_a_record_that_is_too_large_to_be_looked_at_is_a_wrong_kind_and_may_stand_for_several() -> None:
    row = b'{"SchoolCode":994,"StudentID":5,"LastName":"' + b"x" * 1_100_000 + b'"}'
    decoded = students(GOOD, row, GOOD)
    assert (only_bad(decoded).code, only_bad(decoded).key["student_id"]) == ("REC-TYPE", 5)
    assert (decoded.received, decoded.is_suspicious) == (3, True)


def test_a_record_with_an_endless_list_in_it_is_bad() -> None:
    items = b",".join([b"{}"] * (wire.MOST_ITEMS + 1))
    body = b'[{"SchoolCode":1,"SectionNumber":2,"SectionStaffMembers":[%s]}]' % items
    assert only_bad(decode_list(body, wire.Section)).field == "SectionStaffMembers"


# --- long lists ---


def test_a_list_of_too_many_rows_is_not_read() -> None:
    limits = Limits(answer_rows=3)
    assert decode_list(b"[" + b",".join([GOOD] * 3) + b"]", wire.Student, "it", limits).received == 3
    for row in (GOOD, b'{"SchoolCode":1}'):
        with pytest.raises(TooLarge, match="more than 3 rows"):
            decode_list(b"[" + b",".join([row] * 4) + b"]", wire.Student, "it", limits)


@pytest.mark.parametrize(
    "row", [b"{}", b"7", b'{"SchoolCode":1,"SectionNumber":1,"SectionStaffMembers":[7]}']
)
def test_a_list_of_too_many_bad_rows_is_one_error(row: bytes) -> None:
    limits = Limits(answer_bad_rows=3)
    assert decode_list(b"[" + b",".join([row] * 3) + b"]", wire.Section, "it", limits).received == 3
    with pytest.raises(TooManyBadRows, match="More than 3 rows"):
        decode_list(b"[" + b",".join([row] * 4) + b"]", wire.Section, "it", limits)


def numbered(count: int, template: bytes = GOOD) -> list[bytes]:
    return [template.replace(b":1,", b":%d," % number) for number in range(1, count + 1)]


@pytest.mark.parametrize("comma", [b",", b" ,\r\n  "])
@pytest.mark.parametrize(
    "bad",
    [b"", b"7", b'{"LastName":"no key"}', b'{"LastName":"O"Brien"},{"LastName":"O"Hara"}', b"{} {}"],
)
def test_a_list_of_many_slices_is_read_as_a_short_one_is(bad: bytes, comma: bytes) -> None:
    rows = numbered(60_000, b'{"SchoolCode":994,"StudentID":1,"LastName":"},{\\"SchoolCode\\":","Grade":12}')
    rows[40_000:40_000] = [bad] if bad else []
    decoded = decode_list(b"[" + comma.join(rows) + b"]", wire.Student)
    assert [one.student_id for one in decoded.records] == list(range(1, 60_001))
    assert [one.index for one in decoded.bad] == ([40_000] if bad else [])
    assert (decoded.received, decoded.first_mark, decoded.last_mark) == (len(rows), "994:1", "994:60000")
    assert decoded.is_suspicious is (bad not in {b"", b'{"LastName":"no key"}'})


def test_members_within_sections_are_no_place_to_cut() -> None:
    section = b'{"SchoolCode":1,"SectionNumber":1,"SectionStaffMembers":[%s]}' % b",".join(
        [b'{"StaffID":7}'] * 9
    )
    rows = numbered(20_000, section)
    decoded = decode_list(b"[" + b",".join(rows) + b"]", wire.Section)
    assert [one.section_number for one in decoded.records] == list(range(1, 20_001))
    assert {len(one.section_staff_members) for one in decoded.records} == {9}


@pytest.mark.parametrize("end", [b"", b",", b",]", b"]]", b"] x", b"}", b'"]'])
def test_a_long_list_that_ends_wrongly_does_not_pass_for_a_whole_one(end: bytes) -> None:
    body = b"[" + b",".join(numbered(60_000)) + end
    try:
        decoded = decode_list(body, wire.Student)
    except Truncated:
        return
    assert end == b",]"
    assert decoded.is_suspicious


@pytest.mark.parametrize("row", [b"{}", b'{"StudentID":"x"}', b"7", b'{"LastName"}'])
def test_many_bad_rows_are_read_in_short_steps(row: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    # Each look at the clock finds it a millisecond later.
    monkeypatch.setattr("aeries_tui.aeries.decoding.time.perf_counter", partial(next, count(0.0, 0.001)))
    rows = 10_000
    body = b"[" + b",".join([row] * rows) + b"]"
    steps, number = decode_steps(body, wire.Student, "it", Limits(answer_bad_rows=rows)), 0
    while True:
        try:
            next(steps)
        except StopIteration as end:
            assert len(end.value.bad) == rows
            break
        number += 1
    assert number >= rows // 25, "a step ends after 20 ms"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
ROW = st.dictionaries(
    st.sampled_from([wire.wire_name(name) for name in columns(wire.Section)] + ["Other"]), JSON_VALUES
)


@given(st.lists(ROW | JSON_VALUES, max_size=6))
def test_every_row_ends_as_one_record_or_one_description_and_can_be_stored(rows: list[Any]) -> None:
    decoded = decode_list(json.dumps(rows).encode(), wire.Section)
    assert decoded.received == len(rows) == len(decoded.records) + len(decoded.bad)
    connection = sqlite3.connect(":memory:")
    try:
        names = columns(wire.Section)
        connection.execute(f"CREATE TABLE section ({', '.join(names)})")
        marks = ", ".join("?" * len(names))
        connection.executemany(
            f"INSERT INTO section VALUES ({marks})",
            map(row_of(wire.Section), decoded.records),
        )
    finally:
        connection.close()


@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda junk: b"[" + GOOD + b"," + junk + b"]"))
def test_no_bytes_bring_anything_but_records_descriptions_or_an_error_of_the_source(body: bytes) -> None:
    try:
        decoded = decode_list(body, wire.Student)
    except AeriesError:
        return
    assert decoded.received == len(decoded.records) + len(decoded.bad)


@given(st.integers(0, 400))
def test_no_cut_off_answer_passes_for_a_whole_one(cut: int) -> None:
    whole = b"[" + b",".join(GOOD.replace(b":1,", b":%d," % n) for n in range(1, 7)) + b"]"
    if cut < len(whole):
        with pytest.raises(AeriesError):
            decode_list(whole[:cut], wire.Student)


@pytest.mark.parametrize("type_", wire._KEYS)
def test_the_columns_are_the_beginning_of_the_tuple(type_: type[wire.Record]) -> None:
    names = columns(type_)
    assert type_.__struct_fields__[: len(names)] == names
    assert len(type_.__struct_fields__) - len(names) <= 1


def test_the_first_row_is_taken_away_with_all_that_was_wrong_with_it() -> None:
    member = b'{"StaffID":"x"}'
    rows = [
        b'{"SchoolCode":7,"SectionNumber":%d,"SectionStaffMembers":[%s]}' % (n, member) for n in (1, 2)
    ] + [b'{"SchoolCode":7,"SectionNumber":"x"}']
    decoded = decode_list(b"[" + b",".join(rows) + b"]", wire.Section)
    assert ([part.index for part in decoded.bad_parts], decoded.received) == ([0, 1], 3)
    decoded.drop_first()
    assert [one.section_number for one in decoded.records] == [2]
    assert ([part.index for part in decoded.bad_parts], decoded.received) == ([1], 2)
    assert [one.index for one in decoded.bad] == [2]


def test_a_first_row_that_can_not_be_used_is_taken_away_alone() -> None:
    decoded = students(b'{"SchoolCode":994,"StudentID":"x"}', GOOD)
    decoded.drop_first()
    assert (len(decoded.records), decoded.bad, decoded.received) == (1, [], 1)
