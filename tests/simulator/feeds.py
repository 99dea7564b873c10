"""The change feeds of a district that was edited: what edits touched is among them, by the moment they were made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from aeries_tui.demo.feeds import Feeds
from aeries_tui.demo.shapes import Row
from simulator.district import EditedDistrict
from simulator.edits import KEYS, Edit


class EditedFeeds(Feeds):
    """What days and edits changed since a moment of the server's clock."""

    _district: EditedDistrict

    def __init__(self, district: EditedDistrict, since: datetime) -> None:
        super().__init__(district, since)
        self._since = since

    def _touched_students(self, area: str) -> dict[tuple[int, int], int]:
        found = super()._touched_students(area)
        if area in ("student", "enrollment"):
            self._edited_students(found)
        return found

    def _touched_sections(self) -> set[tuple[int, int]]:
        edited = self._edited("sections")
        more = {(edit.school, int(number)) for edit, number in edited if edit.school is not None}
        return super()._touched_sections() | more

    def _touched_staff(self) -> set[int]:
        return super()._touched_staff() | {int(number) for _, number in self._edited("staff")}

    def _touched_courses(self) -> set[str]:
        return super()._touched_courses() | {str(number) for _, number in self._edited("courses")}

    def _touched_rosters(self) -> set[tuple[int, int]]:
        found = super()._touched_rosters()
        for edit in self._recent_edits("classes"):
            if edit.school is not None:
                found.update((edit.school, number) for number in self._sections_of(edit, edit.school))
        return found

    def _sections_of(self, edit: Edit, code: int) -> set[int]:
        told = (edit.match, edit.set, edit.add or {})
        named = {int(part["SectionNumber"]) for part in told if "SectionNumber" in part}
        if named:
            return named
        student = edit.match.get("StudentID")
        return {r["SectionNumber"] for r in self._district.classes(code) if r.get("StudentID") == student}

    def _recent_edits(self, endpoint: str) -> list[Edit]:
        return [
            edit
            for edit in self._district.edits
            if edit.endpoint == endpoint
            and edit.moment is not None
            and edit.moment.replace(tzinfo=None) >= self._since
        ]

    def _edited(self, endpoint: str) -> Iterator[tuple[Edit, str | int]]:
        """Recent edits with the keys of the records they are about."""
        key = KEYS[endpoint]
        for edit in self._recent_edits(endpoint):
            told = edit.add if edit.add is not None else edit.match
            if key in told:
                yield edit, told[key]
            else:
                for row in self._rows(endpoint, edit.school):
                    if edit.means({**row, **edit.match}) and all(
                        row.get(n) == v for n, v in edit.set.items()
                    ):
                        yield edit, row[key]

    def _rows(self, endpoint: str, code: int | None) -> Iterable[Row]:
        if code is None:
            return self._district.staff() if endpoint == "staff" else self._district.courses()
        return self._district.students(code) if endpoint == "students" else self._district.sections(code)

    def _edited_students(self, found: dict[tuple[int, int], int]) -> None:
        for _, number in self._edited("students"):
            if not isinstance(number, int):
                continue
            for row in self._district.student(number):
                found[number, row["SchoolCode"]] = row.get("StudentNumber", 0)
