"""The movements of another policy than the configured one, folded and kept beside its own.

Rows, sums and everything else stay as the configured policy made them. What is kept is true as of
the watermark at which it was made; reports and bridges use it until something changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from .domain.errors import BillingError, ConfigurationError, WrongUsage
from .domain.fold import Rules, fold_customer
from .domain.movements import movements
from .settings.rules import current_rules
from .settings.setup import Setup
from .store import aside, history, references
from .store.engine import Store
from .store.faults import retried
from .store.queries.reading import Connection

AT_ONCE = 500
"""Customers a transaction."""

ATTEMPTS = 3
"""How often everybody is folded, where a price or coupon changed meanwhile."""


@dataclass(frozen=True, slots=True)
class PolicyReplaySummary:
    """``batches_changed``: transactions in which a movement differed from what it now is."""

    policy: str
    customers: int
    batches_changed: int


def replay_policy(
    store: Store,
    setup: Setup,
    policy: str,
    *,
    progress: Callable[[str], None] = lambda _: None,
    at_once: int = AT_ONCE,
) -> PolicyReplaySummary:
    """Fold every customer under ``policy`` and keep its movements, while everything goes on.

    Raises WrongUsage for a policy that is not there or is the configured one, ConfigurationError
    for one that needs a clock, DatabaseUnavailable.
    """
    _check(setup, policy)
    customers = changed = 0
    for _ in range(ATTEMPTS):
        made = _Making(store, setup, policy, at_once)
        for customers, differed in made.everybody():
            changed += differed
            progress(f"Folded {customers:,} customers under {policy}")
        last = made.finish()
        if last is not None:
            return PolicyReplaySummary(policy, customers, changed + last)
    raise BillingError(
        "Prices or coupons changed each time while movements were folded: they are kept, but will "
        "not be used. Run this again when less is changing.",
        code="not_current",
    )


def _check(setup: Setup, policy: str) -> None:
    if policy not in setup.policies:
        raise WrongUsage(f"--policy {policy!r} is none of {', '.join(sorted(setup.policies))}.")
    if policy == setup.policy:
        raise WrongUsage(f"{policy} is the configured policy: leave --policy out.")
    if setup.policies[policy].needs_clock:
        raise ConfigurationError(
            f"The movements of {policy} cannot be kept: under past_due_leaves_after_days MRR falls "
            "as time passes. Reports and bridges with --policy fold them when they are asked for."
        )


class _Making:
    """One pass over everybody, and what came meanwhile."""

    def __init__(self, store: Store, setup: Setup, policy: str, at_once: int) -> None:
        self._store, self._setup, self._policy = store, setup, policy
        self._at_once = at_once
        with store.writing() as connection:
            # Writers in flight are waited for: what they store must not pass for seen.
            references.lock(connection, changing=True)
            self._seen = aside.last_seen(connection)
            self._version = references.version(connection)
            aside.begin(connection, policy)

    def everybody(self) -> Iterator[tuple[int, bool]]:
        """(customers so far, whether the last batch differed), batch by batch."""
        last, customers = "", 0
        while True:
            with self._store.reading() as connection:
                batch = history.customer_ids(connection, last, self._at_once)
            if not batch:
                return
            differed = retried(partial(self._fold, batch))
            customers += len(batch)
            last = batch[-1]
            yield customers, differed

    def finish(self) -> bool | None:
        """Fold who changed meanwhile, and note that all is current; None if all must be anew."""
        with self._store.writing() as connection:
            references.lock(connection, changing=True)
            if references.version(connection) != self._version:
                return None
            late = aside.seen_since(connection, self._seen)
            differed = self._write(connection, late) if late else False
            aside.finish(connection, self._rules(connection))
            return differed

    def _fold(self, customer_ids: Sequence[str]) -> bool:
        with self._store.writing() as connection:
            references.lock(connection, changing=False)
            return self._write(connection, customer_ids)

    def _write(self, connection: Connection, customer_ids: Sequence[str]) -> bool:
        rules = self._rules(connection)
        made = {
            customer_id: movements(fold_customer(customer_id, seen, rules)) if seen else ()
            for customer_id, seen in history.of_customers(connection, customer_ids).items()
        }
        return aside.write(connection, self._policy, made)

    def _rules(self, connection: Connection) -> Rules:
        return current_rules(connection, self._setup, self._policy)
