"""ALI schools from a CSV as spreadsheets, Clever and OneRoster write it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeries_tui.errors import ConfigurationError
from aeries_tui.operations.ali_csv import AliCsv, read_ali_csv
from aeries_tui.operations.csv_text import csv_rows

TWO = [("A-100", "Alder High School"), ("A-200", "Birch Middle School")]
PLAIN = "id,name\nA-100,Alder High School\nA-200,Birch Middle School\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def read(folder: Path, data: bytes | str, encoding: str | None = None) -> AliCsv:
    path = folder / "schools.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_ali_csv(path, encoding)


def pairs(found: AliCsv) -> list[tuple[str, str]]:
    return [(school.id, school.name) for school in found.schools]


def refusal(folder: Path, data: bytes | str, encoding: str | None = None) -> str:
    with pytest.raises(ConfigurationError) as refused:
        read(folder, data, encoding)
    assert refused.value.meaning == "Nothing was taken from it."
    assert refused.value.remedy
    return refused.value.message


# Separators, and lines before the header


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_separator_and_line_end_is_read(folder: Path, separator: str, end: str) -> None:
    text = PLAIN.replace(",", separator).replace("\n", end)
    assert pairs(read(folder, text)) == TWO
    assert pairs(read(folder, text.rstrip())) == TWO


@pytest.mark.parametrize("head", ["sep=;", "SEP=;", '"sep=;"', "sep=;;;", "\ufeffsep=;", "\nsep=;"])
def test_a_line_that_names_the_separator_is_no_row(folder: Path, head: str) -> None:
    assert pairs(read(folder, f"{head}\n{PLAIN.replace(',', ';')}")) == TWO


def test_a_tab_after_sep_is_the_separator_and_an_odd_one_is_named(folder: Path) -> None:
    assert pairs(read(folder, "sep=\t\n" + PLAIN.replace(",", "\t"))) == TWO
    assert "'x' as the separator" in refusal(folder, "sep=x\n" + PLAIN)


def test_blank_lines_blank_cells_and_the_dos_end_are_no_schools(folder: Path) -> None:
    text = "id,name,,\n\nA-100,Alder High School,,\n   \n,,,\n\u00a0,\u200b\nA-200,Birch Middle School,\n\x1a"
    assert pairs(read(folder, text)) == TWO


def test_lines_before_the_header_are_passed_over_and_told(folder: Path) -> None:
    found = read(folder, "School list printed 11/20/2026\n\n" + PLAIN)
    assert pairs(found) == TWO
    assert found.notes == ("The header stands in line 3; the lines before it were passed over.",)


# Cells


def test_quotes_may_have_blanks_around_them_and_hold_anything(folder: Path) -> None:
    text = 'id, name\nA-1, "Alder, North" \n"A-2" ,"The ""Best""\nSchool"\nA-3,Say "Hi" High\n'
    assert pairs(read(folder, text)) == [
        ("A-1", "Alder, North"), ("A-2", 'The "Best" School'), ("A-3", 'Say "Hi" High'),
    ]  # fmt: skip


def test_a_formula_that_keeps_zeros_is_the_text_in_it(folder: Path) -> None:
    text = 'id,name,code\n="00100",="Alder",="0000100"\n\'00300,Cedar,\'0000300\n"=""00200""",Birch,\n'
    schools = read(folder, text).schools
    assert [(one.id, one.name, one.code) for one in schools] == [
        ("00100", "Alder", "0000100"), ("00300", "Cedar", "0000300"), ("00200", "Birch", ""),
    ]  # fmt: skip


def test_names_lose_what_can_not_be_seen(folder: Path) -> None:
    text = "\ufeffid,name\n\u00a0A-100 ,Alder\u00a0High\u200b  School\nA-200,\u202eBirch Middle\tSchool\n"
    assert pairs(read(folder, text)) == TWO


def test_short_rows_lack_only_what_may_be_blank(folder: Path) -> None:
    found = read(folder, "id,name,code\nA-100,Alder High School\nA-200,Birch Middle School,0000200\n")
    assert [one.code for one in found.schools] == ["", "0000200"]
    assert "line 2 has 1 cells, the header 3" in refusal(folder, "id,name,code\nA-100\n")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("A-1,Alder, North", "line 4 has 3 cells, the header 2"),
        (",Alder", "line 4: the id is blank"),
        ("A-1, ", "line 4: the name is blank"),
        ("a-100,Other", "line 4: the id 'a-100' stands in line 2 already as 'A-100'"),
        ("A-200,Other", "line 4: the id 'A-200' stands in line 3 already"),
        ("=A1&A2,Other", "line 4: the id is a formula"),
        ("A-1,=B7", "line 4: the name is a formula"),
        ("#REF!,Other", "line 4: the id is an error of the spreadsheet"),
        ("A-1,#N/A", "line 4: the name is an error of the spreadsheet"),
        ("1.00E+11,Other", "line 4: the id 1.00E+11 is a number that a spreadsheet has rounded"),
        ("1e+11,Other", "line 4: the id 1e+11 is a number that a spreadsheet has rounded"),
        ("0,Other", "line 4: 0 is no id"),
        ("0.0,Other", "line 4: 0.0 is no id"),
        ("\u22125,Other", "line 4: \u22125 is no id"),
        ("-5,Other", "line 4: -5 is no id"),
        ("A\x07-1,Other", "U+0007"),
        ("A\u200b-1,Other", "U+200B"),
        ("A\u00a01,Other", "U+00A0"),
        ("\u202eA-1,Other", "U+202E"),
        ('"A\n1",Other', "U+000A"),
        ("A-\x9b1,Other", "U+009B"),
        ('A-1,"Other', "line 4: a quote that begins a cell is not closed"),
        ('A-1,"Other" School', "line 4: a quote that begins a cell is not closed, or something follows it"),
        ("A-1,Ot\0her", "line 4 holds a NUL byte"),
    ],
)  # fmt: skip
def test_a_row_that_can_not_be_right_refuses_the_file_by_its_line(folder: Path, row: str, why: str) -> None:
    assert why in refusal(folder, f"{PLAIN}{row}\n")


def test_lines_are_counted_as_the_file_has_them(folder: Path) -> None:
    text = 'sep=,\n\n"id","name"\nA-1,"Two\nlines"\n\n   \nA-2,\n'
    assert "line 8: the name is blank" in refusal(folder, text)
    assert "line 8: the name is blank" in refusal(folder, text.replace("\n", "\r\n"))


# Encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_read_with_and_without_a_mark(folder: Path, encoding: str) -> None:
    text = PLAIN + "A-300,Peña Elementary\n"
    assert pairs(read(folder, text.encode(encoding))) == [*TWO, ("A-300", "Peña Elementary")]


@pytest.mark.parametrize(
    "name",
    ["Peña Elementary", "José Martí", "ÁLVAREZ", "École du Nord", "Alder\u2019s", "\u201cBest\u201d School"],
)
def test_windows_text_is_read_where_it_can_be_nothing_else(folder: Path, name: str) -> None:
    found = read(folder, f"id,name\r\nA-1,{name}\r\n".encode("cp1252"))
    assert pairs(found) == [("A-1", name)]
    assert "cp1252" in found.notes[0]


@pytest.mark.parametrize("name", ["Ángeles", "École", "Índigo", "Óscar", "Úrsula", "Ñandú", "El Niño", "Año"])
def test_windows_text_is_told_from_that_of_a_macintosh(folder: Path, name: str) -> None:
    assert pairs(read(folder, f"id,name\nA-1,{name}\n".encode("cp1252"))) == [("A-1", name)]


@pytest.mark.parametrize("encoding", ["mac-roman", "cp850", "cp437"])
@pytest.mark.parametrize("name", ["Peña Elementary", "José Martínez", "Álvarez Élan"])
def test_what_may_be_another_encoding_is_never_guessed_wrong(folder: Path, encoding: str, name: str) -> None:
    data = f"id,name\nA-1,{name}\n".encode(encoding, errors="ignore")
    try:
        assert pairs(read(folder, data)) == [("A-1", name)]
    except ConfigurationError as refused:
        assert "line 2 is not UTF-8 text" in refused.message
        assert "reads" in refused.message
        assert "--encoding" in refused.remedy


def test_an_encoding_that_is_said_is_the_one(folder: Path) -> None:
    data = "id,name\nA-1,Peña\n"
    for encoding in ("cp1252", "mac-roman", "cp850", "latin-1"):
        assert pairs(read(folder, data.encode(encoding), encoding)) == [("A-1", "Peña")]
    assert "no text encoding" in refusal(folder, data, "klingon")
    assert "no text encoding" in refusal(folder, data, "hex")
    assert "is not ascii text" in refusal(folder, data, "ascii")


# What is no CSV


def zipped(*names: str) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as bundle:
        for name in names:
            bundle.writestr(name, "x")
    return whole.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook (.xlsx)"),
        (zipped("mimetype", "content.xml"), "a LibreOffice workbook (.ods)"),
        (zipped("manifest.csv", "orgs.csv"), "a OneRoster ZIP"),
        (zipped("other"), "a ZIP file"),
        (b"PK\x03\x04damaged", "a ZIP file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "an Excel workbook (.xls)"),
        (b"%PDF-1.7", "a PDF document"),
        (b"\xef\xbb\xbf\n<HTML><table>", "a web page"),
        (b"<?xml version='1.0'?><Workbook>", "an XML file"),
    ],
)
def test_a_workbook_and_its_like_are_named_as_what_they_are(folder: Path, data: bytes, kind: str) -> None:
    assert f"is {kind}" in refusal(folder, data)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="can't be read"):
        read_ali_csv(tmp_path / "none.csv")
    with pytest.raises(ConfigurationError, match="can't be read"):
        read_ali_csv(tmp_path)


# Headers


def test_the_own_header_takes_any_case_and_further_columns(folder: Path) -> None:
    found = read(folder, "ID,Name,Code,Low Grade,High-Grade,Street\nA-1,Alder,0000100,K,5,1 Main\n")
    (school,) = found.schools
    assert (school.code, school.low_grade, school.high_grade, school.origin) == ("0000100", "K", "5", "csv")
    assert found.notes == ("Columns that are not used: Street.",)


def test_the_header_of_clever_is_known(folder: Path) -> None:
    text = "School_id,School_name,School_number,State_id,Low_grade,High_grade\n17,Alder,5,0000100,1,6\n"
    (school,) = read(folder, text).schools
    assert (school.id, school.name, school.code, school.low_grade) == ("17", "Alder", "0000100", "1")


def test_only_schools_of_a_oneroster_file_are_taken(folder: Path) -> None:
    text = (
        "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n"
        "0,,,District,district,,\n100,,,Alder,school,0000100,0\n200,,,Birch,School,,0\n"
        "300,,,Math,department,,100\n400,tobedeleted,,Old,school,,0\n"
    )
    found = read(folder, text)
    assert [(one.id, one.name, one.code) for one in found.schools] == [
        ("100", "Alder", "0000100"),
        ("200", "Birch", ""),
    ]
    assert found.notes[-1].startswith("3 rows left out")
    assert "only 1 row of other types" in refusal(folder, "sourcedId,name,type\n0,District,district\n")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("School;Number\nAlder;1\n", "line 1: the header lacks id and name; seen was 'School', 'Number'"),
        ("id;title\n1;Alder\n", "line 1: the header lacks name; seen was 'id', 'title'"),
        ("sourcedId,name\n1,Alder\n", "line 1: the header lacks type; seen was 'sourcedId', 'name'"),
        ("School_id,Street\n1,x\n", "line 1: the header lacks School_name; seen was 'School_id', 'Street'"),
        ("\nA-100,Alder\n", "line 2: the header lacks id and name; seen was 'A-100', 'Alder'"),
        ("id,name,Name\n1,Alder,x\n", "line 1: the header names name twice"),
        ("", "is empty"),
        (" \n,,\n", "is empty"),
        ("id,name\n", "holds no school"),
    ],
)
def test_a_refusal_shows_the_header_that_was_seen_and_what_it_lacks(
    folder: Path, text: str, why: str
) -> None:
    assert why in refusal(folder, text)


def test_a_refusal_holds_nothing_that_a_terminal_obeys(folder: Path) -> None:
    assert refusal(folder, "\x1b[31mid,\x9bname\n1,Alder\n").isprintable()


CELLS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=5), st.sampled_from([",", ";", "\t", "|"]))
def test_what_is_quoted_comes_back_as_it_was(rows: list[list[str]], separator: str) -> None:
    text = "".join(
        separator.join('"' + cell.replace('"', '""') + '"' for cell in row) + "\r\n" for row in rows
    )
    assert [row for _, row in csv_rows(text, separator)] == rows


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp()
    try:
        assert read(folder, b"id,name\n" + data).schools
    except ConfigurationError as refused:
        assert refused.message.isprintable()


def test_a_file_comes_by_standard_input_where_it_may_not_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"id,name\n7,Lincoln High\n")))
    assert [school.name for school in read_ali_csv(Path("-")).schools] == ["Lincoln High"]

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(ConfigurationError) as caught:
        read_ali_csv(tmp_path / "ali schools.csv")
    monkeypatch.setenv("SUDO_UID", "1000")
    with pytest.raises(ConfigurationError, match="can't be read") as by_sudo:
        read_ali_csv(tmp_path / "ali schools.csv")
    assert "input: sudo aeries-tui schools import-ali - < " in by_sudo.value.remedy
    assert caught.value.remedy.endswith(f"schools import-ali - < '{tmp_path}/ali schools.csv'")
