"""The pictures of all screens: `python -m tests.tui.pictures` makes `screens/*.svg`, the tour, and docs/screens.md and docs/keys.md anew.

Words after the command are names of pictures; without them all are made.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))

from aeries_tui.actions import TITLES  # noqa: E402
from aeries_tui.app import AeriesApp  # noqa: E402
from aeries_tui.keys import Keymap, keys_of, shown  # noqa: E402
from aeries_tui.operations.roster_service import Answering  # noqa: E402
from aeries_tui.session import Session  # noqa: E402
from aeries_tui.widgets.theme import DARK, LIGHT, Look  # noqa: E402
from tui.desk import Desk  # noqa: E402
from tui.harness import wait_for  # noqa: E402
from tui.scenes import Scenes, all_scenes  # noqa: E402
from tui.stage import Stage, Timer, plain_svg, still_machine  # noqa: E402
from tui.tour import tour  # noqa: E402

FOLDER = ROOT / "screens"
SCREENS, KEYS = ROOT / "docs" / "screens.md", ROOT / "docs" / "keys.md"
SIZES = ((80, 24), (120, 36), (200, 50))
ALSO_LIGHT = frozenset({"home", "results", "schools", "plan"})
"""Pictures that are taken in the light theme as well."""
TOUR = FOLDER / "tour.svg"


LISTENS = Answering("listens", "[::1]:8480", is_installed=True)


@dataclass(frozen=True)
class Picture:
    """One picture.

    Attributes:
        name: of its file.
        scene: the state of the district, a scene of `tui.scenes`.
        line: what one sees, for docs/screens.md.
        keys: pressed one after the other; a text in brackets is waited for.
        sees: what is on the screen at last.
        pulling: requests after which a pull that is under way stands still; 0 for none.
        denied: an area of permissions that is not granted.
    """

    name: str
    scene: str
    line: str
    keys: str = ""
    sees: str = ""
    pulling: int = 0
    denied: str = ""


PICTURES: tuple[Picture, ...] = (
    Picture("home-new", "nothing", "Home on the first day: the journey step by step, Aeries' side explained in place.", "", "Then press 2"),
    Picture("home-setup", "listed", "Home half way: what is done, what is next, and the key for it.", "", "not acknowledged yet"),
    Picture("home", "daily", "Home every morning: the last import, what is stale, the next daily import, the last imports as a chart.", "", "Changes by import"),
    Picture("home-held", "held", "Home when something big was found: a plan waits for a person.", "", "Plan waiting"),
    Picture("credentials", "daily", "Credentials: each district with its address, certificate, daily import, last test.", "2 [everything granted]", "Asked at"),
    Picture("credential-form", "nothing", "The form understands whatever address was pasted and says at once what it makes of it.", "2 [no credential] a [New credential] 'lincoln enter 'https://lincoln.aeries.net/admin/Login.aspx?page=default enter", "Aeries is asked at"),
    Picture("consumers", "serving", "Consumers: the products that may read the roster over OneRoster REST, and what each has read.", "2 [r Consumers] r [may read]", "Until         2027"),
    Picture("permissions", "daily", "Test: each permission by name, and what to tick where one is missing.", "2 [everything granted] t", "✖ Staff Data", denied="Staff Data"),
    Picture("schools", "listed", "Schools: which Aeries school is which ALI school, how they were matched, what is suggested.", "3", "mapped"),
    Picture("school-picker", "listed", "Picking an ALI school by a few letters, the likely ones first.", "3 [King High] down down down down down enter", "ALI school for José"),
    Picture("pull-live", "daily", "Pull: stages, pace, time left, the live log. It goes on when the program is left.", "4", "fetch", pulling=12),
    Picture("pull-schools", "daily", "How far each school is, list by list.", "4 [12 requests] s", "Students", pulling=12),
    Picture("pull-finished", "daily", "Pull afterwards: what became of it and what can be done now.", "4", "starts a pull"),
    Picture("plan", "held", "The plan that waits: why, and its counts by kind and school, down to each field.", "4 [waits] v", "would"),
    Picture("results", "daily", "Results: every import with its outcome, never by colour alone.", "5", "Completed with ERROR"),
    Picture("undo", "daily", "Undo: what taking an import back would do is worked out first, and waits as a plan.", "5 [Completed with ERROR] u", "Undo import"),
    Picture("descriptions", "daily", "Descriptions: every record with an error or a warning.", "5 [Completed with ERROR] d", "row 1 of"),
    Picture("troubleshooting", "daily", "Troubleshooting: the problems by code, parents first, with the remedy.", "5 [Completed with ERROR] t", "row 1 of"),
    Picture("changes", "daily", "What an import changed, record by record.", "5 [Completed with ERROR] c", "row 1 of"),
    Picture("record", "daily", "One changed record, field by field, before and after.", "5 [Completed with ERROR] c [row 1 of] f 'student enter [Filter:] enter", "Field"),
    Picture("people", "daily", "People: students and staff, searched by name, number, e-mail.", "6", "row 1 of"),
    Picture("person", "daily", "One person: record, schools, sections, account, history over the imports.", "6 [row 1 of] enter", "asks Aeries"),
    Picture("explain", "daily", "Explain: what Aeries says now, which rule applies, what the next pull will do.", "6 [row 1 of] i [Explain] '99400012 [active] enter", "Aeries now"),
    Picture("compare", "compared", "Compare: the roster against a list, five signs, each field that differs.", "6 [row 1 of] c [compared by] j", "BROWN"),
    Picture("archive", "daily", "Archive: one for each school year, verified, to look into or to bring back as a plan.", "7", "SHA-256"),
    Picture("end-of-year", "daily", "The end of the school year step by step: checklist, copy, verify, empty.", "7 [SHA-256] a", "Ready to archive"),
    Picture("end-of-year-question", "daily", "Nothing destructive without a question that names the thing.", "7 [SHA-256] a [Ready to archive] a", "empty the roster of"),
    Picture("end-of-year-done", "closed", "What comes next: a dry run of the new year.", "7 [SHA-256] a", "Next: a dry run"),
    Picture("districts", "county", "Districts: all of them on one board, the gravest first; pulls are started and plans decided for the marked ones.", "f2 [7 districts] down down space space", "2 marked"),
    Picture("help", "daily", "Every key of the screen, by `?`.", "6 [row 1 of] ?", "In every list"),
)  # fmt: skip


async def take(picture: Picture, stage: Stage, size: tuple[int, int], theme: str = DARK) -> str:
    """One picture as SVG."""
    async with shown_at_rest(picture, stage, size) as at:
        if theme != DARK:
            at.app.show_theme(theme)
            await at.pilot.pause()
        return plain_svg(at.app.export_screenshot(title="aeries-tui", simplify=True))


@contextlib.asynccontextmanager
async def shown_at_rest(picture: Picture, stage: Stage, size: tuple[int, int]) -> AsyncIterator[Desk]:
    """The program as a picture shows it."""
    async with _opened(stage, size) as at:
        for key in re.findall(r"\[[^]]*\]|'\S+|\S+", picture.keys):
            await _do(at, key)
        if picture.sees:
            await at.sees(picture.sees)
        if picture.pulling and not picture.keys.endswith("s"):
            await _go_on(at, stage, picture.pulling)
        await _at_rest(at)
        yield at


async def _do(at: Desk, key: str) -> None:
    if key.startswith("["):
        await at.sees(key[1:-1])
    elif key.startswith("'"):
        await at.type(key[1:])
    else:
        await at.press(*("question_mark" if key == "?" else key,))


async def _go_on(at: Desk, stage: Stage, requests: int) -> None:
    """Let a pull that stands still read a little more, in twenty seconds of its time."""
    await at.sees(f"{requests} requests")
    stage.travel.shift(20)
    stage.detour.release(requests + 9)
    await at.sees(f"{requests + 9} requests (0.5/s)")


async def _at_rest(at: Desk) -> None:
    """Wait until the screen stays as it is."""
    last: list[str] = []

    def rests() -> bool:
        last.append(at.screen)
        return len(last) > 12 and len(set(last[-12:])) == 1

    await wait_for(at.pilot, rests)


@contextlib.asynccontextmanager
async def _opened(stage: Stage, size: tuple[int, int]) -> AsyncIterator[Desk]:
    session = Session(stage.places, stage.settings)
    app = AeriesApp(session, Look(basic_colours=False))
    with (
        patch("aeries_tui.session.district_status.schedulers", return_value=(Timer(),)),
        patch("aeries_tui.operations.timers.schedulers", return_value=(Timer(),)),
        patch("aeries_tui.operations.roster_service.standing.answering", return_value=LISTENS),
        stage.patched(),
    ):
        async with app.run_test(size=size, notifications=False) as pilot:
            at = Desk(app, pilot)
            await at.until(lambda: app.current_mode == "home")
            await at.sees("Home")
            yield at
    session.close()


def make(picture: Picture, scenes: Scenes, size: tuple[int, int], theme: str = DARK) -> str:
    """One picture as SVG, on a machine of its own."""
    with stage_for(picture, scenes) as stage:
        return asyncio.run(take(picture, stage, size, theme))


@contextlib.contextmanager
def stage_for(picture: Picture, scenes: Scenes) -> Iterator[Stage]:
    """A machine of its own for a picture."""
    stage = scenes.copy(picture.scene)
    if picture.denied:
        stage.served.grant(picture.denied, "403")
    try:
        with stage.pulling(picture.pulling) if picture.pulling else contextlib.nullcontext():
            yield stage
    finally:
        if picture.denied:
            stage.served.grant(picture.denied)


def file_of(picture: Picture, size: tuple[int, int], theme: str = DARK) -> Path:
    """Where a picture lies."""
    light = "" if theme == DARK else "-light"
    return FOLDER / f"{picture.name}-{size[0]}x{size[1]}{light}.svg"


def all_files() -> dict[Path, tuple[Picture, tuple[int, int], str]]:
    """Every file of a picture, with what is in it."""
    return {
        file_of(picture, size, theme): (picture, size, theme)
        for picture in PICTURES
        for size in SIZES
        for theme in ((DARK, LIGHT) if picture.name in ALSO_LIGHT else (DARK,))
    }


# The pages of docs


def screens_section() -> str:
    """The pictures: two beside each other, a line below each."""
    lines = ["| | |", "|---|---|"]
    for left, right in zip(PICTURES[::2], [*PICTURES[1::2], None], strict=False):
        pair = [one for one in (left, right) if one is not None]
        shown = [f"![{one.name}](../screens/{file_of(one, SIZES[0]).name})<br>{one.line}" for one in pair]
        lines.append(f"| {' | '.join([*shown, ''][:2])} |")
    return "\n".join(lines)


def markdown_table(keymap: Keymap) -> str:
    """The keys: one Markdown table for each group."""
    parts: list[str] = []
    for group, title in TITLES.items():
        rows = [
            f"| {keys.replace('|', chr(92) + '|')} | {action.help} | `{action.id}` |"
            for action in keymap.group(group)
            for keys in [" ".join(shown(key) for key in keys_of(action))]
        ]
        parts.append("\n".join([f"**{title}**", "", "| key | what it does | id |", "|---|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def pages() -> dict[Path, str]:
    """The pages of docs that are made from the program, as they should be."""
    return {
        SCREENS: _between(SCREENS, "screens", screens_section()),
        KEYS: _between(KEYS, "keys", markdown_table(Keymap()).strip()),
    }


def _between(page: Path, name: str, text: str) -> str:
    """A page with a text between its two marks."""
    marks = (f"<!-- {name} -->", f"<!-- /{name} -->")
    return re.sub(
        rf"({marks[0]}\n).*?(?={marks[1]})",
        lambda found: f"{found[1]}\n{text}\n\n",
        page.read_text(encoding="utf-8"),
        count=1,
        flags=re.S,
    )


def main(names: Sequence[str]) -> int:
    """Make the pictures of these names, or all of them."""
    unknown = set(names) - {picture.name for picture in PICTURES}
    if unknown:
        sys.stderr.write(f"There is no picture {', '.join(sorted(unknown))}.\n")
        return 2
    FOLDER.mkdir(exist_ok=True)
    with still_machine() as travel, all_scenes(travel) as scenes:
        for file, (picture, size, theme) in all_files().items():
            if not names or picture.name in names:
                file.write_text(make(picture, scenes, size, theme), encoding="utf-8")
                sys.stdout.write(f"{file.relative_to(ROOT)}\n")
    TOUR.write_text(tour(FOLDER), encoding="utf-8")
    sys.stdout.write(f"{TOUR.relative_to(ROOT)}\n")
    if not names:
        for path in set(FOLDER.glob("*.svg")) - {TOUR, *all_files()}:
            path.unlink()
    for page, text in pages().items():
        page.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
