"""One-to-one assignment for a whole district at once: the pairs that are worth most together."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from math import inf


def assign(values: Sequence[Sequence[tuple[int, float]]]) -> list[int | None]:
    """The assignment with the greatest sum of values; every row may also stay alone, which is worth 0.

    Shortest augmenting paths over the given edges only (the Hungarian method on a sparse matrix).

    Args:
        values: for each row its (column, value) edges; columns are any numbers from 0.

    Returns:
        For each row its column, or None where it stays alone.
    """
    columns = 1 + max((column for edges in values for column, _ in edges), default=-1)
    top = max((value for edges in values for _, value in edges), default=0.0)
    top = max(top, 0.0)
    # Staying alone is a column of the row's own, so that every row finds a place.
    costs = [
        [*((column, top - value) for column, value in edges if value > 0), (columns + row, top)]
        for row, edges in enumerate(values)
    ]
    owner: dict[int, int] = {}
    row_price = [0.0] * len(costs)
    column_price: dict[int, float] = {}
    for row in range(len(costs)):
        _augment(row, costs, owner, row_price, column_price)
    result: list[int | None] = [None] * len(costs)
    for column, row in owner.items():
        if column < columns:
            result[row] = column
    return result


def _augment(
    start: int,
    costs: Sequence[Sequence[tuple[int, float]]],
    owner: dict[int, int],
    row_price: list[float],
    column_price: dict[int, float],
) -> None:
    """Give one more row its place by the cheapest chain of moves, and adjust the prices."""
    distance: dict[int, float] = {}
    came_from: dict[int, int] = {}
    done: dict[int, float] = {}
    heap: list[tuple[float, int]] = []
    row, base = start, 0.0
    while True:
        for column, cost in costs[row]:
            reach = base + cost - row_price[row] - column_price.get(column, 0.0)
            if column not in done and reach < distance.get(column, inf):
                distance[column] = reach
                came_from[column] = row
                heappush(heap, (reach, column))
        base, column = heappop(heap)
        while column in done:
            base, column = heappop(heap)
        if column not in owner:
            break
        done[column] = base
        row = owner[column]
    row_price[start] += base
    for seen, reach in done.items():
        row_price[owner[seen]] += base - reach
        column_price[seen] = column_price.get(seen, 0.0) - (base - reach)
    while True:
        row = came_from[column]
        previous = next((c for c, r in owner.items() if r == row), None) if row != start else None
        owner[column] = row
        if previous is None:
            return
        column = previous
