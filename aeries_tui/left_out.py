"""Why a person whose record was read is not in the roster, when no error in the record is the reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

PRE_ENROLLED = "*"
"""The status of a student who is enrolled for next year (contract, section 7, students)."""


class Rule(StrEnum):
    """The rule that left a person out; the values stand in the database and in JSON.

    `REJECTED` says that the record has an error; its code says which.
    """

    INACTIVE = "inactive"
    PRE_ENROLLED = "pre_enrolled"
    NOT_TEACHING = "not_teaching"
    REJECTED = "rejected"


@dataclass(frozen=True)
class RuleText:
    """What a person reads of a rule.

    Attributes:
        words: what the person is, after "left out:".
        sentence: the reason, after "the record" or "their record"; blank where a code tells it.
        remedy: what to do if the person should be in; blank where a code tells it.
        page: the page of Aeries for it.
    """

    words: str
    sentence: str
    remedy: str
    page: str


RULES = {
    Rule.INACTIVE: RuleText(
        "inactive",
        "has an inactive status",
        "If the person should be in: blank the inactive status of their record in Aeries, then pull again.",
        "Student Data > Demographics; Staff > Staff Data",
    ),
    Rule.PRE_ENROLLED: RuleText(
        "pre-enrolled",
        "is pre-enrolled for next year (status *)",
        "Nothing, before the student is enrolled. If they attend the school now: enroll them in Aeries, then pull again.",
        "Student Data > Demographics",
    ),
    Rule.NOT_TEACHING: RuleText(
        "teaches nowhere",
        "is active, but teaches in no mapped school",
        "If the person should be in: put them on a section or a teacher record of a mapped school in Aeries, then "
        'pull again. The setting pull.staff = "school" takes everybody whose school is a mapped one.',
        "Scheduling > Master Schedule; School Info > Teachers",
    ),
    Rule.REJECTED: RuleText("error in the record", "", "", ""),
}
"""The texts of each rule."""


def words_of(rule: str, code: str | None) -> str:
    """What left a person out, in a word or two: the code of the error, or the rule's own words."""
    return code or RULES[Rule(rule)].words
