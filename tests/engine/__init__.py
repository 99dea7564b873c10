"""What tests of the engine share: a machine with one district, and an Aeries in memory whose lists are tables."""

from engine.paper import PaperAeries
from engine.rows import class_row, course, homeroom_teacher, member, school, section, staff, student
from engine.station import CERTIFICATE, Station, adds_up, fast_directory

__all__ = [
    "CERTIFICATE",
    "PaperAeries",
    "Station",
    "adds_up",
    "class_row",
    "course",
    "fast_directory",
    "homeroom_teacher",
    "member",
    "school",
    "section",
    "staff",
    "student",
]
