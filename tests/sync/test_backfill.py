"""Backfill from a real local Stripe over HTTP, and what it does when Stripe stumbles."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.errors import StripeRefused, StripeUnavailable
from lib.billing.domain.fold import Rules
from lib.billing.enrich import Enricher
from lib.billing.ingest import Ingest
from lib.billing.reading.pace import Pace
from lib.billing.reading.paced import LONGEST, PAUSES, Paced
from lib.billing.store import meta, tables
from lib.billing.stripe.gateway import Gateway, Page
from lib.billing.sync import CURSOR, KINDS, Backfill
from lib.sandbox.testing import running_sandbox
from tests.sandbox.worlds import NOW, small_world
from tests.store.company import derived, ingest_into
from tests.stripe import shapes

CATALOG = parse_catalog(Path("catalog.toml").read_text())


@pytest.fixture(scope="module")
def stripe():
    """A served world; tests only read it."""
    sandbox, _ = small_world()
    with running_sandbox(sandbox=sandbox) as running:
        yield running


def ingest_for(store):
    return Ingest(store, Rules(CATALOG), clock=lambda: NOW)


def backfill(store, gateway, ingest=None, slept=None, **over):
    """A backfill that hurries and does not sleep."""
    sleep = [].append if slept is None else slept.append
    reader = Paced(gateway, Pace(1_000_000), sleep=sleep, chance=lambda: 0.0)
    return Backfill(store, ingest or ingest_into(store), reader, **over)


def statuses(store):
    query = select(tables.subscriptions.c.subscription_id, tables.subscriptions.c.status)
    with store.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def test_everything_that_stripe_has_is_read(sqlite_store, stripe):
    gateway = Gateway("rk_test_x", stripe.url)
    summary = backfill(sqlite_store, gateway, ingest_for(sqlite_store)).run()
    theirs = {
        raw["id"]: raw["status"]
        for page in gateway.list_objects("subscriptions", status="all")
        for raw in page.objects
    }
    assert statuses(sqlite_store) == theirs
    assert summary.read["subscriptions"] == len(theirs) > 100
    assert (summary.failed, summary.left_out) == (0, {})
    assert list(summary.read) == list(KINDS)
    invoices = derived(sqlite_store)["invoices"]
    assert len(invoices) == summary.read["invoices"]


def test_a_second_run_changes_nothing(sqlite_store, stripe):
    gateway = Gateway("rk_test_x", stripe.url)
    backfill(sqlite_store, gateway, ingest_for(sqlite_store)).run()
    before = derived(sqlite_store)
    again = backfill(sqlite_store, gateway, ingest_for(sqlite_store)).run()
    assert derived(sqlite_store) == before
    assert (again.applied, again.resumed) == (0, False)


def test_why_payments_failed_is_learned_once_an_attempt(sqlite_store, stripe):
    gateway = Gateway("rk_test_x", stripe.url)
    ingest = ingest_for(sqlite_store)
    backfill(sqlite_store, gateway, ingest).run()
    enricher = Enricher(sqlite_store, ingest, gateway)
    asked = [enricher.round(), enricher.round(), enricher.round()]
    table = tables.invoices.c
    with sqlite_store.reading() as connection:
        codes = connection.execute(select(table.decline_code).where(table.failing)).all()
    assert sum(asked) == len(codes) > 5
    assert asked[-1] == 0
    assert all(code for (code,) in codes)


class Forgetful:
    """Stripe as seen by a key that may not read invoices."""

    def retrieve(self, *_, **__):
        raise StripeRefused("The API key lacks the right rak_invoice_read.")


def test_an_invoice_that_cannot_be_read_does_not_hold_back_the_others(sqlite_store):
    ingest = ingest_into(sqlite_store)
    failing = [
        shapes.event("invoice.payment_failed", shapes.invoice(id=f"in_{n}"), id=f"evt_{n}")
        for n in range(3)
    ]
    ingest.apply(failing)
    enricher = Enricher(sqlite_store, ingest, Forgetful())
    assert [enricher.round(), enricher.round()] == [3, 0]


class Scripted:
    """A gateway that has three customers, one a page, and stumbles as told."""

    def __init__(self, *stumbles):
        self.stumbles = list(stumbles)
        self.asked = []

    def list_objects(self, kind, *, after=None, **_):
        if kind != "customers":
            self._stumble(kind)
            yield Page([], NOW)
            return
        for number in range(1 if after is None else int(after[-1]) + 1, 4):
            self.asked.append(number)
            self._stumble(number)
            yield Page([shapes.customer(id=f"cus_{number}")], NOW)

    def _stumble(self, where):
        if self.stumbles and self.stumbles[0][0] == where:
            raise self.stumbles.pop(0)[1]


BUSY = StripeUnavailable("Stripe asks to slow down.", code="stripe_rate_limit")


def test_a_busy_stripe_is_asked_again_after_longer_and_longer_pauses(sqlite_store):
    slept = []
    gateway = Scripted((2, BUSY), (2, BUSY), (3, BUSY))
    summary = backfill(sqlite_store, gateway, slept=slept).run()
    assert slept == [PAUSES[0], PAUSES[1], PAUSES[0]]
    assert summary.read["customers"] == 3
    assert gateway.asked == [1, 2, 2, 2, 3, 3]


def test_it_gives_up_in_the_end_and_goes_on_from_there_next_time(sqlite_store):
    gateway = Scripted(*[(2, BUSY)] * (len(PAUSES) + 1))
    ingest = ingest_into(sqlite_store)
    with pytest.raises(StripeUnavailable):
        backfill(sqlite_store, gateway, ingest).run()
    gateway.asked.clear()
    summary = backfill(sqlite_store, gateway, ingest).run()
    assert summary.resumed is True
    assert gateway.asked == [2, 3]
    assert len(derived(sqlite_store)["customers"]) == 3
    with sqlite_store.reading() as connection:
        assert meta.get(connection, CURSOR) is None


@pytest.mark.parametrize(("asked", "slept"), [(7.0, 7.0), (0.0, PAUSES[0]), (9_999.0, LONGEST)])
def test_it_waits_as_long_as_stripe_asks_for_within_reason(sqlite_store, asked, slept):
    pauses = []
    gateway = Scripted((2, StripeUnavailable("Slower.", retry_after=asked)))
    backfill(sqlite_store, gateway, slept=pauses).run()
    assert pauses == [slept]


def test_pauses_differ_so_that_many_do_not_return_at_once(sqlite_store):
    slept = []
    reader = Paced(Scripted((2, BUSY)), Pace(1_000_000), sleep=slept.append, chance=lambda: 0.4)
    Backfill(sqlite_store, ingest_into(sqlite_store), reader).run()
    assert slept == [pytest.approx(PAUSES[0] * 1.1)]


def test_counts_of_interrupted_runs_add_up(sqlite_store):
    gateway = Scripted(*[(3, BUSY)] * (len(PAUSES) + 1))
    with pytest.raises(StripeUnavailable):
        backfill(sqlite_store, gateway).run()
    summary = backfill(sqlite_store, gateway).run()
    assert (summary.read["customers"], summary.read_in_all["customers"]) == (1, 3)
    assert summary.runs == 2
    # Products, prices, coupons, portal configurations and two customers; the last customer and
    # three kinds more. Those that were asked in vain after the last page are in no count that
    # could be kept.
    assert (summary.requests, summary.requests_in_all) == (4, 10)


GONE = StripeRefused("Stripe refused: No such customer.", code="customer_missing")


def test_it_begins_a_kind_anew_when_the_object_to_go_on_after_is_no_more(sqlite_store):
    gateway = Scripted(*[(2, BUSY)] * (len(PAUSES) + 1), (2, GONE))
    with pytest.raises(StripeUnavailable):
        backfill(sqlite_store, gateway).run()
    gateway.asked.clear()
    summary = backfill(sqlite_store, gateway).run()
    assert gateway.asked == [2, 1, 2, 3]
    assert summary.read_in_all["customers"] == 3


FORBIDDEN = StripeRefused("The API key lacks the right rak_x.", code="stripe_permission")


def test_what_the_key_may_not_read_is_left_out_and_named(sqlite_store):
    gateway = Scripted(("coupons", FORBIDDEN))
    summary = backfill(sqlite_store, gateway).run()
    assert summary.left_out == {"coupons": str(FORBIDDEN)}
    assert summary.read["customers"] == 3


NO_EXPAND = StripeRefused("Stripe refused: Bad expand 'discounts'.", code="stripe_bad_expand")
NO_SUCH = StripeRefused("It does not offer /v1/coupons.", code="stripe_no_such_endpoint")


def test_a_kind_is_read_plain_where_its_details_are_refused(sqlite_store):
    gateway = Scripted(("subscriptions", NO_EXPAND))
    summary = backfill(sqlite_store, gateway).run()
    assert summary.unexpanded == ["subscriptions"]
    assert summary.left_out == {}


def test_what_the_server_does_not_offer_is_left_out_and_named(sqlite_store):
    gateway = Scripted(("coupons", NO_SUCH), ("subscription_schedules", NO_SUCH))
    summary = backfill(sqlite_store, gateway).run()
    assert sorted(summary.left_out) == ["coupons", "subscription_schedules"]


def test_without_the_right_to_read_subscriptions_there_is_no_backfill(sqlite_store):
    gateway = Scripted(("subscriptions", FORBIDDEN))
    with pytest.raises(StripeRefused):
        backfill(sqlite_store, gateway).run()
