"""`report`: one HTML file of an import, for the district or a school's office."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from cli.conftest import Machine

VOID = {"meta", "br"}


class _Balanced(HTMLParser):
    """Fails where a tag is not closed, or one that runs or fetches something stands in the file."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "link", "img", "iframe", "object", "form"}
        assert not any(name.startswith("on") or name in {"src", "href"} for name, _ in attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(text: str) -> str:
    parser = _Balanced()
    parser.feed(text)
    assert parser.open == []
    assert "url(" not in text
    return parser.text


def test_the_report_of_a_district_names_nobody_unless_asked(machine: Machine) -> None:
    machine.map_all()
    number = str(machine("pull", "--acknowledge", "--json").json["import"])
    people = machine(
        "sql",
        "SELECT last_name FROM v_student WHERE length(last_name) > 5 AND NOT EXISTS "
        "(SELECT 1 FROM v_school s WHERE instr(s.name, last_name))",
        "--json",
    ).json["rows"]
    path = machine.root / "report.html"
    assert machine("report", number, "--html", str(path)).status == 0
    quiet = read(path.read_text("utf-8"))
    assert path.stat().st_mode & 0o777 == 0o600
    assert "It names no student" in quiet
    assert "@" not in quiet.replace("@page", "").replace("@media", "")
    assert [
        row["last_name"] for row in people if re.search(rf"\b{re.escape(row['last_name'])}\b", quiet)
    ] == []
    machine("report", number, "--html", str(path), "--names")
    assert any(row["last_name"] in read(path.read_text("utf-8")) for row in people)


def test_each_school_gets_a_report_of_its_own(machine: Machine) -> None:
    machine.map_all()
    number = str(machine("pull", "--acknowledge", "--json").json["import"])
    folder = machine.root / "reports"
    written = machine("report", number, "--html", str(folder), "--school", "all").out.split()
    schools = machine(
        "sql", "SELECT DISTINCT school_code AS code FROM v_school_enrollment WHERE active", "--json"
    ).json["rows"]
    assert len(written) >= len(schools) > 1
    one = schools[0]["code"]
    text = read((folder / f"import-{number}-school-{one}.html").read_text("utf-8"))
    assert f"({one})" in text
    assert machine("report", number, "--html", str(folder / "x.html"), "--school", "98765").status == 2
    assert machine("report", "9999", "--html", str(folder / "x.html")).status == 2


def test_what_aeries_says_is_text_and_never_markup(machine: Machine) -> None:
    from datetime import UTC, datetime

    from aeries_tui.exports.report import Report, report_lines
    from aeries_tui.master.imports.by_school import SchoolFigures
    from aeries_tui.master.imports.descriptions import Description
    from aeries_tui.master.imports.imports import Import
    from aeries_tui.outcome import Outcome

    bad = '<script>alert("1")</script>\x1b[31m\u202e&amp;'
    entry = Import(
        1, "pull", "manual", datetime.now(UTC).isoformat(), None, Outcome.COMPLETED, True, bad, None, 1, None, None,
        None, True, None, (bad,), None, None, None, None, True, False, False, None, None,
    )  # fmt: skip
    school = SchoolFigures(1, bad, 1, 1, 1, 1, 1, 1)
    problem = Description(1, bad, "E", bad, bad, 1, bad, bad, bad, bad)
    for chosen in (None, school):
        report = Report(bad, entry, {}, [school], [bad], [problem], {bad: bad}, {(bad, bad): bad}, chosen)
        text = read("\n".join(report_lines(report)))
        assert "<script>" in text
        assert "\x1b" not in text
