"""A company whose events are made in true order and arrive when a test says so."""

from __future__ import annotations

import copy
from typing import Any

from lib.billing.close import Closed, Closing
from lib.billing.desk import Portside
from lib.billing.domain.catalog import Catalog
from lib.billing.domain.fold import Rules
from lib.billing.domain.policy import PRESETS, Policy
from lib.billing.ingest import Ingest
from lib.billing.settings.setup import Setup
from lib.billing.store.engine import Store
from tests.reports.ledger import CATALOG, at
from tests.stripe import shapes

Raw = dict[str, Any]
STAFF = "fin@example.com"


class Books:
    """``now`` is the clock of everything: of ingesting, of closing, of the desk."""

    def __init__(self, store: Store, *, timezone: str = "UTC", catalog: Catalog = CATALOG) -> None:
        self.store = store
        self.now = at("2026-10-01")
        self.rules(timezone=timezone, catalog=catalog)
        self._last: dict[str, Raw] = {}
        self._events = 0

    def rules(
        self,
        *,
        timezone: str = "UTC",
        catalog: Catalog = CATALOG,
        policy: Policy = PRESETS["portside"],
    ) -> None:
        """What everything is judged by from now on."""
        self.setup = Setup(
            catalog=catalog,
            timezone=timezone,
            policy=policy.slug,
            policies=PRESETS | {policy.slug: policy},
        )
        rules = Rules(catalog, policy, timezone=timezone)
        self.ingest = Ingest(self.store, rules, clock=lambda: self.now)
        self.closing = Closing(self.store, lambda: self.now, self.setup)
        self.desk = Portside(store=self.store, clock=lambda: self.now, setup=self.setup)

    # what happens in Stripe: each gives the event, which has not arrived yet

    def joins(self, n: str, cents: int, when: str, currency: str = "usd", name: str = "") -> Raw:
        """A customer ``n`` begins a monthly subscription, called after ``name`` or the customer."""
        subscription = f"sub_{name or n}"
        obj = shapes.subscription(
            _item(subscription, cents, currency),
            id=subscription,
            customer=f"cus_{n}",
            currency=currency,
            created=at(when),
            start_date=at(when),
            metadata={},
        )
        return self._emit("customer.subscription.created", obj, None, when)

    def pays(self, name: str, cents: int, when: str) -> Raw:
        """The subscription costs ``cents`` a month from ``when`` on."""
        old = self._last[f"sub_{name}"]
        items = {
            "object": "list",
            "data": [_item(f"sub_{name}", cents, old["currency"])],
            "has_more": False,
        }
        return self._changes(f"sub_{name}", when, items=items)

    def leaves(self, name: str, when: str) -> Raw:
        obj = self._last[f"sub_{name}"] | {"status": "canceled", "ended_at": at(when)}
        return self._emit("customer.subscription.deleted", obj, None, when)

    def _changes(self, object_id: str, when: str, **changes: Any) -> Raw:
        obj = self._last[object_id]
        previous = {key: obj[key] for key in changes}
        return self._emit("customer.subscription.updated", obj | changes, previous, when)

    def _emit(self, kind: str, obj: Raw, previous: Raw | None, when: str) -> Raw:
        self._last[obj["id"]] = copy.deepcopy(obj)
        self._events += 1
        event = shapes.event(kind, copy.deepcopy(obj), previous)
        return event | {"id": f"evt_{self._events:03}", "created": at(when)}

    def state(self, name: str) -> Raw:
        """The subscription as the API shows it."""
        return copy.deepcopy(self._last[f"sub_{name}"])

    # what arrives, and what is closed

    def arrive(self, *events: Raw, when: str | None = None) -> None:
        if when is not None:
            self.now = at(when)
        summary = self.ingest.apply(events, "webhook")
        assert not summary.failed

    def close(self, month: str, when: str, **options: Any) -> Closed:
        self.now = at(when)
        given = {"staff": STAFF, "anyway": True, "first": True} | options
        return self.closing.close(month, **given)

    def restated(self, *names: str) -> list[tuple[Any, ...]]:
        """The rows of the report, as the fields ``names``."""
        names = names or ("month", "customer_id", "kind", "delta_minor", "cause")
        rows = self.desk.report("restatements").rows
        return [tuple(row[name] for name in names) for row in rows]


def _item(subscription: str, cents: int, currency: str) -> Raw:
    price = shapes.price(f"price_{cents}_{currency}", cents, currency=currency)
    return shapes.item(f"si_{subscription}", price, quantity=1, subscription=subscription)
