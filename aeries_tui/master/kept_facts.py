"""The facts that tell one person from another, where some of their fields are not kept (`pull.omit`).

Such a field is kept as a digest with the Master's salt: of two versions it tells that they are the same or others, and
no more. Where only one of the two is a digest, the other one is made one, and they are compared as such.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from aeries_tui.identity import Facts
from aeries_tui.master.subjects import DIGEST, digest_of_value, salt_of

FACT_OF = {
    "student": {
        "state_student_id": "state_id", "birthdate": "second_id", "gender": "gender", "middle_name": "middle_name",
        "preferred_first_name": "preferred_first_name", "preferred_last_name": "preferred_last_name",
    },
    "staff": {"state_educator_id": "state_id", "hr_id": "second_id", "middle_name": "middle_name"},
}  # fmt: skip
"""The fact behind each column that need not be kept."""

DIGESTED = frozenset({"state_id", "second_id", "gender"})
"""The facts that are compared as a whole, so that a digest does as well."""
_IS_DIGEST = re.compile(rf"{re.escape(DIGEST)}[0-9a-f]{{20}}")


def is_kept_digest(value: str | None) -> bool:
    """Whether a fact is a digest."""
    return value is not None and _IS_DIGEST.fullmatch(value) is not None


def know_digests(db: sqlite3.Connection, schema: str) -> None:
    """Give a connection the function `value_digest(TEXT)`, with the salt of the Master that is attached as `schema`."""
    salt = salt_of(db, schema)

    # A district has some thousand birth dates and a few genders.
    @lru_cache(maxsize=1 << 15, typed=True)
    def digest(value: object) -> str | None:
        if value is None:
            return None
        text = str(value)
        return text if is_kept_digest(text) else digest_of_value(salt, text)

    db.create_function("value_digest", 1, digest, deterministic=True)


def shown_facts(facts: Facts) -> Facts:
    """The facts as a person reads them: a digest says nothing, so it is as if it were not known."""
    return msgspec.convert(
        {name: None if is_kept_digest(value) else value for name, value in facts.document().items()}, Facts
    )


@dataclass(frozen=True)
class KeptFacts:
    """How facts of a kind of person are kept and compared.

    Attributes:
        salt: the Master's.
        omitted: the facts that are not kept.
    """

    salt: str
    omitted: frozenset[str]

    @staticmethod
    def of(salt: str, kind: str, columns: frozenset[str]) -> KeptFacts:
        """For a kind of person, some of whose columns are not kept."""
        return KeptFacts(salt, frozenset(fact for column, fact in FACT_OF[kind].items() if column in columns))

    def kept(self, facts: Facts) -> Facts:
        """The facts as they may be written down."""
        return self._with(
            facts,
            {n: self.digest(getattr(facts, n)) if n in DIGESTED else None for n in self.omitted},
        )

    def alike(self, before: Facts, after: Facts) -> tuple[Facts, Facts]:
        """Both in one form, so that they can be compared."""
        mixed = [
            name for name in DIGESTED if is_kept_digest(getattr(before, name)) != is_kept_digest(getattr(after, name))
        ]  # fmt: skip
        if not mixed:
            return before, after
        return self._digested(before, mixed), self._digested(after, mixed)

    def _digested(self, facts: Facts, names: list[str]) -> Facts:
        return self._with(facts, {name: self.digest(getattr(facts, name)) for name in names})

    @staticmethod
    def _with(facts: Facts, values: dict[str, str | None]) -> Facts:
        return msgspec.convert(facts.document() | values, Facts)

    def digest(self, value: str | None) -> str | None:
        """A fact as a digest."""
        return value if value is None or is_kept_digest(value) else digest_of_value(self.salt, value)
