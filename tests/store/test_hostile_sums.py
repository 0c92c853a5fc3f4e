"""Sums stay what the rows say, whatever nobody would have thought that events could say."""

from __future__ import annotations

from typing import Any

import pytest

from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.fold import Rules
from lib.billing.ingest import Ingest
from lib.billing.refold import Refold
from lib.billing.store import rollups, turnover
from lib.billing.store.engine import Store
from lib.billing.store.queries import cut_days
from tests.stripe import shapes

from .company import CATALOG, DAY, START, Company, Raw, company, ingest_into

POLICY = "portside"


def sums_are_those_of_the_rows(store: Store, timezone: str = "UTC") -> None:
    with store.reading() as connection:
        summed = turnover.summed(connection, timezone, POLICY, CATALOG)
        assert turnover.stored(connection) == summed
        assert rollups.stored(connection) == rollups.summed(connection, timezone, POLICY)


def _subscribes(made: Company, n: int, **over: Any) -> None:
    name, whose = f"sub_{n}", f"cus_{n % 2}"
    sold = shapes.subscription(id=name, customer=whose, created=made.now, start_date=made.now)
    made.created("customer.subscription.created", sold | over)
    made.now += DAY


def _is_billed(made: Company, customer: str, subscription: str) -> None:
    details = {"subscription": subscription, "metadata": {}}
    parent = {"type": "subscription_details", "subscription_details": details}
    bill = shapes.invoice(id=f"in_{len(made.events)}", customer=customer, parent=parent)
    made.created("invoice.created", bill | {"status": "open", "created": made.now})
    made.now += DAY


def _price_twice_named(made: Company) -> None:
    """A customer holds one price twice; of one subscription its lookup key is not told."""
    for n, key in ((4, "pro_monthly"), (0, None), (2, "pro_monthly")):
        priced = shapes.price("price_pro", lookup_key=key)
        items = {"object": "list", "data": [shapes.item("si", priced)], "has_more": False}
        _subscribes(made, n, items=items)


def _billed_for_anothers(made: Company) -> None:
    """An invoice names a subscription that is, or becomes, another customer's; it ends."""
    for n in range(3):
        _subscribes(made, n)
    for customer, subscription in (("cus_0", "sub_1"), ("cus_1", "sub_1"), ("cus_1", "sub_0")):
        _is_billed(made, customer, subscription)
    made.changed("customer.subscription.updated", "sub_2", customer="cus_1")
    _is_billed(made, "cus_1", "sub_2")
    _is_billed(made, "cus_0", "sub_2")
    for n in range(3):
        end = {"status": "canceled", "ended_at": made.now}
        made.changed("customer.subscription.deleted", f"sub_{n}", **end)
        made.now += DAY
    _is_billed(made, "cus_0", "sub_1")


STORIES = {"a price twice": _price_twice_named, "another's bill": _billed_for_anothers}


@pytest.mark.parametrize("batch", [1, 2, 100])
@pytest.mark.parametrize("tell", STORIES.values(), ids=STORIES.keys())
def test_what_is_told_of_one_customer_twice_is_summed_as_the_rows_say(
    store: Store, tell: Any, batch: int
) -> None:
    made = Company(0)
    tell(made)
    ingest_into(store).apply(made.events, batch=batch)
    sums_are_those_of_the_rows(store)


EAST, WEST = "Pacific/Kiritimati", "Pacific/Pago_Pago"


def _by(store: Store, timezone: str) -> Ingest:
    return Ingest(store, Rules(CATALOG, timezone=timezone), clock=lambda: START)


def _later(events: list[Raw]) -> tuple[list[Raw], list[Raw]]:
    half = len(events) // 2
    return events[:half], events[half:]


def test_sums_that_were_written_in_another_time_zone_meanwhile_are_not_believed(
    store: Store,
) -> None:
    """The setting was changed and changed back: what was written between is of other days."""
    first, then = _later(company(3))
    _by(store, EAST).apply(first, batch=20)
    _by(store, WEST).apply(then, batch=20)
    ingest = _by(store, EAST)
    with store.reading() as connection:
        assert not cut_days.ready(connection, POLICY, EAST)
    Refold(store, ingest, lambda: True, breath=0).round()
    with store.reading() as connection:
        assert cut_days.ready(connection, POLICY, EAST)
    sums_are_those_of_the_rows(store, EAST)


def test_folding_by_another_time_zone_that_ends_half_way_leaves_no_sums_to_believe(
    store: Store,
) -> None:
    _by(store, EAST).apply(company(3), batch=20)
    other = _by(store, WEST)
    other.begin_refold()
    other.refold(["cus_0", "cus_1"])
    ingest = _by(store, EAST)
    with store.reading() as connection:
        assert not cut_days.ready(connection, POLICY, EAST)
    Refold(store, ingest, lambda: True, breath=0).round()
    sums_are_those_of_the_rows(store, EAST)


def test_a_replay_in_another_time_zone_that_ends_half_way_leaves_no_sums_to_believe(
    store: Store,
) -> None:
    _by(store, EAST).apply(company(3), batch=20)
    _by(store, WEST).refold(["cus_0", "cus_1"])
    ingest = _by(store, EAST)
    with store.reading() as connection:
        assert not cut_days.ready(connection, POLICY, EAST)
    Refold(store, ingest, lambda: True, breath=0).round()
    sums_are_those_of_the_rows(store, EAST)


def test_another_catalogue_leaves_sums_that_are_believed(store: Store) -> None:
    """Each fold adds what it changes: nothing has to be added up again for it."""
    _by(store, EAST).apply(company(3)[:60], batch=20)
    fewer = parse_catalog('default_plan = "free"\n')
    Ingest(store, Rules(fewer, timezone=EAST), clock=lambda: START).apply(company(3)[60:])
    with store.reading() as connection:
        assert cut_days.ready(connection, POLICY, EAST)
