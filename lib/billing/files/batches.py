"""Rows in portions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batches(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of up to ``size``; none for no rows."""
    left = iter(rows)
    while batch := list(islice(left, size)):
        yield batch
