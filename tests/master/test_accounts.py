from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aeries_tui.errors import NotFound
from aeries_tui.master import accounts
from aeries_tui.master.accounts.names import LONGEST, Person, id_name, numbered, wanted_name
from aeries_tui.master.accounts.passwords import hashed, matches, new_password
from aeries_tui.master.database import connect
from aeries_tui.master.schools import schools
from aeries_tui.secret import Secret
from aeries_tui.settings import Accounts
from engine import PaperAeries, Station, fast_directory, homeroom_teacher, staff, student


@pytest.fixture
def district(station: Station) -> Station:
    station.aeries = PaperAeries.usual()
    station.map(7, 8, 9)
    return station


def person(**fields: Any) -> Person:
    given = {
        "kind": "student",
        "number": 4711,
        "first_name": "Zoë",
        "last_name": "O'Brien-Đỗ",
        "email": "",
        "login": "",
    }
    return Person(**{**given, **fields})


def names(station: Station) -> dict[tuple[str, int], str]:
    return {
        (kind, number): name
        for kind, number, name in station.query("SELECT kind, person, user_name FROM account")
    }


# User names


@pytest.mark.parametrize(
    ("rule", "fields", "name"),
    [
        ("email", {"email": "Zoe@Example.org", "login": "zob"}, "zoe@example.org"),
        ("email", {"email": "not one", "login": "ZOB"}, "zob"),
        ("email", {"email": "mailto:zoe@example.org", "login": "zob"}, "zob"),
        ("email", {"email": "zo\u2019e@example.org", "login": "zob"}, "zob"),
        ("email", {"email": "zoe\u200b@example.org", "login": "zob"}, "zob"),
        ("email", {"email": ".zoe@example.org", "login": "zob"}, "zob"),
        ("email", {}, "4711"),
        ("login", {"email": "zoe@example.org", "login": r"DISTRICT\zob"}, r"district\zob"),
        ("login", {"email": "zoe@example.org"}, "zoe@example.org"),
        ("id", {"email": "zoe@example.org"}, "4711"),
        ("id", {"kind": "staff"}, "t4711"),
        ("template", {}, "zoe.obriendo"),
        ("template", {"first_name": ""}, "obriendo"),
        ("template", {"first_name": "민준", "last_name": "김"}, "4711"),
        ("login", {"login": "=cmd|' /C calc'!A0"}, "cmd|/ccalc!a0"),
    ],
)
def test_a_user_name_follows_the_rule_and_falls_back_to_the_id(
    rule: Any, fields: dict[str, Any], name: str
) -> None:
    assert wanted_name(Accounts(username=rule), person(**fields)) == name


def test_a_template_may_use_initials_and_the_id() -> None:
    rule = Accounts(username="template", template="{first_initial}{last}{id}")
    assert wanted_name(rule, person()) == "zobriendo4711"


@given(
    st.sampled_from(["email", "login", "id", "template"]), st.text(max_size=300), st.text(max_size=300),
    st.text(max_size=300), st.text(max_size=300),
)  # fmt: skip
def test_any_person_has_a_user_name_that_can_be_typed(
    rule: Any, first: str, last: str, email: str, login: str
) -> None:
    name = wanted_name(
        Accounts(username=rule), person(first_name=first, last_name=last, email=email, login=login)
    )
    assert 0 < len(name) <= LONGEST
    assert not re.search(r"[\s\x00-\x1f]", name)
    assert name[0] not in "=+-@"


def test_a_number_stands_before_the_domain() -> None:
    assert numbered("maria.garcia", 2) == "maria.garcia-2"
    assert numbered("mgarcia@example.org", 3) == "mgarcia-3@example.org"
    assert len(id_name(person(kind="staff"))) <= LONGEST


# Making them


def test_everybody_active_has_an_account_after_a_pull(district: Station) -> None:
    district.pull()
    people = {("student", key[0]) for key in district.active("student")} | {
        ("staff", key[0]) for key in district.active("staff")
    }
    assert names(district).keys() == people
    assert names(district)["student", 7000] == "s7000@example.org"


def test_a_shared_name_gets_a_number_and_a_description(district: Station) -> None:
    for number in (1, 3):
        district.aeries.lists["7/students"][number]["StudentEmailAddress"] = "T70@example.org"
    document = district.pull()
    found = names(district)
    assert found["staff", 70] == "t70@example.org"
    assert found["student", 7001] == "t70-2@example.org"
    assert found["student", 7003] == "t70-3@example.org"
    assert document["descriptions"]["REC-USERNAME-TAKEN"] == 2
    told = district.descriptions(1, "REC-USERNAME-TAKEN")
    assert [(line.severity, line.kind, line.record) for line in told] == [
        ("W", "student", "7001"), ("W", "student", "7003"),
    ]  # fmt: skip
    assert not any("example" in line.message for line in told)
    assert district.document(1)["outcome"] == "completed"


def test_a_number_never_takes_the_name_somebody_else_should_have(district: Station) -> None:
    students = district.aeries.lists["7/students"]
    students[0]["StudentEmailAddress"] = students[1]["StudentEmailAddress"] = "sam@example.org"
    students[2]["StudentEmailAddress"] = "sam-2@example.org"
    district.pull()
    found = names(district)
    assert found["student", 7002] == "sam-2@example.org"
    assert found["student", 7001] == "sam-3@example.org"


def test_doing_it_twice_or_after_a_kill_changes_nothing(district: Station) -> None:
    district.aeries.lists["7/students"][1]["StudentEmailAddress"] = "s7000@example.org"
    district.pull()
    before = district.query("SELECT * FROM account ORDER BY 1, 2")
    told = len(district.descriptions(1, "REC-USERNAME-TAKEN"))
    with district.master() as db:
        assert accounts.ensure_accounts(db, Accounts(), 1) == 0
        db.execute("DELETE FROM account WHERE person = 7004")
        assert accounts.ensure_accounts(db, Accounts(), 1) == 1
    after = district.query("SELECT * FROM account WHERE person <> 7004 ORDER BY 1, 2")
    assert after == [row for row in before if row[1] != 7004]
    assert len(district.descriptions(1, "REC-USERNAME-TAKEN")) == told


def test_who_leaves_and_returns_has_the_same_account_even_with_another_address(district: Station) -> None:
    district.pull()
    before = district.query("SELECT * FROM account WHERE person = 7005")
    row = district.aeries.lists["7/students"].pop()
    district.aeries.lists["7/classes"].pop()
    district.pull()
    with district.master() as db:
        (reason,) = accounts.test_login(db, Accounts(), "s7005@example.org").reasons
        assert reason.code == "inactive"
    district.aeries.lists["7/students"].append({**row, "StudentEmailAddress": "other@example.org"})
    district.pull()
    assert district.query("SELECT * FROM account WHERE person = 7005") == before
    with district.master() as db:
        assert accounts.test_login(db, Accounts(), "s7005@example.org").logs_in


def test_an_undo_leaves_accounts_and_restores_the_roster_exactly(district: Station) -> None:
    district.pull()
    before = district.roster()
    district.aeries.lists["7/students"].append(student(7, 7777))
    district.pull()
    district.undo(2)
    assert district.roster() == before
    assert ("student", 7777) in names(district)


def test_the_view_of_accounts_holds_no_password(district: Station) -> None:
    district.pull()
    with district.master() as db:
        columns = {row[1] for row in db.execute("PRAGMA table_info(v_account)")}
    assert "user_name" in columns
    assert not any("hash" in column for column in columns)


STUDENTS = st.lists(
    st.tuples(
        st.sampled_from(["", "a@x.org", "A@x.org", "a-2@x.org", "b@x.org", "nonsense", "7001", "t70"]),
        st.sampled_from(["", "ann", "7000", "t70", "ann-2"]),
    ),
    min_size=1, max_size=25,
)  # fmt: skip


@given(STUDENTS, STUDENTS, st.sampled_from(["email", "login", "id", "template"]))
@settings(max_examples=60, deadline=None)
def test_user_names_are_unique_and_never_change(
    tmp_path_factory: pytest.TempPathFactory,
    first: list[tuple[str, str]],
    more: list[tuple[str, str]],
    rule: Any,
) -> None:
    with fast_directory(tmp_path_factory.mktemp("master")) as folder:
        db = connect(folder / "master.sqlite3")
        try:
            seen: dict[tuple[str, int], str] = {}
            for number, (email, login) in enumerate([*first, *more]):
                kind = "staff" if number % 5 == 4 else "student"
                db.execute(
                    f"INSERT INTO {kind} ({kind}_id, last_name, first_name, email, login_id, active, created_import) "
                    "VALUES (?, 'Lee', 'Ann', nullif(?, ''), nullif(?, ''), 1, 1)",
                    (7000 + number, email, login),
                )
                if number in {len(first) - 1, len(first) + len(more) - 1}:
                    accounts.ensure_accounts(db, Accounts(username=rule), 1)
                    found = {
                        (row[0], row[1]): str(row[2])
                        for row in db.execute("SELECT kind, person, user_name FROM account")
                    }
                    assert len(found) == number + 1
                    assert len({name.lower() for name in found.values()}) == len(found)
                    assert seen.items() <= found.items()
                    seen = found
        finally:
            db.close()


# Passwords


def test_passwords_are_random_readable_and_kept_as_a_salted_hash() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"([a-z2-9]{4}-){3}[a-z2-9]{4}", password) for password in made)
    assert not {"0", "1", "i", "l", "o"} & set("".join(made))
    password = made.pop()
    first, second = hashed(password), hashed(password)
    assert first != second
    assert password not in first
    assert matches(password, first)
    assert matches(password, second)
    assert not matches(password.upper(), first)


def test_a_reset_password_logs_in_and_is_nowhere_in_the_database(district: Station) -> None:
    district.pull()
    with district.master() as db:
        made = accounts.reset(db, "S7000@Example.org ")
        assert made.account.person == 7000
        assert made.account.reset_at is not None
        assert made.password.reveal() not in repr(made)
        assert accounts.test_login(db, Accounts(), "s7000@example.org", made.password).logs_in
        (reason,) = accounts.test_login(db, Accounts(), "s7000@example.org", Secret("another")).reasons
        assert reason.code == "wrong-password"
        again = accounts.reset(db, "s7000@example.org")
        assert not accounts.test_login(db, Accounts(), "s7000@example.org", made.password).logs_in
    content = b"".join(path.read_bytes() for path in district.district.root.glob("master.sqlite3*"))
    assert made.password.reveal().encode() not in content
    assert again.password.reveal().encode() not in content


def test_a_password_that_was_never_shown_is_said_to_be(district: Station) -> None:
    district.pull()
    with district.master() as db:
        (reason,) = accounts.test_login(db, Accounts(), "s7000@example.org", Secret("guess")).reasons
    assert "ever shown" in reason.message


def test_there_is_no_reset_of_nobody(district: Station) -> None:
    district.pull()
    with district.master() as db, pytest.raises(NotFound, match="no such user name"):
        accounts.reset(db, "nobody")


# Log-in


def reasons(station: Station, user_name: str, rule: Accounts | None = None) -> set[str]:
    with station.master() as db:
        verdict = accounts.test_login(db, rule or Accounts(), user_name)
        return {reason.code for reason in verdict.reasons}


def test_who_can_log_in_has_no_reasons(district: Station) -> None:
    district.pull()
    with district.master() as db:
        verdict = accounts.test_login(db, Accounts(), "t70@example.org")
    assert (verdict.logs_in, verdict.signs_on, verdict.reasons, verdict.password_checked) == (
        True,
        True,
        (),
        False,
    )
    assert verdict.account is not None
    assert (verdict.account.kind, verdict.account.person, verdict.account.schools) == ("staff", 70, (7,))


def test_a_school_that_is_not_mapped_any_more_stands_against_it(district: Station) -> None:
    district.pull()
    with district.master() as db:
        schools.set_mapping(db, 7, None, by="a test")
    assert reasons(district, "s7000@example.org") == {"school-unmapped"}
    assert reasons(district, "t70@example.org") == {"school-unmapped"}
    assert reasons(district, "s8000@example.org") == set()


def test_who_teaches_nowhere_is_of_the_school_they_belong_to(district: Station) -> None:
    district.set("pull", staff="school")
    district.aeries.lists["staff"] += [staff(77, PrimaryAeriesSchool=7), staff(78)]
    district.aeries.lists["7/teachers"].append(homeroom_teacher(7, 3, 78))
    district.pull()
    with district.master() as db:
        schools_of = [accounts.account_of(db, "staff", number) for number in (77, 78)]
        assert [one.schools for one in schools_of if one] == [(7,), ()]
        schools.set_mapping(db, 7, None, by="a test")
    assert reasons(district, "t77@example.org") == {"school-unmapped"}


def test_a_teacher_record_without_sections_is_not_held_against_somebody(district: Station) -> None:
    district.aeries.lists["staff"].append(staff(77))
    district.aeries.lists["7/teachers"].append(homeroom_teacher(7, 2, 77))
    district.pull()
    assert reasons(district, "t77@example.org") == set()


def test_a_shared_address_stands_against_single_sign_on_only(district: Station) -> None:
    district.aeries.lists["7/students"][1]["StudentEmailAddress"] = "S7000@example.org"
    district.pull()
    with district.master() as db:
        verdict = accounts.test_login(db, Accounts(), "s7000@example.org")
    assert verdict.logs_in
    assert not verdict.signs_on
    assert [reason.code for reason in verdict.reasons] == ["shared-email"]


@pytest.mark.parametrize(
    ("email", "code"),
    [
        ("", "missing-email"),
        ("nonsense", "invalid-email"),
        ("mailto:a@example.org", "invalid-email"),
        ("o\u2019b@example.org", "invalid-email"),
        ("a@elsewhere.org", "foreign-domain"),
    ],
)
def test_what_is_wrong_with_an_address_is_told(district: Station, email: str, code: str) -> None:
    district.set("accounts", username="id", email_domains=("example.org",))
    district.aeries.lists["7/students"][0]["StudentEmailAddress"] = email
    district.pull()
    assert reasons(district, "7000", district.settings.accounts) == {code}


def test_somebody_who_types_the_address_in_place_of_the_user_name_is_told_the_name(district: Station) -> None:
    district.set("accounts", username="id")
    district.pull()
    with district.master() as db:
        (reason,) = accounts.test_login(db, Accounts(), "S7000@example.org").reasons
    assert reason.code == "no-such-user"
    assert "7000" in reason.message


# Finding


@pytest.mark.parametrize("text", ["7003", "s7003@example.org", "lastname7003", "FIRSTNAME7003 lastname7003"])
def test_an_account_is_found_by_what_is_known_of_its_person(district: Station, text: str) -> None:
    district.pull()
    with district.master() as db:
        assert accounts.find(db, text)[0].person == 7003


def test_the_exact_id_comes_first_and_accents_do_not_count(district: Station) -> None:
    district.aeries.lists["7/students"] += [
        student(7, 70, FirstName="Zoë"),
        student(7, 7099, FirstName="Zoé"),
    ]
    district.pull()
    with district.master() as db:
        assert accounts.find(db, "70", limit=3)[0].person == 70
        assert {found.person for found in accounts.find(db, "zoe")} == {70, 7099}
        assert accounts.find(db, "  ") == []
        assert accounts.find(db, "100%") == []
        assert accounts.account_of(db, "student", 1) is None


# Single sign-on


def test_readiness_counts_everybody_once_by_the_first_reason(district: Station) -> None:
    students = district.aeries.lists["7/students"]
    students[0]["StudentEmailAddress"] = ""
    students[1]["StudentEmailAddress"] = "nonsense"
    students[2]["StudentEmailAddress"] = "a@elsewhere.org"
    students[3]["StudentEmailAddress"] = "T70@example.org"
    district.pull()
    rule = Accounts(email_domains=("example.org",))
    with district.master() as db:
        found = accounts.sso_readiness(db, rule)
        rest = list(accounts.not_ready(db, rule))
        shared = list(accounts.not_ready(db, rule, "shared"))
    assert found.ready == {"staff": 2, "student": 14}
    assert found.rest == {
        "missing": {"staff": 0, "student": 1}, "invalid": {"staff": 0, "student": 1},
        "foreign domain": {"staff": 0, "student": 1}, "shared": {"staff": 1, "student": 1},
    }  # fmt: skip
    assert found.total == 21 == sum(found.ready.values()) + len(rest)
    assert [(one.kind, one.person) for one in shared] == [("staff", 70), ("student", 7003)]
    assert all(one.user_name for one in rest)


def test_without_domains_any_domain_will_do(district: Station) -> None:
    district.aeries.lists["7/students"][2]["StudentEmailAddress"] = "a@elsewhere.org"
    district.pull()
    with district.master() as db:
        assert accounts.sso_readiness(db, Accounts()).rest["foreign domain"] == {"staff": 0, "student": 0}


def test_a_name_that_hundreds_want_costs_each_of_them_two_tries(district: Station) -> None:
    district.aeries.lists["7/students"] = [
        student(7, 5000 + n, StudentEmailAddress="office@example.org") for n in range(300)
    ]
    district.pull()
    with district.master() as db:
        db.execute("DELETE FROM account")
        tries: list[str] = []
        db.set_trace_callback(lambda sql: tries.append(sql) if "INTO account" in sql else None)
        accounts.ensure_accounts(db, Accounts(), 1)
        db.set_trace_callback(None)
    assert len(set(names(district).values())) == len(names(district))
    assert {"office@example.org", "office-2@example.org", "office-300@example.org"} <= set(
        names(district).values()
    )
    assert len(tries) < 2 * 300
