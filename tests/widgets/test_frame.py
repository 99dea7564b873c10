"""Only what has changed is written, and what then stands on the terminal is what was drawn."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.ansi import AnsiDecoder
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.geometry import Region, Size
from textual.strip import Strip

from aeries_tui.widgets.frame import Cell, Frame, Piece, cells_of

SIZE = Size(10, 3)
STYLES = [
    Style.parse(text)
    for text in (
        "#ffffff on #000000", "bold #ffffff on #000000", "#ff0000 on #000000", "#ff0000 on #00ff00",
        "bold underline #00ff00 on #000000", "reverse", "default on default", "dim",
    )
]  # fmt: skip
SEGMENT = st.tuples(st.text("ab é東", min_size=1, max_size=4), st.sampled_from(STYLES)).map(
    lambda parts: Segment(*parts)
)
SEGMENTS = st.lists(SEGMENT, min_size=1, max_size=4)


def piece(x: int, y: int, segments: list[Segment]) -> Piece:
    strip = Strip(segments).crop(0, SIZE.width - x)
    return x, y, strip.simplify()


PIECES = st.lists(st.builds(piece, st.integers(0, 9), st.integers(0, 2), SEGMENTS), max_size=4)
Cells = dict[tuple[int, int], Cell]


def put(cells: Cells, pieces: list[Piece]) -> None:
    for left, y, strip in pieces:
        cells.update({(x, y): cell for x, cell in enumerate(cells_of(strip), left)})


@given(st.lists(PIECES, max_size=6))
def test_the_terminal_shows_what_was_drawn(updates: list[list[Piece]]) -> None:
    frame, drawn, shown = Frame(), Cells(), Cells()
    whole = [piece(0, y, [Segment(" " * SIZE.width, STYLES[0])]) for y in range(SIZE.height)]
    for update in [whole, *updates]:
        put(drawn, update)
        put(shown, list(frame.changed(iter(update), SIZE)))
        assert shown == drawn
    for update in [whole, *updates][-1:]:
        for one in update[-1:]:
            assert list(frame.changed(iter([one]), SIZE)) == [], "it stands there already"
    frame.forget()
    assert list(frame.changed(iter(whole), SIZE)) == whole
    assert list(frame.changed(iter(whole), Size(11, 3))) == whole, "another size"


@given(st.lists(SEGMENTS, min_size=1, max_size=3))
def test_the_codes_lead_from_style_to_style(lines: list[list[Segment]]) -> None:
    strips = [[Strip(segments)] for segments in lines]
    size = Size(20, len(lines))
    written = (
        Frame()
        .update(LayoutUpdate(strips, Region(0, 0, 20, len(lines))), size)
        .render_segments(  # type: ignore[arg-type]
            Console(color_system="truecolor", force_terminal=True)
        )
    )
    decoder = AnsiDecoder()
    parts = written.split("\x1b[0;0H")[-1]
    for y, segments in enumerate(lines):
        line, _, parts = parts.removeprefix(f"\x1b[{y + 1};1H").partition(f"\x1b[{y + 2};1H")
        text = decoder.decode_line(line)
        place = 0
        for segment in segments:
            for _ in segment.text:
                style = text.get_style_at_offset(Console(), place)
                wanted = segment.style or Style.null()
                assert (style.bold or None, style.reverse or None) == (
                    wanted.bold or None,
                    wanted.reverse or None,
                )
                for mine, his in ((style.color, wanted.color), (style.bgcolor, wanted.bgcolor)):
                    assert (mine is None or mine.is_default) == (his is None or his.is_default)
                    assert his is None or his.is_default or mine == his
                place += 1


def test_a_blank_shows_its_ground_alone_and_few_cells_are_written() -> None:
    red, white, lined = STYLES[2], STYLES[0], Style.parse("underline #ffffff on #000000")
    size = Size(40, 1)
    frame = Frame()
    list(frame.changed(iter([(0, 0, Strip([Segment("name" + " " * 36, white)]))]), size))
    assert list(frame.changed(iter([(4, 0, Strip([Segment(" " * 36, red)]))]), size)) == []
    assert list(frame.changed(iter([(38, 0, Strip([Segment(" ", lined)]))]), size)) != []
    changed = list(
        frame.changed(iter([(0, 0, Strip([Segment("came" + " " * 20 + "x" + " " * 15, white)]))]), size)
    )
    assert [(x, strip.text) for x, _, strip in changed] == [(0, "c"), (24, "x"), (38, " ")]
