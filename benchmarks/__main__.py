"""`make bench`: what the receiver, the reports, the pages and a click cost, as ratios in one run.

The bare loop inserts each body into one table and commits; everything else is shown beside it.
`make bench ARGS="ingest"`, "peers", "shards", "search", "gating", "pages", "clicks", "sessions",
"reports", "listing", "backfill" and "import" measure one thing alone and keep its figures in
`docs/performance.md`.
"""

from __future__ import annotations

import argparse
import json
import platform
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from lib.billing.config import Settings
from lib.billing.wiring import Installation, open_installation

from . import book, elsewhere, gating, search
from .events import subscription_events

ROOT = Path(__file__).parent.parent
REPORTS = ("entitlements", "winding-down", "plan-mix", "mrr", "inbox")


def main() -> None:
    arguments = argparse.ArgumentParser(prog="make bench", description=__doc__)
    arguments.add_argument(
        "what",
        nargs="?",
        choices=["receiver", "ingest", "search", "gating", "pages", "clicks", *elsewhere.MEASURES],
        default="receiver",
    )
    arguments.add_argument(
        "--customers", type=int, help="400; clicks 2,000; search, gate, pages and reports 20,000"
    )
    arguments.add_argument("--renewals", type=int, default=9)
    arguments.add_argument("--events", type=int, default=40_000, help="of the file to import")
    arguments.add_argument(
        "--database",
        action="append",
        default=[],
        help="a filled one, in place of one that is made; beside the demo's for clicks",
    )
    arguments.add_argument("--rounds", type=int, default=3, help="of each way; peers and shards")
    arguments.add_argument("--times", type=int, help="each click (9) or quick question (5)")
    arguments.add_argument(
        "--patience", type=float, default=10, help="seconds for each question of a page"
    )
    arguments.add_argument(
        "--only", action="append", default=[], help="a page's slug; several times"
    )
    given = arguments.parse_args()
    if given.what == "ingest":
        _feeding(given.customers or 400, given.renewals)
        return
    if given.what == "search":
        _search(given.customers or 20_000, given.database)
        return
    if given.what == "gating":
        _gating(given.customers or 20_000, given.database)
        return
    if given.what == "pages":
        _pages(
            given.customers or 20_000,
            given.database,
            (given.times or 5, given.patience, tuple(given.only)),
        )
        return
    if given.what == "clicks":
        _clicks(given.customers or 2_000, given.database, given.times or 9)
        return
    if given.what in elsewhere.MEASURES:
        elsewhere.MEASURES[given.what](given)
        return
    _receiver(given.customers or 400, given.renewals)


def _feeding(customers: int, renewals: int) -> None:
    from .ingest import floor, measuring, told

    events = subscription_events(customers, renewals)
    say = Console(stderr=True).print
    with search.throw_away() as urls:
        found = [
            measuring.in_database(kind, url, events, customers, say) for kind, url in urls.items()
        ]
    told.write(found, floor.signatures(events))


def _search(customers: int, databases: list[str]) -> None:
    with search.throw_away() if not databases else nullcontext(_named(databases)) as urls:
        lines = {name: search.in_database(url, customers) for name, url in urls.items()}
    for name, of in lines.items():
        figures = {f"{line.what} ({line.found})": line.usual for line in of}
        _show(Console(), f"Search, {customers:,} customers, {name}", "ms", figures)
    book.search(lines, customers)


def _gating(customers: int, databases: list[str], *, keep: bool = True) -> None:
    with tempfile.TemporaryDirectory() as folder:
        with search.throw_away() if not databases else nullcontext(_named(databases)) as urls:
            lines = {
                name: gating.in_database(url, customers, Path(folder)) for name, url in urls.items()
            }
    for name, of in lines.items():
        title = f"Gate over HTTP, {customers:,} customers, {name}"
        _show(Console(), f"{title}, p50", "ms", {line.what: line.usual for line in of}, 2)
        _show(Console(), f"{title}, p99", "ms", {line.what: line.p99 for line in of}, 2)
        _show(Console(), title, "requests/s", {line.what: line.rate for line in of})
    if keep:
        book.gating(lines, customers)


def _pages(customers: int, databases: list[str], given: tuple[int, float, tuple[str, ...]]) -> None:
    from .pages import measuring, told  # the dashboard is imported with them

    how, say = measuring.How(*given), Console(stderr=True, highlight=False).print
    with search.throw_away() if not databases else nullcontext({}) as made:
        urls = databases or list(made.values())
        told.write([measuring.in_database(url, customers, how, say) for url in urls], how)


def _clicks(customers: int, databases: list[str], times: int) -> None:
    from .clicks import run, told  # a browser is driven with them

    say = Console(stderr=True).print
    runs = [run.in_demo(customers, times, say)]
    told.write(runs, times)
    for url in databases:
        runs.append(run.in_database(url, times, say))
        told.write(runs, times)


def _named(databases: list[str]) -> dict[str, str]:
    return {"SQLite" if url.startswith("sqlite") else "PostgreSQL": url for url in databases}


def _receiver(customers: int, renewals: int) -> None:
    events = subscription_events(customers, renewals)
    with tempfile.TemporaryDirectory() as folder:
        ingest = _ingest(Path(folder), events)
        reports = _reports(Path(folder), customers)
    console = Console()
    console.print(
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}, "
        f"{len(events):,} subscription events of {customers:,} customers, SQLite"
    )
    _show(console, "Ingest, durable and projected", "events/s", ingest)
    _show(console, "Reports, four times the customers against one", "ms", reports)
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/gate.db"
        _gating(10 * customers, [database], keep=False)


def _ingest(folder: Path, events: list[dict[str, Any]]) -> dict[str, float]:
    rates = {"bare insert and commit, one by one": _bare(folder, events)}
    for batch in (1, 50, 2_000):
        installation = _installation(folder / f"ingest{batch}.db")
        offered = events if batch > 1 else events[: len(events) // 4]
        seconds = _timed(lambda i=installation, o=offered, b=batch: i.ingest.apply(o, batch=b))
        rates[f"Portside, batches of {batch:,}"] = len(offered) / seconds
        installation.close()
    return rates


def _bare(folder: Path, events: list[dict[str, Any]]) -> float:
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    connection.execute("pragma journal_mode=wal")
    connection.execute("create table inbox (id text primary key, body blob)")

    def insert() -> None:
        for event in events:
            connection.execute("begin")
            body = json.dumps(event).encode()
            connection.execute("insert into inbox values (?, ?)", (event["id"], body))
            connection.execute("commit")

    rate = len(events) / _timed(insert)
    connection.close()
    return rate


def _reports(folder: Path, customers: int) -> dict[str, float]:
    times: dict[str, float] = {}
    for size in (customers, 4 * customers):
        installation = _installation(folder / f"reports{size}.db")
        installation.ingest.apply(subscription_events(size, 1))
        for name in REPORTS:
            seconds = min(
                _timed(lambda n=name, i=installation: i.portside.report(n, limit=50))
                for _ in range(3)
            )
            times[f"{name}, {size:,} customers"] = 1_000 * seconds
        installation.close()
    return dict(sorted(times.items()))


def _installation(database: Path) -> Installation:
    return open_installation(
        Settings.load(
            {
                "PORTSIDE_DATABASE_URL": f"sqlite:///{database}",
                "PORTSIDE_CATALOG": str(ROOT / "catalog.toml"),
            }
        )
    )


def _timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _show(
    console: Console, title: str, unit: str, figures: dict[str, float], digits: int = 1
) -> None:
    first = next(iter(figures.values()))
    table = Table("", unit, "ratio to the first", title=title, title_justify="left")
    for name, figure in figures.items():
        table.add_row(name, f"{figure:,.{digits}f}", f"{figure / first:.2f}")
    console.print(table)


if __name__ == "__main__":
    main()
