"""Benchmarks that write a section of their own: name -> what runs them.

Each imports what it measures only when it is asked for.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from contextlib import nullcontext
from typing import Final

from rich.console import Console

say: Final = Console(stderr=True, highlight=False).print


def peers(given: Namespace) -> None:
    from .peers import measuring, told

    told.write(measuring.measure(given.customers or 400, given.renewals, given.rounds, say))


def shards(given: Namespace) -> None:
    from .shards import measuring, told

    told.write(measuring.measure(given.customers or 1_000, given.renewals, given.rounds, say))


def sessions(given: Namespace) -> None:
    from .sessions import measuring, told  # the dashboard is imported with them

    urls = given.database or [None]
    told.write([measuring.measure(url, given.customers or 20_000, say) for url in urls])


def listing(given: Namespace) -> None:
    from .listing import measuring, told

    url = given.database[0] if given.database else None
    told.write_listing(measuring.measure(url, given.customers or 10_000, say))


def backfill(given: Namespace) -> None:
    from .listing import backfilling, told

    told.write_backfill(backfilling.measure(given.customers or 1_000, say))


def imports(given: Namespace) -> None:
    from .importing import measuring, told

    told.write(measuring.measure(given.events, given.renewals, say))


def reports(given: Namespace) -> None:
    from .reporting import measuring, told
    from .search import throw_away

    customers = given.customers or 20_000
    with throw_away() if not given.database else nullcontext({}) as made:
        urls = given.database or list(made.values())
        found = []
        for url in urls:
            found.append(measuring.in_database(url, customers, say))
            told.write(found)  # a million takes long: what was measured is kept


MEASURES: Final[dict[str, Callable[[Namespace], None]]] = {
    "peers": peers,
    "shards": shards,
    "sessions": sessions,
    "reports": reports,
    "listing": listing,
    "backfill": backfill,
    "import": imports,
}
