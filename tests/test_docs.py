"""The documents lead somewhere, and so does every reference to them in code, tests and documents.

`design` is docs/design.md, `contract` docs/aeries-api.md, `OneRoster` docs/oneroster.md, `OneRoster REST` docs/roster-service.md. A reference reads "contract,
section N", with a subject where one helps; a promise is one of the design's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from aeries_tui.codes import CODES

ROOT = Path(__file__).parent.parent
DOCUMENTS = {
    "design": "design.md",
    "contract": "aeries-api.md",
    "OneRoster": "oneroster.md",
    "OneRoster REST": "roster-service.md",
}

_GAP = r"[\s#]+"  # a comment may break the line
_NUMBER = rf"\d{{1,2}}(?![\d_])(?:{_GAP}\([^()]*\))?"
_NUMBERS = rf"({_NUMBER}(?:(?:,|{_GAP}and){_GAP}{_NUMBER})*)"
_NAMED = re.compile(
    rf"\b({'|'.join(DOCUMENTS)})(?:\.md)?,{_GAP}sections?{_GAP}{_NUMBERS}(?:,{_GAP}([\w /]+)(?=[);]))?"
)
_BARE = re.compile(rf"\bsections?{_GAP}{_NUMBERS}")
_PROMISE = re.compile(rf"\bpromises?{_GAP}{_NUMBERS}")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Document:
    """The sections of a document by number, each with its headings, and the numbers of its promises."""

    sections: dict[int, list[str]]
    promises: frozenset[int]


def _document(text: str) -> Document:
    sections: dict[int, list[str]] = {}
    headings: list[str] = []
    for line in text.splitlines():
        if found := re.match(r"## (\d+)\. (.+)", line):
            headings = sections[int(found[1])] = [found[2]]
        elif line.startswith("### "):
            headings.append(line.removeprefix("### "))
    listed = re.findall(r"^(\d+)\. <a id=\"promise-(\d+)\"></a>", text, re.MULTILINE)
    return Document(sections, frozenset(int(number) for number, anchor in listed if number == anchor))


KNOWN = {name: _document((ROOT / "docs" / file).read_text("utf-8")) for name, file in DOCUMENTS.items()}


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", re.sub(r"\([^()]*\)", "", text))]


def dead_references(text: str, *, bare: bool) -> Iterator[str]:
    """What in a text refers to a section or a promise that there is not.

    Args:
        text: of a file.
        bare: a section may be named without a document: that of the text itself.
    """
    named = list(_NAMED.finditer(text))
    for found in named:
        sections = KNOWN[found[1]].sections
        numbers = _numbers(found[2])
        yield from (f"{found[1]}, section {number}" for number in numbers if number not in sections)
        subjects = [] if found[3] is None or _PROMISE.match(found[3]) else re.split(r"\s+and\s+", found[3])
        headings = "\n".join(line for number in numbers for line in sections.get(number, ())).casefold()
        yield from (found[0] for subject in subjects if subject.casefold() not in headings)
    for found in _PROMISE.finditer(text):
        gone = set(_numbers(found[1])) - KNOWN["design"].promises
        yield from (f"promise {number}" for number in sorted(gone))
    if not bare:
        spans = [found.span() for found in named]
        yield from (
            f"{found[0]}: of which document?"
            for found in _BARE.finditer(text)
            if not any(start <= found.start() < end for start, end in spans)
        )


def _files() -> Iterator[Path]:
    for folder in ("aeries_tui", "tests", "benchmarks"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".md", ".tcss"} and path != Path(__file__):
                yield path
    yield from _pages()


def _pages() -> list[Path]:
    return [
        *sorted((ROOT / "docs").glob("*.md")),
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "SECURITY.md",
    ]


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)"', text))


def dead_links(path: Path) -> Iterator[str]:
    """The relative links of a page that lead nowhere."""
    text = path.read_text("utf-8")
    for link in _LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        if not target.exists() or (anchor and anchor not in _anchors(target.read_text("utf-8"))):
            yield link


def test_every_reference_leads_to_a_section_or_promise_that_is_there() -> None:
    dead = {
        str(path.relative_to(ROOT)): found
        for path in _files()
        if (found := list(dead_references(path.read_text("utf-8"), bare=path.parent.name == "docs")))
    }
    assert dead == {}


def test_every_document_is_referred_to() -> None:
    text = "\n".join(path.read_text("utf-8") for path in _files() if path.suffix == ".py")
    assert {found[1] for found in _NAMED.finditer(text)} == DOCUMENTS.keys()
    assert _PROMISE.search(text)


@pytest.mark.parametrize(
    "text",
    [
        "(contract, section 9)",
        "(design, sections 4 and 42)",
        "# of the OneRoster,\n    # section 12",
        "(contract, section 7, nurses)",
        "keeps its last good version (promise 9)",
        "promises 1 and 12",
        "(reference, section 5)",
        "(section 8)",
    ],
)
def test_a_dead_reference_is_found(text: str) -> None:
    assert len(list(dead_references(text, bare=False))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "the contract, section 4, says",
        "(design, section 4; contract, section 7, sections and staff)",
        "(design, section 4, promise 5)",
        "OneRoster, sections 1 (files), 2 (manifest) and 5 (columns).",
        "# OneRoster,\n    # section 7",
        "section 994_1001, promised 9",
    ],
)
def test_a_good_reference_is_left_alone(text: str) -> None:
    assert list(dead_references(text, bare=False)) == []


def test_every_link_of_a_page_leads_somewhere(tmp_path: Path) -> None:
    assert {path.name: found for path in _pages() if (found := list(dead_links(path)))} == {}
    page = tmp_path / "page.md"
    page.write_text("# A b\n[1](page.md) [2](#a-b) [3](https://x.org) [4](gone.md) [5](#gone)", "utf-8")
    assert list(dead_links(page)) == ["gone.md", "#gone"]


def test_the_design_names_every_description_code_and_no_other() -> None:
    families = "|".join(sorted({str(name).partition("-")[0] for name in CODES}))
    text = (ROOT / "docs" / "design.md").read_text("utf-8")
    assert set(re.findall(rf"\b(?:{families})-[A-Z-]+[A-Z]\b", text)) == {str(name) for name in CODES}


def test_every_test_that_the_threat_model_names_is_there() -> None:
    named = re.findall(
        r"`((?:tests/|\.ci/)[\w/.]+)(?:::(\w+))?`", (ROOT / "docs" / "threat-model.md").read_text("utf-8")
    )
    assert len(named) > 30
    gone = [
        f"{path}::{test}"
        for path, test in named
        if not (ROOT / path).is_file() or (test and f"def {test}(" not in (ROOT / path).read_text("utf-8"))
    ]
    assert gone == []
