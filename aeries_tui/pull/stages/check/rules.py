"""The settings of one check: who is in, on which day, and what its lists can say."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Rules:
    """The settings that decide who is in.

    Attributes:
        day: the server's date, `YYYY-MM-DD`.
        lead_days: days before a class begins from which its members are in.
        staff_by_school: also take staff whose primary school or access is a mapped one.
        mapped: codes of the mapped schools.
        additions_only: deactivate nobody today.
        partial: what is staged are single records that changed, of a quick pull, not whole lists.
        foreign_percent: the share of rows of another school beyond which a list is doubtful.
        unread_teachers: for a partial check, the last whole lists held teacher records that could not be
            read.
        omit: fields that are not kept, as `student.birthdate`.
    """

    day: str
    lead_days: int
    staff_by_school: bool
    mapped: frozenset[int]
    additions_only: bool = False
    partial: bool = False
    unread_teachers: bool = False
    foreign_percent: float = 5.0
    omit: tuple[str, ...] = ()

    def omitted(self, *kinds: str) -> frozenset[str]:
        """The columns of these kinds that are not kept."""
        return frozenset(
            column for kind, _, column in (field.partition(".") for field in self.omit) if kind in kinds
        )

    def but_the_day(self) -> tuple[tuple[str, object], ...]:
        """All that decides beside the day, by name and in one order: what a check cache must agree in."""
        values = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "day"}
        return tuple((values | {"mapped": tuple(sorted(self.mapped))}).items())
