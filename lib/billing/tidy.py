"""Tidy: what staff chose before goes once they have chosen something newer."""

from __future__ import annotations

from typing import Final

from .store import staff_choices
from .store.engine import Store

AT_ONCE: Final = 1_000
"""Rows a transaction."""


def tidy(store: Store, *, at_once: int = AT_ONCE) -> int:
    """How many rows went. Running it again is harmless. Raises DatabaseUnavailable."""
    gone = 0
    while True:
        with store.writing() as connection:
            some = staff_choices.tidy(connection, at_once)
        gone += some
        if some < at_once:
            return gone
