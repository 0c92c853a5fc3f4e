"""The guard matrix folded into the shortest table that says the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import permutations
from typing import Final

Cells = tuple[tuple[str, ...], ...]
"""For each dimension, in order, the values that a row is about; () stands for all of them."""

_TRIED: Final = 4

Row = tuple[Cells, str | None]


def folded(
    dimensions: Mapping[str, Sequence[str]], answer: Callable[[Mapping[str, str]], str | None]
) -> tuple[tuple[str, ...], list[Row]]:
    """(names of the dimensions that matter, rows). Each combination is in exactly one row.

    Up to four dimensions every order is tried for the one that gives the fewest rows, the first
    of several such; more are taken as they come.
    """
    relevant = [name for name in dimensions if _matters(name, dimensions, answer)]
    fixed = {name: values[0] for name, values in dimensions.items()}

    def asked(given: Mapping[str, str]) -> str | None:
        return answer({**fixed, **given})

    best: tuple[tuple[str, ...], list[Row]] = ((), [])
    orders = permutations(relevant) if len(relevant) <= _TRIED else [tuple(relevant)]
    for order in orders:
        rows = _split(order, dimensions, {}, asked)
        if not best[1] or len(rows) < len(best[1]):
            best = (order, rows)
    return best


def _split(
    order: Sequence[str],
    dimensions: Mapping[str, Sequence[str]],
    given: Mapping[str, str],
    answer: Callable[[Mapping[str, str]], str | None],
) -> list[Row]:
    """The rows below ``given``, values with the same rows below them taken together."""
    if not order:
        return [((), answer(given))]
    name, *rest = order
    below: list[tuple[list[str], list[Row]]] = []
    for value in dimensions[name]:
        rows = _split(rest, dimensions, {**given, name: value}, answer)
        alike = next((group for group, known in below if known == rows), None)
        if alike is None:
            below.append(([value], rows))
        else:
            alike.append(value)
    if len(below) == 1:
        return [(((), *cells), told) for cells, told in below[0][1]]
    return [((tuple(group), *cells), told) for group, rows in below for cells, told in rows]


def _matters(
    name: str,
    dimensions: Mapping[str, Sequence[str]],
    answer: Callable[[Mapping[str, str]], str | None],
) -> bool:
    others = {key: values for key, values in dimensions.items() if key != name}
    return any(
        len({answer({**given, name: value}) for value in dimensions[name]}) > 1
        for given in _combinations(others)
    )


def _combinations(dimensions: Mapping[str, Sequence[str]]) -> Iterable[dict[str, str]]:
    if not dimensions:
        return [{}]
    (name, values), *rest = dimensions.items()
    below = list(_combinations(dict(rest)))
    return ({name: value, **given} for value in values for given in below)
