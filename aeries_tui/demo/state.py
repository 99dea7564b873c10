"""What a simulated server knows: the district, the certificate it accepts, where it is mounted."""

from __future__ import annotations

import asyncio
import string
from concurrent.futures import ThreadPoolExecutor

from aeries_tui.demo.bodies import Bodies
from aeries_tui.demo.district import SimulatedDistrict
from aeries_tui.demo.draw import draws

_LETTERS = string.ascii_letters + string.digits


def certificate_of(seed: int) -> str:
    """The certificate of a simulated district: 32 letters and digits, the same for the same seed."""
    return "".join(_LETTERS[draw % len(_LETTERS)] for draw in draws(32, seed, "certificate"))


class State:
    """Everything about one simulated server.

    Args:
        district: the district of the default school year.
        certificate: what clients have to send; by default made from the seed.
        roots: where the application is mounted; "" is no root at all.
        memory: bytes of bodies kept.

    Attributes:
        closing: set when the server is asked to end.
        worker: the one thread in which the district is computed.
    """

    def __init__(
        self,
        district: SimulatedDistrict,
        *,
        certificate: str | None = None,
        roots: tuple[str, ...] = ("/aeries",),
        memory: int = 48_000_000,
    ) -> None:
        self.district = district
        self.certificate = certificate or certificate_of(district.setting.seed)
        self.roots = tuple(root.rstrip("/") for root in roots)
        self.closing = asyncio.Event()
        self.worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="district")
        self._memory = memory
        self._bodies: dict[int, Bodies] = {}

    @property
    def keys(self) -> dict[str, str]:
        """What whoever started the server is told for using it."""
        return {"certificate": self.certificate}

    @property
    def years(self) -> tuple[int, int]:
        """The available school years, the default one first."""
        year = self.district.setting.year
        return year, year - 1

    def bodies(self, asked_year: str | None) -> Bodies:
        """The answers of a school year.

        The trap (contract, section 2): a year that is missing, invalid or not available is silently
        taken for the default one.
        """
        year = int(asked_year) if asked_year and asked_year.isdecimal() else self.years[0]
        if year not in self.years:
            year = self.years[0]
        if year not in self._bodies:
            self._bodies[year] = self._bodies_of(self._district_of(year))
        return self._bodies[year]

    def _bodies_of(self, district: SimulatedDistrict) -> Bodies:
        return Bodies(district, self.years, self._memory)

    def _district_of(self, year: int) -> SimulatedDistrict:
        setting = self.district.setting
        if year == setting.year:
            return self.district
        other = type(self.district)(setting.students, setting.seed, year=year, defects=setting.defects)
        other.set_date(self.district.today)
        return other

    def close(self) -> None:
        """Give the worker back."""
        self.worker.shutdown(wait=True, cancel_futures=True)
