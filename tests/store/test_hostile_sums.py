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
from tests.cut import first
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


def _fails_after_trials(made: Company) -> None:
    """Payments fail after trials that end later than was said, of subscriptions that are unpaid and
    go on again; one with something to pay is told late."""
    for n in range(4):
        trial = {"trial_start": made.now, "trial_end": made.now + 5 * DAY, "status": "trialing"}
        _subscribes(made, n, **trial)
    for turn in range(60):
        n = made.random.randrange(4)
        made.now += made.random.choice([0, 0, 3_600, DAY])
        match turn % 6:
            case 0 | 1 | 2:
                _fails(made, n, made.now - made.random.choice([0, 0, 9 * DAY]))
            case 3:
                status = made.random.choice(["unpaid", "active", "past_due"])
                made.changed("customer.subscription.updated", f"sub_{n}", status=status)
            case 4:
                later = made.now + made.random.choice([-3, 0, 2]) * DAY
                made.changed("customer.subscription.updated", f"sub_{n}", trial_end=later)
            case 5:
                _became(made)
    made.changed("customer.subscription.deleted", "sub_3", status="canceled", ended_at=made.now)


def _fails(made: Company, n: int, at: int) -> None:
    details = {"subscription": f"sub_{n}", "metadata": {}}
    bill = {
        "id": f"in_{len(made.events)}",
        "customer": f"cus_{n % 2}",
        "parent": {"type": "subscription_details", "subscription_details": details},
        "status": "open",
        "created": at,
        "attempt_count": made.random.choice([0, 1, 2]),
        "total": made.random.choice([0, 5_800, 5_800]),
        "next_payment_attempt": made.random.choice([None, at + 3 * DAY]),
    }
    made.created("invoice.created", shapes.invoice(**bill))
    if bill["attempt_count"]:
        made.happened("invoice.payment_failed", made.state(str(bill["id"])))


def _became(made: Company) -> None:
    billed = sorted(name for name in made._last if name.startswith("in_"))
    paid = {"status": "paid", "amount_paid": 5_800, "amount_remaining": 0}
    became = made.random.choice([paid, {"status": "void"}, {"amount_paid": 900}])
    made.changed("invoice.updated", made.random.choice(billed), **became)


STORIES = {
    "a price twice": _price_twice_named,
    "another's bill": _billed_for_anothers,
    "failures after trials": _fails_after_trials,
}


@pytest.mark.parametrize("seed", first(2, range(6)))
def test_failures_are_summed_as_the_rows_say_in_whatever_order_they_are_told(
    store: Store, seed: int
) -> None:
    made = Company(seed)
    _fails_after_trials(made)
    made.random.shuffle(made.events)
    ingest_into(store).apply(made.events, batch=made.random.choice([1, 3, 9]))
    sums_are_those_of_the_rows(store)
    with store.reading() as connection:
        tags = {turn.tag for turn in turnover.stored(connection) if turn.kind == "failed"}
        assert {"asked", "recovered", "lost"} <= tags


@pytest.mark.parametrize("batch", first(2, [1, 100, 2]))
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
