"""The tour of the README: the pictures of a journey one after the other, as one animated SVG.

It is put together out of pictures that lie in `screens`, so what it shows is what they show. Nothing in it runs, and
nothing is fetched: it moves where an image does. Who wants no movement sees the first picture.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

SIZE = (80, 24)
SECONDS = 4
"""How long each picture stays."""

LARGEST = 400_000
"""Bytes that a tour may have."""

_CAPTION = 46


@dataclass(frozen=True)
class Stop:
    """One picture of the tour: its name, and what is said below it."""

    picture: str
    caption: str


STOPS: tuple[Stop, ...] = (
    Stop("home-new", "A new district: three texts and a few keys lead to the first pull."),
    Stop("credential-form", "Paste the address and the certificate; what it makes of them is said at once."),
    Stop("permissions", "Test: each permission by name, and what to tick where one is missing."),
    Stop("schools", "Schools with the same code or name are mapped by themselves."),
    Stop("pull-live", "Pull: it goes on when the laptop is closed."),
    Stop("pull-finished", "What became of it, and what it means."),
    Stop("results", "Every import with its outcome; every record accounted for."),
    Stop("troubleshooting", "Each problem with its remedy, and the page in Aeries where it is mended."),
    Stop("explain", "Explain: why one student is in or not, and what the next pull will do."),
    Stop("home-held", "Big surprises wait for a person ..."),
    Stop("plan", "... who sees who would go, and why."),
    Stop("undo", "And any import can be undone."),
)


def tour(folder: Path) -> str:
    """The tour, out of the pictures in a folder."""
    parts, styles = [], []
    viewed = ""
    for number, stop in enumerate(STOPS):
        picture = (folder / f"{stop.picture}-{SIZE[0]}x{SIZE[1]}.svg").read_text("utf-8")
        viewed = viewed or _first(r'viewBox="([^"]*)"', picture)
        styles += [
            f".p{number} .{name}{{{rule.strip()}}}"
            for name, rule in re.findall(r"\.terminal-(r\d+) \{([^}]*)\}", picture)
        ]
        parts.append(f'<g class="p p{number}">{_drawn(picture)}{_caption(stop.caption, viewed)}</g>')
    width, height = (float(part) for part in viewed.split()[2:])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height + _CAPTION:g}">'
        f"<title>aeries-tui: from a certificate to an undo</title><style>{_motion()}{''.join(styles)}</style>"
        f"{''.join(parts)}</svg>\n"
    )


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.S)
    assert found, pattern
    return found[1]


def _drawn(picture: str) -> str:
    """What a picture draws, without what all of them share."""
    drawn = _first(r"</defs>(.*)</svg>", picture)
    drawn = re.sub(r'\s*clip-path="[^"]*"', "", drawn)
    drawn = drawn.replace("terminal-matrix", "m").replace("terminal-title", "t").replace("terminal-r", "r")
    return re.sub(r">\s+<", "><", drawn).strip()


def _caption(text: str, viewed: str) -> str:
    width, height = (float(part) for part in viewed.split()[2:])
    return f'<text class="c" x="{width / 2:g}" y="{height + 30:g}">{escape(text)}</text>'


def _motion() -> str:
    """Each picture in its turn, for ever; with reduced motion the first one alone."""
    whole, share = SECONDS * len(STOPS), 100 / len(STOPS)
    turns = "".join(f".p{number}{{animation-delay:{SECONDS * number}s}}" for number in range(len(STOPS)))
    return (
        "text{white-space:pre}.m{font-family:'Fira Code',Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:20px;"
        "line-height:24.4px}.t{font:bold 18px arial,sans-serif}"
        ".c{font:20px system-ui,-apple-system,'Segoe UI',sans-serif;text-anchor:middle;fill:#7d8590}"
        f".p{{visibility:hidden;animation:turn {whole}s step-end infinite}}.p0{{visibility:visible}}{turns}"
        f"@keyframes turn{{0%{{visibility:visible}}{share:.4f}%{{visibility:hidden}}}}"
        "@media(prefers-reduced-motion:reduce){.p{animation:none}}"
    )
