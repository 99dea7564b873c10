"""What products ask of a bundle beyond the standard: members of each class, addresses and user names of one's own."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest
from itertools import compress, count

from aeries_tui.exports.oneroster.hashes import hashes, not_among, repeated
from aeries_tui.exports.oneroster.notices import EXAMPLES, Notices


class Wishes:
    """Sees the rows of a bundle, and tells what is worth a notice; only to be asked where they break no rule."""

    def __init__(self) -> None:
        self._names: dict[str, list[str]] = {"classes": [], "users": []}
        self._words = {"email": hashes(), "username": hashes()}
        self._members = {"teacher": hashes(), "student": hashes()}
        self._students, self._enrolled = hashes(), hashes()
        self._found: list[tuple[str, list[str], int]] = []

    def see(self, file: str, cells: Mapping[str, Sequence[str]]) -> None:
        """Some rows of a file."""
        if file in self._names:
            self._names[file].append("\n".join(cells["sourcedId"]))
        if file == "users":
            for name, words in self._words.items():
                words.extend(map(hash, map(str.casefold, cells[name])))
        if file in {"users", "roles"} and "role" in cells:
            people = cells["sourcedId" if file == "users" else "userSourcedId"]
            self._students.extend(map(hash, compress(people, map("student".__eq__, cells["role"]))))
        if file == "enrollments":
            roles = {*cells["role"]}
            for role in roles & self._members.keys():
                here = map(role.__eq__, cells["role"])
                names = (
                    cells["classSourcedId"] if len(roles) == 1 else compress(cells["classSourcedId"], here)
                )
                self._members[role].extend(map(hash, {*names}))

    def end(self, file: str, references: Mapping[str, array[int]]) -> None:
        """A file that was seen has ended.

        Args:
            file: its name.
            references: hashes of what its rows refer to, by column.
        """
        if file == "users":
            for name, words in self._words.items():
                self._note(f"{name}-shared", self._first_of(words))
            self._words = {}
        if file == "enrollments":
            self._enrolled = references["userSourcedId"]

    def tell(self, notices: Notices) -> None:
        """Tell all of it."""
        for rule, role in (("class-without-teacher", "teacher"), ("class-without-students", "student")):
            known = set(self._members[role])
            self._note(rule, (name for name in self._each("classes") if hash(name) not in known))
        idle = not_among(self._students, self._enrolled)
        self._note("student-without-class", (name for name in self._each("users") if hash(name) in idle))
        for rule, examples, number in self._found:
            for place, name in enumerate(examples):
                notices.add(rule, name, 1 if place else number - len(examples) + 1)

    def _each(self, file: str) -> Iterator[str]:
        return (name for block in self._names[file] for name in block.split("\n"))

    def _first_of(self, words: array[int]) -> Iterator[str]:
        """The first user of each word that several have. Blank is none."""
        again = repeated(words) - {hash("")}
        for name, word in zip(
            self._each("users"), words, strict=False
        ):  # an id with a line break breaks a rule
            if word in again:
                again.discard(word)
                yield name

    def _note(self, rule: str, names: Iterable[str]) -> None:
        """Of so many only the number and the first few are kept."""
        number = count()
        examples = nsmallest(EXAMPLES, (name for name, _ in zip(names, number)))  # noqa: B905
        self._found.append((rule, examples, next(number)))
