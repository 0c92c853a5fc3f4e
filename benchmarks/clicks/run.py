"""One run: every step in ours, what the naive pages have of them, and bare Streamlit's pages."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext
from playwright.sync_api import Error as PlaywrightError

from lib.billing.demo.stack import DemoOptions, Stack
from lib.billing.store import meta, migrate
from lib.billing.store.engine import Store

from ..bulk.known import somebody
from ..filled import busiest
from .driving import Timed, browser, drive, settle, signed_in
from .serving import environment, memory, serving
from .steps import BARE, naive, ours

PATIENCE = 60.0
"""Seconds after which a click is said not to have come to an end."""

DEMO = "the demo's, SQLite"

WARMING = 60.0
"""Seconds for the very first page of a server."""

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Run:
    """Of one world. ``memory``: megabytes of ours when all was done. ``load``: of the machine when
    the run began, processes that wanted a core."""

    world: str
    subscriptions: int
    ours: tuple[Timed, ...]
    naive: tuple[Timed, ...]
    bare: tuple[Timed, ...]
    memory: float
    load: float


def in_demo(customers: int, times: int, tell: Tell) -> Run:
    """Over the demo's seeded company in SQLite, with its local Stripe."""
    with tempfile.TemporaryDirectory(prefix="portside-") as name:
        folder = Path(name)
        options = DemoOptions(folder, port=0, customers=customers, dashboard=False)
        with Stack(options, tell) as stack:
            url = stack.environment["PORTSIDE_DATABASE_URL"]
            given = stack.environment | {"PORTSIDE_DASHBOARD_URL": ""}
            return _run(DEMO, folder, url, given, times, tell)


def in_database(url: str, times: int, tell: Tell) -> Run:
    """Over a filled database, the clock standing in its busiest year."""
    kind = "SQLite" if url.startswith("sqlite") else "PostgreSQL"
    with tempfile.TemporaryDirectory(prefix="portside-") as name:
        return _run(f"in bulk, {kind}", Path(name), url, None, times, tell)


def _run(
    world: str, folder: Path, url: str, given: dict[str, str] | None, times: int, tell: Tell
) -> Run:
    load = os.getloadavg()[0]
    store = Store(url)
    try:
        migrate.upgrade(store)
        now = busiest(store)
        customer, email, subscriptions = _someone(store)
        if given is None:
            known = somebody(store)
            customer, email = f"cus_{known.token}", known.email
        chosen = environment(url, now) if given is None else given
        with serving(folder, url, now, chosen) as servers, browser() as opened:
            found = [
                _drive(opened, servers.bare, BARE, times, tell),
                _drive(opened, servers.ours, ours(customer, email), times, tell, store),
                _drive(opened, servers.naive, naive(email), min(times, 5), tell, gives_up=True),
            ]
            held = memory(servers.process)
    finally:
        store.close()
    bare, own, first_written = found
    return Run(world, subscriptions, own, first_written, bare, held, load)


def _drive(
    opened: Browser,
    url: str,
    steps: tuple,
    times: int,
    tell: Tell,
    store: Store | None = None,
    *,
    gives_up: bool = False,
) -> tuple[Timed, ...]:
    def arrives() -> None:
        if store is not None:
            with store.writing() as connection:
                meta.raise_watermark(connection)

    context = signed_in(opened, url)
    try:
        _begin(context, url)
        return tuple(
            drive(
                context,
                url,
                steps,
                times=times,
                patience=PATIENCE,
                arrives=arrives,
                gives_up=gives_up,
                tell=tell,
            )
        )
    finally:
        context.close()


def _begin(context: BrowserContext, url: str) -> None:
    """Ten megabytes are fetched and compiled once; who has been here for long has no tour. Where
    this takes too long, the steps tell."""
    page = context.new_page()
    page.set_default_timeout(1_000 * WARMING)
    with suppress(PlaywrightError):
        page.goto(url)
        settle(page)
        if (never := page.get_by_role("button", name="Never again")).count():
            never.click()
            settle(page)
    page.close()


def _someone(store: Store) -> tuple[str, str, int]:
    """The id and e-mail of a customer who pays, and how many subscriptions there are."""
    with store.reading() as connection:
        found = connection.exec_driver_sql(
            "SELECT c.customer_id, c.email FROM customers c JOIN subscriptions s ON "
            "s.customer_id = c.customer_id WHERE s.status = 'active' AND s.mrr_minor > 0 AND "
            "c.email IS NOT NULL AND NOT s.winding_down LIMIT 1"
        ).one()
        count = connection.exec_driver_sql("SELECT count(*) FROM subscriptions").scalar_one()
    return str(found[0]), str(found[1]), int(count)
