"""Which ALI school an Aeries school is: names, codes and grades of both lists, judged for a whole district."""

from aeries_tui.mapping.matcher import map_schools
from aeries_tui.mapping.school import Decision, Match, School, Suggestion

__all__ = ["Decision", "Match", "School", "Suggestion", "map_schools"]
