"""Bodies of a whole pull that are on disk before it begins, so that serving them costs nothing."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from aeries_tui.demo.bodies import WHOLE, Bodies, Page, squeeze
from aeries_tui.demo.routes import Call
from aeries_tui.demo.shapes import Row
from simulator.district import EditedDistrict
from simulator.feeds import EditedFeeds


def pages_of_a_pull(count: int, size: int) -> Iterator[Page]:
    """The pages a pull asks for: each begins with the last row of the one before, and the last holds no other."""
    yield Page(1, size)
    read = min(count, size)
    while read:
        yield Page(read, read + size)
        if read == count:
            return
        read = min(count, read + size)


class ReadyBodies(Bodies):
    """Answers to calls; those that were made ready come from the disk until the district changes."""

    district: EditedDistrict
    _ready: dict[object, Path]
    _ready_for = -1

    def feeds(self, since: datetime) -> EditedFeeds:
        """The change feeds since a moment, edits among them."""
        return EditedFeeds(self.district, since)

    def body(self, call: Call, page: Page, *, gzip: bool) -> bytes:
        """The body of the right answer; raises as that of `Bodies`."""
        path = None
        if self._ready_for == self.district.version:
            path = self._ready.get((call.endpoint, call.school, call.keys, page))
        if path is None:
            return super().body(call, page, gzip=gzip)
        body = path.read_bytes()
        return body if gzip else zlib.decompress(body, 31)

    def make_ready(
        self, directory: Path, page_size: int, *, rosters: bool = False, spoil_every: int = 0
    ) -> int:
        """Write the bodies of a whole pull to disk, so that serving them costs nothing.

        Args:
            directory: where; it must exist.
            page_size: how many new students a page will be asked to hold.
            rosters: also the roster of each section, for a client that asks for them one by one.
            spoil_every: take the StudentID from the first record of each such school's first page; 0 for none.

        Returns:
            how many bodies there are.
        """
        self._ready, self._ready_for = {}, self.district.version
        pages = 0
        for number, (call, page) in enumerate(self._of_a_pull(page_size)):
            path = directory / f"{number:06}.gz"
            body = self.plain(call, page)
            if page.first == 1 and page.last is not None:
                pages += 1
                if spoil_every and pages % spoil_every == 1 % spoil_every:
                    body = body.replace(b'"StudentID":', b'"StudentIDD":', 1)
            path.write_bytes(squeeze(body, 6))
            self._ready[call.endpoint, call.school, call.keys, page] = path
        if rosters:
            self._rosters_ready(directory)
        return len(self._ready)

    def _rosters_ready(self, directory: Path) -> None:
        for school in self.district.real_schools:
            found: dict[int, list[Row]] = {
                int(row["SectionNumber"]): [] for row in self.district.sections(school.code)
            }
            for row in self.district.classes(school.code):
                found.setdefault(int(row["SectionNumber"]), []).append(row)
            for section, rows in found.items():
                path = directory / f"{school.code}-{section}.gz"
                path.write_bytes(squeeze(msgspec.json.encode(rows)))
                self._ready["roster", school.code, (str(section),), WHOLE] = path

    def _of_a_pull(self, size: int) -> Iterator[tuple[Call, Page]]:
        for name in ("schools", "staff", "courses"):
            yield Call(name), WHOLE
        for school in self.district.real_schools:
            for name in ("teachers", "sections", "classes", "students"):
                yield Call(name, school.code), WHOLE
            call = Call("students", school.code)
            for page in pages_of_a_pull(len(self.records(call)), size):
                yield call, page
