"""What is told of one person: their schools and sections, what happened to them, what was wrong, whose id it is."""

from __future__ import annotations

from typing import TypedDict

from aeries_tui.master.roster.changes import Value


class SchoolOfPerson(TypedDict):
    """A school that somebody is or was at.

    Attributes:
        code, name: of the Aeries school; the name is null where the list did not hold it.
        ali_id, ali_name: of the ALI school; null for none.
        active: at present.
        since: the date from which on; null where that is not known.
        student_number: a student's, at this school.
    """

    code: int
    name: str | None
    ali_id: str | None
    ali_name: str | None
    active: bool
    since: str | None
    student_number: int | None


class SectionOfPerson(TypedDict):
    """A section that somebody is or was in, or teaches.

    Attributes:
        id, title: of the section.
        school: by code.
        term, period: when it meets.
        active: at present.
        begins, ends: the dates of the membership.
    """

    id: str
    title: str | None
    school: int
    term: str | None
    period: str | int | None
    active: bool
    begins: str | None
    ends: str | None


_OfImport = TypedDict("_OfImport", {"import": int})


class HappenedToPerson(_OfImport):
    """What an import did to somebody.

    Attributes:
        import: the import's number.
        at: when, UTC.
        kind: of the record; `identity` where it was decided who is behind the id.
        record: its key.
        action: created, updated, reactivated, deactivated or removed; of an identity what was decided.
        fields: by name the value before and after, only those that differ.
    """

    at: str | None
    kind: str
    record: str
    action: str
    fields: dict[str, list[Value]]


class DescriptionOfPerson(TypedDict):
    """A problem with a record of somebody.

    Attributes:
        import_id: of the import that found it.
        code, severity, message: of the problem.
        kind: of the record.
        school, field: where in it; null for the whole record.
    """

    import_id: int
    code: str
    severity: str
    kind: str
    school: int | None
    field: str | None
    message: str


class IdentityQuestion(TypedDict):
    """What a person is asked about an id.

    Attributes:
        code: REC-IDENTITY or REC-RENUMBERED.
        former: the id that this person had before; null where that is not known.
        before, after: what was known of who had it, and of who has it now.
        decided: what was decided, and takes effect with the next pull; null while nothing is.
    """

    code: str
    former: int | None
    before: dict[str, str | None]
    after: dict[str, str | None]
    decided: str | None


class IdentityOfPerson(TypedDict):
    """Whose id it is.

    Attributes:
        question: what is asked; null where nothing is.
        before: the id that the person had before; null for none.
        since: the id that the person has since; null for none.
    """

    question: IdentityQuestion | None
    before: int | None
    since: int | None
