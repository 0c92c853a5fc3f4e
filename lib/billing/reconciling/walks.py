"""Walks over everyone, here and at Stripe, a bounded part at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ..domain.findings import Finding
from ..reading.paced import Asks, Paced
from ..store import findings, history
from ..store.engine import Store
from ..store.queries import lacking
from ..stripe.gateway import Page

AT_ONCE: Final = 200


def customers(store: Store, only: str | None) -> Iterator[list[str]]:
    """Everyone of whom anything was seen or who has rows, by id; or the one who is named."""
    if only is not None:
        yield [only]
        return
    last = ""
    while True:
        with store.reading() as connection:
            batch = history.customer_ids(connection, last, AT_ONCE)
        if not batch:
            return
        yield batch
        last = batch[-1]


def living(store: Store, object_type: str, since: int, only: str | None) -> Iterator[list[str]]:
    """Ids of what Stripe should still know: see `lib.billing.store.queries.lacking.living`."""
    last = ""
    while True:
        with store.reading() as connection:
            batch = lacking.living(
                connection, object_type, last, AT_ONCE, since=since, customer_id=only
            )
        if not batch:
            return
        yield batch
        last = batch[-1]


def open_findings(store: Store, only: str | None) -> Iterator[list[Finding]]:
    """Open findings, left alone or not, oldest first."""
    last = 0
    while True:
        with store.reading() as connection:
            batch = findings.open_after(connection, last, AT_ONCE, customer_id=only)
        if not batch:
            return
        yield batch
        last = batch[-1].finding_id


def listed(stripe: Paced[Asks], object_type: str, since: int, only: str | None) -> Iterator[Page]:
    """Stripe's lists of what is compared; a named customer is in none and is asked for by id."""
    whose: dict[str, Any] = {} if only is None else {"customer": only}
    match object_type:
        case "customer" if only is None:
            yield from stripe.pages("customers")
        case "subscription":
            yield from stripe.pages("subscriptions", status="all", **whose)
        case "invoice" if only is not None:
            yield from stripe.pages("invoices", **whose)
        case "invoice":
            yield from stripe.pages("invoices", status="open")
            yield from stripe.pages("invoices", created={"gte": since})
