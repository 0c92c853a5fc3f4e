"""Reconcile: what Stripe has beside what is projected, each difference with its cause.

    rows beside their history (asks Stripe nothing)
    Stripe's event list beside the inbox
    prices, products and coupons
    customers, subscriptions and invoices: page by page, then what is alive here and was not listed
    gaps: events that never arrived and explain nothing of the above

Each finding is kept from first sight to resolution. With ``apply`` all that can be is repaired
through the one writer, and a second run finds nothing.

Compared are all customers and subscriptions, ended ones too; of invoices the open ones, those made
in the last `RECENT_DAYS` days, and whatever is draft or open here: an older closed invoice changes
only by a refund or credit note, which says so itself. A run for one customer takes in all of that
customer's invoices and the gaps that are known, and neither references nor new gaps.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from .domain.errors import BillingError, Interrupted, WrongUsage
from .domain.providers import Provider, provider_of
from .ingest import Ingest
from .reading.pace import Pace
from .reading.paced import Asks, Paced, Progress
from .reconciling.comparison import RECENT_DAYS, Comparison
from .reconciling.summary import ReconcileSummary
from .store import findings
from .store.engine import Store
from .store.queries import findings as board

__all__ = ["RECENT_DAYS", "Reconcile", "ReconcileSummary"]


class Reconcile:
    """Compares with Stripe. Each `run` is on its own; it may be used again and again."""

    def __init__(
        self,
        store: Store,
        ingest: Ingest,
        gateway: Asks,
        *,
        clock: Callable[[], int],
        sleep: Callable[[float], None] = time.sleep,
        progress: Progress = lambda _: None,
    ) -> None:
        self._store = store
        self._ingest = ingest
        self._gateway = gateway
        self._clock = clock
        self._sleep = sleep
        self._progress = progress
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End the run under way, from another thread, before its next request to Stripe."""
        self._stopped.set()

    def run(self, *, apply: bool = False, only: str | None = None) -> ReconcileSummary:
        """Compare everyone, or the customer ``only``; with ``apply`` repair.

        Raises StripeUnavailable, StripeRefused (without the right to read customers, subscriptions
        or invoices), NoCustomer when neither side knows ``only``, ConfigurationError for a repair
        with another account's key, DatabaseUnavailable, Interrupted, WrongUsage for a customer whom
        another provider bills.
        What was found until then is kept.
        """
        refuse_elsewhere(only)
        pace = Pace(sleep=self._sleep)
        stripe = Paced(self._gateway, pace, tell=self._progress, halt=self._halt, sleep=self._sleep)
        comparison = Comparison(
            self._store, self._ingest, stripe, self._clock, self._progress, only
        )
        summary = comparison.summary
        summary.applied = apply
        with self._store.writing() as connection:
            scope, started = only or "", comparison.started
            run_id = findings.begin_run(connection, at=started, applied=apply, scope=scope)
        problem: str | None = "It was interrupted."
        try:
            comparison.compare()
            if apply:
                comparison.repair()
            problem = None
        except BillingError as error:
            problem = str(error)
            raise
        finally:
            summary.requests = stripe.requests
            with self._store.writing() as connection:
                findings.end_run(
                    connection,
                    run_id,
                    at=self._clock(),
                    problem=problem,
                    left_out=summary.left_out,
                    customers=summary.customers,
                    requests=summary.requests,
                    findings=summary.found,
                    repaired=summary.repaired,
                )
        with self._store.reading() as connection:
            summary.open = board.by_cause(connection, self._clock(), customer_id=only)
        return summary

    def _halt(self) -> None:
        if self._stopped.is_set():
            raise Interrupted("It was stopped before its end. Start it again.")


def refuse_elsewhere(customer_id: str | None) -> None:
    """Raises WrongUsage for a customer whom Stripe has never heard of."""
    provider = provider_of(customer_id)
    if provider is not Provider.STRIPE:
        raise WrongUsage(
            f"{customer_id} is billed by {provider.label}: there is nothing at Stripe to compare.",
            code="other_provider",
        )
