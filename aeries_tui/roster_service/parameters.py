"""The parameters of a request, read strictly (OneRoster REST, sections 4 and 5); what is unknown is passed over."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from aeries_tui.roster_service.answers import Refused
from aeries_tui.roster_service.filters import Filter, Unfit, parse_filter
from aeries_tui.roster_service.names import NAMES, TOP
from aeries_tui.roster_service.operations import Operation

LARGEST_PAGE = 10_000
"""A larger limit is cut to this: Google and Microsoft ask for so many at once."""

_LARGEST = 2**31 - 1
_MOST_PARAMETERS = 100
_ONCE = ("limit", "offset", "sort", "orderBy", "filter", "state")


@dataclass(frozen=True)
class Parameters:
    """What a request asks for.

    Attributes:
        limit: the most records that are given.
        asked_limit: what was asked for, which may be more.
        offset: how many are passed over.
        sort, descending: by what they are sorted; blank for their own order.
        filter: which of them; None for all.
        fields: the names that are given; None for all.
        state: the number of the state that a walk began with; None where nothing is said.
        same: the parameters that make it the same list, for the links of a walk.
        odd: what was passed over that 1.1 has a warning for.
    """

    limit: int
    asked_limit: int
    offset: int
    sort: str
    descending: bool
    filter: Filter | None
    fields: frozenset[str] | None
    state: int | None
    same: tuple[tuple[str, str], ...]
    odd: str

    def link(self, address: str, offset: int, state: int) -> str:
        """The address of another page of the same walk."""
        query = (*self.same, ("limit", str(self.asked_limit)), ("offset", str(offset)), ("state", str(state)))
        return f"{address}?{urlencode(query)}"


def read_parameters(query: bytes, operation: Operation) -> Parameters:
    """The parameters in a query string; raises Refused."""
    try:
        pairs = parse_qsl(
            query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS
        )
    except ValueError:
        raise Refused(
            400,
            "invaliddata",
            f"The query is not percent-encoded UTF-8, or has more than {_MOST_PARAMETERS}.",
        ) from None
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    for name in _ONCE:
        if len(given.get(name, ())) > 1:
            raise Refused(400, "invaliddata", f"{name} is given twice.")
    one = {name: given[name][0] for name in _ONCE if name in given}
    if operation.single is not None:
        fields, odd = _fields(given, operation)
        return Parameters(1, 1, 0, "", False, None, fields, None, (), odd)
    return _of_list(given, one, operation)


def _of_list(given: dict[str, list[str]], one: dict[str, str], operation: Operation) -> Parameters:
    asked = _whole(one, "limit", 1, 100)
    offset = _whole(one, "offset", 0, 0)
    state = _whole(one, "state", 1, 0) if "state" in one else None
    if one.get("orderBy", "asc") not in {"asc", "desc"}:
        raise Refused(400, "invaliddata", "orderBy is neither asc nor desc.")
    found = None
    if "filter" in one:
        try:
            found = parse_filter(one["filter"], operation.version, operation.collection)
        except Unfit as unfit:
            raise Refused(400, "invalid_filter_field", str(unfit)) from None
    fields, odd = _fields(given, operation)
    sort = one.get("sort", "")
    if sort and sort not in NAMES[operation.version, operation.collection]:
        sort, odd = "", odd or "invalid_sort_field"
    same: list[tuple[str, str]] = [(name, one[name]) for name in ("filter", "sort", "orderBy") if name in one]
    same += [("fields", value) for value in given.get("fields", ())]
    return Parameters(
        min(asked, LARGEST_PAGE), asked, offset, sort, one.get("orderBy") == "desc", found, fields, state, tuple(same), odd
    )  # fmt: skip


def _whole(one: dict[str, str], name: str, least: int, default: int) -> int:
    text = one.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 10) or not least <= int(text) <= _LARGEST:
        raise Refused(400, "invaliddata", f"{name} is not a whole number from {least} to {_LARGEST}.")
    return int(text)


def _fields(given: dict[str, list[str]], operation: Operation) -> tuple[frozenset[str] | None, str]:
    """The names asked for; where 1.1 does not know one, all are given with a warning."""
    if "fields" not in given:
        return None, ""
    names = [name.strip() for value in given["fields"] for name in value.split(",")]
    if not any(names):
        raise Refused(400, "invalid_selection_field", "fields names nothing.")
    if TOP[operation.version, operation.collection].issuperset(names):
        return frozenset(names), ""
    if operation.version == "1.1":
        return None, "invalid_selection_field"
    raise Refused(400, "invalid_selection_field", "fields names a field that these records don't have.")
