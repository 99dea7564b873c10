"""A text file that came out of somebody's spreadsheet: its encoding, and its cells by line.

Spreadsheets write CSV in the way of their country and their system: another separator, another encoding, a `sep=`
line, quotes with blanks around them. What can be told for certain is read; anything else is refused by line.
"""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

SEPARATORS = (",", ";", "\t", "|")

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_SIGNATURES = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel workbook (.xls)"), (b"\x09\x08\x10\x00", "an Excel workbook (.xls)"),
    (b"%PDF", "a PDF document"), (b"\x1f\x8b", "a packed file (gzip)"), (b"{\\rtf", "a text document (RTF)"),
    (b"<!doctype html", "a web page (HTML)"), (b"<html", "a web page (HTML)"), (b"<table", "a web page (HTML)"),
    (b"<?xml", "an XML file, such as Excel's XML workbook"),
)  # fmt: skip
_IN_ZIP = (
    ("xl/", "an Excel workbook (.xlsx)"), ("content.xml", "a LibreOffice workbook (.ods)"),
    ("Index/", "a Numbers workbook"), ("orgs.csv", "a OneRoster ZIP: unpack it, orgs.csv is the file to give"),
)  # fmt: skip
_SEP_LINE = re.compile(r'\s*"?sep=(\\t|[^\r\n"]?)"?[,;|\t "]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
_LINE_END = re.compile(r"\r\n|\r|\n")
_MOST_CELLS = 10_000


class NotCsv(Exception):
    """The file can't be read as CSV; the text says why, as the end of a sentence that begins with its name."""


@dataclass(frozen=True)
class CsvText:
    """The text of a file.

    Attributes:
        text: without byte-order mark and `sep=` line.
        first_line: the number of its first line in the file.
        separator: that of a `sep=` line; blank where there is none.
        guessed: the encoding, where nobody said it and no mark tells it; blank for UTF-8.
    """

    text: str
    first_line: int
    separator: str
    guessed: str


def csv_text(data: bytes, encoding: str | None = None) -> CsvText:
    """The text of a file.

    Args:
        data: the whole file.
        encoding: its encoding, by a name that Python knows; None to find out.

    Raises:
        NotCsv: it is no text file, or not in that encoding.
    """
    kind = _kind_of(data)
    if kind:
        raise NotCsv(f"is {kind}, not CSV")
    text, guessed = _decoded(data, encoding)
    text = text.lstrip("\ufeff").rstrip("\x1a")  # DOS ended its texts with the second
    at = text.find("\0")
    if at >= 0:
        raise NotCsv(f"line {_lines_in(text[:at]) + 1} holds a NUL byte: the file is damaged, or no text")
    found = _SEP_LINE.match(text)
    if not found:
        return CsvText(text, 1, "", guessed)
    separator = "\t" if found[1] in {"", r"\t"} else found[1]
    if separator not in SEPARATORS:
        raise NotCsv(f"names {separator!r} as the separator; comma, semicolon, tab and | are read")
    return CsvText(text[found.end() :], _lines_in(found[0]) + 1, separator, guessed)


def _kind_of(data: bytes) -> str:
    """What a file is by its first bytes, where that is no text; blank for text."""
    head = data[:64].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    for signature, kind in _SIGNATURES:
        if data.startswith(signature) or head.startswith(signature):
            return kind
    if not data.startswith(b"PK\x03\x04"):
        return ""
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (zipfile.BadZipFile, NotImplementedError):
        names = []
    return next(
        (kind for part, kind in _IN_ZIP if any(name.startswith(part) for name in names)),
        "a ZIP file, which workbooks are too",
    )


def _decoded(data: bytes, encoding: str | None) -> tuple[str, str]:
    """The text, and the encoding where it was guessed."""
    if encoding is not None:
        return _decoded_as(data, encoding), ""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _decoded_as(data, name), ""
    wide = _wide(data)
    if wide:
        return _decoded_as(data, wide), wide
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError as error:
        if _is_certainly_western(data):
            return data.decode("cp1252"), "cp1252"
        line = _lines_in(data[: error.start].decode("latin-1")) + 1
        raise NotCsv(f"line {line} is not UTF-8 text{_readings(data, error.start)}") from error


def _decoded_as(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except LookupError as error:
        raise NotCsv(f"can't be read as {encoding!r}, which is no text encoding known here") from error
    except UnicodeError as error:
        raise NotCsv(f"is not {encoding} text") from error


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: every other byte of plain text is 0."""
    even, odd, half = data[::2].count(0), data[1::2].count(0), len(data) // 2
    if half and odd > half * 0.7 and not even:
        return "utf-16-le"
    return "utf-16-be" if half and even > half * 0.7 and not odd else ""


_WORD_LETTERS = frozenset("áéíóúüñàèìòùâêîôûäëïöçãõåÁÉÍÓÚÜÑÀÈÌÒÙÂÊÎÔÛÄÏÖÇÃÅ")
_SIGNS = frozenset("\u00a0\u00b0\u00ae\u2122\u00ba\u00aa")
_DASHES = frozenset("\u2013\u2014")
_OPENING, _CLOSING = frozenset("\u2018\u201c"), frozenset("\u2019\u201d\u2026")


def _is_certainly_western(data: bytes) -> bool:
    """Whether the bytes beyond ASCII make sense as cp1252, and as no other encoding that spreadsheets write.

    The others are those of DOS and, where lines don't end as on Windows, that of the old Macintosh.
    """
    rivals = ("cp437", "cp850") if b"\r\n" in data else ("cp437", "cp850", "mac-roman")
    return _makes_sense(data, "cp1252") and not any(_makes_sense(data, rival) for rival in rivals)


def _makes_sense(data: bytes, encoding: str) -> bool:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return all(
        _fits(text[place - 1 : place], character, text[place + 1 : place + 2])
        for place, character in enumerate(text)
        if not character.isascii()
    )


def _fits(before: str, character: str, after: str) -> bool:
    """Whether a letter of English or of its neighbors, or a sign, stands as it does: no capital within a word, say."""
    if character in _DASHES:
        return before.isalnum() == after.isalnum()
    if character in _OPENING | _CLOSING:
        beside = after if character in _OPENING else before
        return beside.isalnum() or beside in {".", "!", "?", "(", ")"}
    if character not in _WORD_LETTERS:
        return character in _SIGNS
    if not (before.isalpha() or after.isalpha()):
        return False
    if character.isupper():
        return not before.islower() and not (before.isupper() and after.islower())
    return not after.isupper()


def _readings(data: bytes, at: int) -> str:
    """The words around a byte as other encodings read them, so that a person can tell which is right."""
    piece = re.split(rb"[\r\n,;\t|\"]", data[:at])[-1] + re.split(rb"[\r\n,;\t|\"]", data[at:])[0]
    found = []
    for encoding in ("cp1252", "mac-roman", "cp850"):
        try:
            found.append(f"{encoding} reads {piece[:60].decode(encoding)!r}")
        except UnicodeDecodeError:
            continue
    return f" ({'; '.join(found)})" if found else ""


def _lines_in(text: str) -> int:
    return len(_LINE_END.findall(text))


def csv_rows(text: str, separator: str, first_line: int = 1) -> Iterator[tuple[int, list[str]]]:
    """The rows of a text, blank ones too, each with the number of the line it begins in.

    A cell in quotes may hold separators, line ends and doubled quotes, and may have blanks around its quotes; a
    quote within another cell is only a quote.

    Raises:
        NotCsv: a quote is never closed, or something follows a closed one; a row has no end.
    """
    blank = " \u00a0" if separator == "\t" else " \t\u00a0"
    end = rf"{re.escape(separator)}\r\n"
    cell = re.compile(rf'[{blank}]*"((?:[^"]|"")*+)"[{blank}]*(?=[{end}]|\Z)|([^{end}]*)')
    place, line, row, begins = 0, first_line, [], first_line
    while place < len(text):
        found = cell.match(text, place)
        assert found is not None
        if found[1] is None and found[2].strip(blank).startswith('"'):
            raise NotCsv(f"line {line}: a quote that begins a cell is not closed, or something follows it")
        row.append(found[2] if found[1] is None else found[1].replace('""', '"'))
        if len(row) > _MOST_CELLS:
            raise NotCsv(f"line {begins} has more than {_MOST_CELLS:,} cells")
        line += _lines_in(found[0])
        place = found.end()
        if text.startswith(separator, place):
            place += 1
            if place < len(text):
                continue
            row.append("")
        yield begins, row
        ended = _LINE_END.match(text, place)
        place = ended.end() if ended else place
        line += 1
        row, begins = [], line
