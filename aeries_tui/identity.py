"""Whether the person behind an id is the one who was behind it before (design, section 4, "Who is who").

An id is not a person: districts give the numbers of those who left to others, and exchange two by mistake.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Literal

from aeries_tui.text import fold

Compared = Literal["same", "different", "unknown"]
"""What two versions of a fact say; where one of them is blank, nothing."""

_WORD = re.compile(r"[^\W_]+")
_LEAST_PREFIX = 3


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of the person behind an id; None where it is not.

    Attributes:
        kind: student or staff.
        state_id: StateStudentID, or StateEducatorID.
        second_id: a student's birth date; the HumanResourcesSystemID of a member of staff, whose birth date
            no list of Aeries holds.
        last_name, first_name: the names.
        middle_name, preferred_first_name, preferred_last_name: by which a name is recognized.
        gender: a student's.
    """

    kind: Literal["student", "staff"]
    state_id: str | None = None
    second_id: str | None = None
    last_name: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    preferred_first_name: str | None = None
    preferred_last_name: str | None = None
    gender: str | None = None

    def document(self) -> dict[str, str | None]:
        """The facts as they are stored and shown."""
        return asdict(self)

    @property
    def exchange_key(self) -> tuple[str, str, str | None] | None:
        """What two exchanged ids have exchanged; None where too little is known."""
        if not self.last_name or not self.first_name:
            return None
        return fold(self.last_name), fold(self.first_name), self.second_id


@dataclass(frozen=True)
class Verdict:
    """What two sets of facts say of one id.

    Attributes:
        is_another: they are those of two people.
        differing: the facts that differ: `state_id`, `second_id`, `first_name`, `last_name`, `gender`.
    """

    is_another: bool
    differing: tuple[str, ...]


def compare(before: Facts, after: Facts) -> Verdict:
    """Whether the facts behind an id are now those of somebody else.

    Ordinary corrections, of one fact or of what goes together in a life, are no other person: see the table
    of cases in the design.
    """
    found: dict[str, Compared] = {
        "state_id": _compare(before.state_id, after.state_id),
        "second_id": _compare(before.second_id, after.second_id),
        "first_name": _compare_first(before, after),
        "last_name": _compare_last(before, after),
        "gender": _compare(before.gender, after.gender),
    }
    differs = {name: said == "different" for name, said in found.items()}
    names_differ = differs["first_name"] and differs["last_name"]
    if found["state_id"] == "same":
        is_another = False
    elif differs["state_id"]:
        is_another = differs["second_id"] or differs["first_name"]
    elif found["second_id"] == "different":
        is_another = differs["first_name"] or differs["last_name"]
    elif found["second_id"] == "same":
        # A member of staff has no gender here, whatever else is known.
        is_another = names_differ and (differs["gender"] or after.kind == "staff")
    else:
        is_another = names_differ
    return Verdict(is_another, tuple(name for name, said in differs.items() if said))


def exchanged(versions: Mapping[int, tuple[Facts, Facts]]) -> dict[int, int]:
    """Ids that now stand for whom another of them stood for before, and that other id.

    Two are exchanged, or several moved round. With twins no more than a first name is another one then; where a
    state id is the same, that is a correction.

    Args:
        versions: of each id whose facts changed, those before and those now.
    """
    stood = {before.exchange_key: number for number, (before, _) in versions.items()}
    return {
        number: stood[after.exchange_key]
        for number, (before, after) in versions.items()
        if after.exchange_key is not None
        and stood.get(after.exchange_key, number) != number
        and after.exchange_key != before.exchange_key
        and _compare(before.state_id, after.state_id) != "same"
    }


def is_back(known: Facts, after: Facts) -> bool:
    """Whether somebody is a person who had the same id before, and not just nobody else."""
    has_same_key = known.exchange_key is not None and known.exchange_key == after.exchange_key
    is_sure = has_same_key or _compare(known.state_id, after.state_id) == "same"
    return is_sure and not compare(known, after).is_another


def same_person(old: Facts, new: Facts) -> bool:
    """Whether somebody under a new id is a person whose old id is gone: state id, second id and a name agree.

    Of a member of staff the second id, which is the district's own, may be missing.
    """
    second = _compare(old.second_id, new.second_id)
    return (
        _compare(old.state_id, new.state_id) == "same"
        and (second == "same" or (second == "unknown" and new.kind == "staff"))
        and "same" in {_compare_first(old, new), _compare_last(old, new)}
    )


def digest(number: int, before: Facts, after: Facts, former: int | None = None) -> str:
    """What a decision is about: it holds for these facts of this id only.

    Args:
        number: the id.
        before, after: the facts; of a renumbered person (`former` is the old id) only what made them one counts.
        former: the id that the person had before.
    """
    parts: tuple[object, ...] = (after.kind, number, _core(before), _core(after))
    if former is not None:
        parts = (after.kind, number, former, after.state_id, after.second_id)
    return sha256(repr(parts).encode()).hexdigest()[:32]


def _core(facts: Facts) -> tuple[str | None, ...]:
    names = (facts.state_id, facts.second_id, facts.last_name, facts.first_name, facts.gender)
    return tuple(None if name is None else fold(name) for name in names)


def _compare(before: str | None, after: str | None) -> Compared:
    if not before or not after:
        return "unknown"
    return "same" if fold(before) == fold(after) else "different"


def _compare_first(before: Facts, after: Facts) -> Compared:
    if not before.first_name or not after.first_name:
        return "unknown"
    pairs = [
        (before.first_name, after.first_name),
        (before.first_name, after.preferred_first_name),
        (before.first_name, after.middle_name),
        (before.preferred_first_name, after.first_name),
        (before.middle_name, after.first_name),
    ]
    return "same" if any(_is_same_first(one, other) for one, other in pairs) else "different"


def _is_same_first(one: str | None, other: str | None) -> bool:
    if not one or not other:
        return False
    if fold(one) == fold(other):
        return True  # as most are, of whole lists in capitals
    short, long = sorted((_words(one), _words(other)), key=lambda words: len("".join(words)))
    if not short:
        return False
    joined = "".join(short)
    return long[: len(short)] == short or (len(joined) >= _LEAST_PREFIX and "".join(long).startswith(joined))


def _compare_last(before: Facts, after: Facts) -> Compared:
    if not before.last_name or not after.last_name:
        return "unknown"
    pairs = [
        (before.last_name, after.last_name),
        (before.last_name, after.preferred_last_name),
        (before.preferred_last_name, after.last_name),
    ]
    return "same" if any(_is_within(one, other) for one, other in pairs) else "different"


def _is_within(one: str | None, other: str | None) -> bool:
    """Whether one name holds the other as whole words, spaces and hyphens between them or not."""
    if not one or not other:
        return False
    if fold(one) == fold(other):
        return True
    short, long = sorted((_words(one), _words(other)), key=len)
    if not short:
        return False
    if "".join(short) == "".join(long):
        return True
    return any(long[at : at + len(short)] == short for at in range(len(long) - len(short) + 1))


def _words(name: str) -> list[str]:
    return _WORD.findall(fold(name)) or fold(name).split()
