"""One run: every step in ours, what the naive pages have of them, and bare Streamlit's pages."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext
from playwright.sync_api import Error as PlaywrightError

from lib.billing.demo.stack import DemoOptions, Stack
from lib.billing.store import meta, migrate
from lib.billing.store.engine import Store

from ..bulk.known import somebody
from ..filled import busiest
from .driving import Stand, Timed, browser, drive, in_turns, settle, signed_in
from .serving import Servers, environment, memory, serving, stripe_at
from .steps import BARE, Step, naive, ours

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
        with (
            nullcontext(given) if given else stripe_at(folder, now) as told,
            serving(folder, url, now, given or environment(url, now) | told) as servers,
            browser() as opened,
        ):
            bare, own = _compare(opened, servers, store, ours(customer, email), times, tell)
            with _someone_at(opened, servers.naive) as context:
                first_written = drive(
                    context,
                    servers.naive,
                    naive(email),
                    times=min(times, 5),
                    patience=PATIENCE,
                    arrives=_nothing,
                    gives_up=True,
                    tell=tell,
                )
            held = memory(servers.process)
    finally:
        store.close()
    return Run(world, subscriptions, own, tuple(first_written), bare, held, load)


def _compare(
    opened: Browser, servers: Servers, store: Store, own: Sequence[Step], times: int, tell: Tell
) -> tuple[tuple[Timed, ...], tuple[Timed, ...]]:
    """Bare Streamlit's and ours: another page by turns, for these are compared; then the rest."""

    def comes() -> None:
        with store.writing() as connection:
            meta.raise_watermark(connection)

    with _someone_at(opened, servers.bare) as at_bare, _someone_at(opened, servers.ours) as at_ours:
        stands = [
            *(Stand(at_bare, servers.bare, step, _nothing) for step in BARE),
            *(Stand(at_ours, servers.ours, step, comes) for step in own),
        ]
        pages = [stand for stand in stands if stand.step.kind == "page"]
        found = in_turns(pages, times=times, patience=PATIENCE, tell=tell)
        for stand in stands:
            if stand.step.kind != "page":
                found += drive(
                    stand.context,
                    stand.url,
                    [stand.step],
                    times=times,
                    patience=PATIENCE,
                    arrives=stand.arrives,
                    tell=tell,
                )
    by_what = {timed.what: timed for timed in found}
    return (
        tuple(by_what[step.what] for step in BARE),
        tuple(by_what[step.what] for step in own),
    )


def _nothing() -> None:
    """What reads nothing keeps nothing."""


@contextmanager
def _someone_at(opened: Browser, url: str) -> Iterator[BrowserContext]:
    context = signed_in(opened, url)
    try:
        _begin(context, url)
        yield context
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
