"""Each fault that is injected shows on the board exactly once, with its cause; repair clears it."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest

from lib.billing.domain.causes import CAUSES
from tests.cut import first
from tests.reconcile.scene import CATALOG, DAY, Scene, of_type, scene

Inject = Callable[[Scene], None]


def lost_event(s: Scene) -> None:
    s.lose(lambda: s.schedule_end(s.adas))
    s.tick()


def event_on_its_way(s: Scene) -> None:
    s.lose(lambda: s.schedule_end(s.adas))


def lost_creation(s: Scene) -> None:
    s.lose(lambda: s.subscribe(s.eve_with_card(), s.basic), lambda e: "subscription" in e["type"])
    s.tick()


def superseded_event(s: Scene) -> None:
    s.lose(lambda: s.rename(s.ada, "Ada L."))
    s.tick()
    s.rename(s.ada, "Ada Lovelace")
    s.deliver()


def unusable_event(s: Scene) -> None:
    s.schedule_end(s.adas)
    (event,) = s.undelivered()
    broken = copy.deepcopy(event)
    broken["data"]["object"]["status"] = 7
    s.delivered.add(event["id"])
    s.ingest.apply([broken])


def event_of_the_other_mode(s: Scene) -> None:
    s.rename(s.ada, "Ada Lovelace")
    (event,) = s.undelivered()
    s.delivered.add(event["id"])
    s.ingest.apply([event | {"livemode": True}])


def event_lost_long_ago(s: Scene) -> None:
    s.lose(lambda: s.rename(s.eve, "Eve of old"))
    s.tick(31 * DAY)
    s.deliver()


def customer_never_seen(s: Scene) -> None:
    def join() -> None:
        s.subscribe(s.customer("zoe"), s.pro)

    s.lose(join)
    s.tick()


def customer_deleted(s: Scene) -> None:
    s.lose(lambda: s.stripe.customers.delete(s.bob))
    s.tick()


def draft_deleted_long_ago(s: Scene) -> None:
    draft = s.stripe.invoices.create({"customer": s.eve, "auto_advance": False})
    s.deliver()
    s.lose(lambda: s.stripe.invoices.delete(draft.id))
    s.tick(31 * DAY)
    s.deliver()


def lookup_key_moved(s: Scene) -> None:
    s.lose(lambda: s.price("pro_monthly", 3500, transfer_lookup_key=True))
    s.tick()


def product_renamed(s: Scene) -> None:
    s.lose(lambda: s.stripe.products.update(s.product, {"name": "Starboard"}))
    s.tick()


def tiers_never_read(s: Scene) -> None:
    tiers = [{"up_to": 5, "unit_amount": 500}, {"up_to": "inf", "unit_amount": 400}]
    tiered = {"billing_scheme": "tiered", "tiers_mode": "graduated", "tiers": tiers}

    def sell() -> None:
        price = s.stripe.prices.create(
            {
                "product": s.product,
                "currency": "usd",
                "recurring": {"interval": "month"},
                "lookup_key": "seats_monthly",
                **tiered,
            }
        )
        s.subscribe(s.eve_with_card(), price.id, quantity=7)

    s.lose(sell, of_type("price.created"))
    s.tick()


def price_outside_the_catalogue(s: Scene) -> None:
    s.subscribe(s.ada, s.price("special_deal", 700))
    s.deliver()


def row_edited(s: Scene) -> None:
    s.sql("UPDATE plan_entitlements SET plan = 'pro' WHERE customer_id = :c", c=s.ada)


def row_deleted(s: Scene) -> None:
    s.sql("DELETE FROM subscriptions WHERE subscription_id = :s", s=s.adas)


def row_of_nobody(s: Scene) -> None:
    s.sql(
        "INSERT INTO plan_entitlements (customer_id, plan, rule, granting, cancel_at_period_end,"
        " features, limits, grants) VALUES ('cus_of_nobody', 'pro', 'active', :yes, :no, '[]',"
        " '{}', '[]')",
        yes=True,
        no=False,
    )


def price_row_edited(s: Scene) -> None:
    s.sql("UPDATE prices SET state = replace(state, '3000', '30')")


def sums_edited(s: Scene) -> None:
    s.sql("UPDATE rollups SET minor = minor + 100 WHERE kind = 'plan_mix'")


def catalogue_changed(s: Scene) -> None:
    s.catalog = CATALOG.replace("plans.pro", "plans.business")


def flips_within_a_second(s: Scene) -> None:
    names = iter(["Ada 1", "Ada 2", "Ada 3", "Ada 4"])

    def rename() -> None:
        for name in names:
            s.rename(s.ada, name)

    lost = {"Ada 2", "Ada 4"}
    s.lose(rename, lambda e: e["data"]["object"].get("name") in lost)
    s.tick()


FAULTS: dict[str, tuple[Inject, str]] = {
    "an event that was lost": (lost_event, "missed_event"),
    "a creation that was lost": (lost_creation, "missed_event"),
    "a lost event that a later one hides": (superseded_event, "missed_event"),
    "an event that is on its way": (event_on_its_way, "not_yet_delivered"),
    "an event that cannot be used": (unusable_event, "failed_event"),
    "an event that was set aside": (event_of_the_other_mode, "ignored_event"),
    "an event lost more than thirty days ago": (event_lost_long_ago, "event_expired"),
    "a customer of whom nothing ever arrived": (customer_never_seen, "missing_customer"),
    "a customer who was deleted": (customer_deleted, "deleted_customer"),
    "a draft that was deleted long ago": (draft_deleted_long_ago, "deleted_invoice"),
    "a lookup key that moved": (lookup_key_moved, "moved_lookup_key"),
    "a product that was renamed": (product_renamed, "stale_reference"),
    "a price whose tiers were never read": (tiers_never_read, "missing_reference"),
    "a price outside the catalogue": (price_outside_the_catalogue, "unmapped_price"),
    "a row edited by hand": (row_edited, "hand_edited_row"),
    "the row of a price edited by hand": (price_row_edited, "hand_edited_row"),
    "sums edited by hand": (sums_edited, "hand_edited_row"),
    "a row that was deleted": (row_deleted, "deleted_row"),
    "a row without a history": (row_of_nobody, "extra_row"),
    "a catalogue that changed": (catalogue_changed, "rules_changed"),
    "flips within one second, half of them lost": (flips_within_a_second, "ambiguous_second"),
}

BY_HAND: dict[str, Inject] = {
    "a price outside the catalogue": lambda s: setattr(
        s,
        "catalog",
        CATALOG + '[plans.special]\n[[plans.special.prices]]\nlookup_key = "special_deal"\n',
    ),
}
"""What somebody has to do before the repair can help."""


def shows_once_until_repaired(company: Scene, name: str) -> None:
    inject, cause = FAULTS[name]
    assert company.reconcile().found == 0
    inject(company)

    first = company.reconcile()
    assert [(f.cause, f.times) for f in company.open()] == [(cause, 1)]
    assert (first.found, first.new, first.unanswered) == (1, 1, 1)
    again = company.reconcile()
    assert [(f.cause, f.times) for f in company.open()] == [(cause, 2)]
    assert (again.found, again.new) == (1, 0)

    BY_HAND.get(name, lambda s: None)(company)
    repaired = company.reconcile(apply=True)
    assert company.open() == []
    assert repaired.repaired >= 1
    last = company.reconcile()
    assert (last.found, last.unanswered, company.open()) == (0, 0, [])


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_shows_once_with_its_cause_and_repair_clears_it(small, name):
    shows_once_until_repaired(small, name)


ON_POSTGRES = (
    "an event that was lost",
    "an event that cannot be used",
    "a customer of whom nothing ever arrived",
    "a price outside the catalogue",
    "a row without a history",
    "the row of a price edited by hand",
    "flips within one second, half of them lost",
)


@pytest.mark.postgres
@pytest.mark.parametrize("name", first(3, ON_POSTGRES))
def test_the_same_on_postgresql(postgres_store, name):
    with scene(postgres_store) as company:
        shows_once_until_repaired(company, name)


def test_every_cause_is_injected_here_or_told_apart_elsewhere():
    elsewhere = {"unexplained", "unknown_to_stripe", "other_mode", "unreadable_object"}
    assert {cause for _, cause in FAULTS.values()} | elsewhere == set(CAUSES)
