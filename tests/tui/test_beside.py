"""List and detail side by side, on each screen that has both, by keys."""

from __future__ import annotations

from aeries_tui.audit.journal import Act, journal_of
from aeries_tui.settings import Settings
from engine import Station
from tui.desk import desk
from tui.harness import resize, screen_text

WIDE, THREE = (120, 36), (200, 50)


async def test_the_detail_stands_beside_each_list_and_follows_its_cursor(pulled: Station) -> None:
    async with desk(pulled.places, size=WIDE) as at:
        await at.press("5")
        await at.sees("│ Import 2:", "row 1 of 2")
        await at.press("down")
        await at.sees("│ Import 1:")
        await at.press("d")
        await at.sees("row 1 of", "│ What to do:")
        await at.press("t")
        await at.sees("Troubleshooting of import 1", "│ What to do:")
        await at.press("escape", "escape", "c")
        await at.sees("What import 1 changed", " created")
        await at.press("3")
        await at.sees("│ grades PK-12")
        await at.press("2")
        await at.sees("│ Instance URL")


async def test_three_panes_show_a_person_their_history_and_the_schools_of_a_pull(pulled: Station) -> None:
    async with desk(pulled.places, size=THREE) as at:
        await at.press("5", "down")
        await at.sees("│ By school", "Class memberships")
        await at.press("d")
        await at.sees("row 1 of", "│ What to do:")
        await at.press("6")
        await at.sees("│ History", "The student is active")
        first = at.screen
        await at.press("down")
        await at.until(lambda: at.screen != first and "│ History" in at.screen)
        await resize(at.pilot, 80, 24)
        await at.sees("row 2 of")
        assert not any("│" in line for line in screen_text(at.app))


async def test_who_rests_under_the_cursor_is_looked_at_once_and_who_is_passed_by_is_not(
    pulled: Station,
) -> None:
    async with desk(pulled.places, size=WIDE) as at:
        await at.press("6")
        await at.sees("The student is active")
        await at.press(*["down"] * 5)
        await at.sees("row 6 of")
        await at.press(*["up"] * 5)
        await at.sees("row 1 of")
        await at.press("down", "up")
    looks = [entry for entry in journal_of(pulled.places, Settings()).entries() if entry.act == Act.LOOKED]
    assert 1 <= len(looks) <= 3
    assert len({str(entry.about) for entry in looks}) == len(looks), "each person once"


async def test_a_code_and_its_count_are_never_broken_apart(pulled: Station) -> None:
    async with desk(pulled.places, size=(48, 40)) as at:
        await at.press("5", "down")
        await at.sees("Import 1:", "STUDENT-NO-EMAIL")
        for line in screen_text(at.app):
            for code in ("SECTION-NO-TEACHER", "STUDENT-NO-EMAIL", "MAP-UNMAPPED"):
                assert not line.rstrip(" │").endswith(code), line
