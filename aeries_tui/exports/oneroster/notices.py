"""What is worth saying of a bundle that left: consumers ask for more than the standard does."""

from __future__ import annotations

from dataclasses import dataclass

EXAMPLES = 5
_ALL_EXAMPLES = 500


@dataclass(frozen=True)
class Notice:
    """One kind of thing a consumer may stumble over; the bundle is right by the standard.

    Attributes:
        rule: a stable word for it.
        count: how many records.
        message: what it is and what it leads to.
        examples: ids of the first few; of what was left out, ids of the first 500.
    """

    rule: str
    count: int
    message: str
    examples: tuple[str, ...]


MESSAGES = {
    "record-left-out": "Records that the standard does not allow, such as a person without a name; they were left out.",
    "dependent-left-out": "Records that need one that was left out; they were left out as well.",
    "cell-left-blank": "Cells that the standard does not allow; they were left blank.",
    "name-single": "People with one name, which stands for both.",
    "class-without-teacher": "Classes without a teacher; many products leave them out.",
    "class-without-students": "Classes without students.",
    "student-without-class": "Students who are in no class.",
    "email-missing": "People without an e-mail address; they can't use single sign-on.",
    "email-invalid": "People whose e-mail address is not a valid one; the cell is left blank.",
    "email-shared": "E-mail addresses that several people share.",
    "username-shared": "User names that several people share; only one of them can log in.",
    "term-in-future": "Terms that begin after today; some products drop their classes until then.",
    "term-without-dates": "Terms without dates that can be used; the whole year's stand for them.",
    "class-without-term": "Classes whose term the school does not have; they run the whole year.",
    "course-not-listed": "Courses that are not in Aeries' course list; their number stands for the title.",
    "class-without-course": "Sections that name no course; each has one of its own.",
    "grade-without-code": "Grades without a code in OneRoster; they are sent as Other.",
    "file-left-out": "Files without a single row. They are left out, which some products read as all gone.",
}
"""What each rule says."""


class Notices:
    """Counts what is worth saying, and keeps the first few ids of each."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, list[str]]] = {}

    def add(self, rule: str, record: str, count: int = 1) -> None:
        """One more record, or `count` of them, of which one is named."""
        assert rule in MESSAGES
        so_far, examples = self._found.get(rule, (0, []))
        if len(examples) < (
            _ALL_EXAMPLES if rule.endswith("left-out") and rule != "file-left-out" else EXAMPLES
        ):
            examples.append(record)
        self._found[rule] = (so_far + count, examples)

    def all(self) -> tuple[Notice, ...]:
        """What was found, in the order of `MESSAGES`."""
        return tuple(
            Notice(rule, self._found[rule][0], message, tuple(self._found[rule][1]))
            for rule, message in MESSAGES.items()
            if rule in self._found
        )
