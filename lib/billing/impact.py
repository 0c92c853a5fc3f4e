"""What another catalogue would change for whom: every customer folded with it, nothing kept."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing
from itertools import islice
from typing import Final

from .domain.access import decide, judge
from .domain.catalog import Catalog
from .domain.catalog_impact import Before, Change, Tally, change
from .domain.fold import CustomerFold, Rules, fold_customer
from .domain.grants import Access
from .domain.observations import NOTICE
from .domain.project import org_of
from .settings.setup import Setup
from .store import history
from .store.engine import Store
from .store.queries.entitlements import default_given, entitlements_of

AT_ONCE = 500
"""Customers held in memory at a time."""

TELLING: Final = frozenset({"customer", "subscription", "checkout", NOTICE})
"""Types of objects that say who somebody is and what they may use: the others are not folded."""


class Impact:
    """The changes, one customer after the other, and their `Tally`, complete at the end.

    Before is what the stored rows say now, after is a fold with ``candidate``; both at ``now``.
    Raises DatabaseUnavailable.
    """

    def __init__(
        self, store: Store, setup: Setup, candidate: Catalog, now: int, *, at_once: int = AT_ONCE
    ) -> None:
        self._at_once = at_once
        self._store = store
        self._setup = setup
        self._rules = Rules(candidate, setup.policies[setup.policy], timezone=setup.timezone)
        self._now = now
        self.tally = Tally()

    def __iter__(self) -> Iterator[Change]:
        return (found for found in self.steps() if found is not None)

    def steps(self, portion: int = AT_ONCE) -> Generator[Change | None]:
        """The same with a None after every ``portion`` customers, for whoever lets others in."""
        tally = self.tally = Tally()
        with ExitStack() as stack:
            source = stack.enter_context(self._store.reading())
            rows = stack.enter_context(self._store.reading())
            before = Before(default_given(rows) or self._setup.catalog.default)
            told = stack.enter_context(closing(history.by_customer(source)))
            while batch := list(islice(told, self._at_once)):
                stored = entitlements_of(rows, [customer_id for customer_id, _ in batch])
                for customer_id, seen in batch:
                    if tally.customers % portion == 0:
                        yield None
                    tally.customers += 1
                    row = stored.get(customer_id)
                    if row is None:
                        continue  # not folded yet: nobody is told anything of it
                    telling = [each for each in seen if each.object_type in TELLING]
                    fold = fold_customer(customer_id, telling, self._rules)
                    found = change(before.access(row, self._now), self._after(fold), _email(fold))
                    if found is not None:
                        tally.add(found)
                        yield found

    def _after(self, fold: CustomerFold) -> Access:
        row = decide(fold, org_of(fold), self._now)
        return judge(row, self._now, self._rules.catalog, timezone=self._setup.timezone)


def _email(fold: CustomerFold) -> str | None:
    state = fold.states("customer").get(fold.customer_id)
    email: str | None = state["email"] if state else None
    return email
