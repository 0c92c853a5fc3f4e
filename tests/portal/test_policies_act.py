"""From the policies of the file to what happens to a customer in the hosted portal, and back into
the words beside the link."""

from __future__ import annotations

from typing import Any

import pytest

from tests.portal.conftest import SOLD, Kept
from tests.sandbox.shop import Visitor

ONCE = "immediately"


def with_policies(downgrade: str = "period_end", cancel: str = "period_end") -> str:
    return SOLD.replace(
        "[portal]", f'[policies]\ndowngrade = "{downgrade}"\ncancel = "{cancel}"\n[portal]'
    )


def visit(kept: Kept, customer: str, flow: str) -> Visitor:
    """The customer opens a link that was handed over."""
    link = kept.front.mint(customer, flow)
    return Visitor(kept.front.shop.running.url).open(link.url)


def read(kept: Kept, subscription: str) -> Any:
    return kept.front.shop.stripe.v1.subscriptions.retrieve(subscription)


def change(kept: Kept, subscription: str, customer: str, to: str) -> Any:
    page = visit(kept, customer, "subscription_update")
    page.press("Continue", price=kept.front.shop.prices[to]).press("Confirm")
    kept.front.deliver()
    return read(kept, subscription)


def note(kept: Kept, customer: str, flow: str) -> str:
    return str(kept.front.desk().options(customer).find(flow).note)


def test_a_downgrade_at_the_period_end_is_scheduled(kept: Kept) -> None:
    kept.apply(with_policies())
    customer, subscription = kept.front.subscriber("pro")
    assert note(kept, customer, "subscription_update").startswith(
        "Downgrades take effect at the end of the period. Upgrades take effect at once; Stripe "
    )
    prices = kept.front.shop.prices
    now = change(kept, subscription, customer, "basic")
    assert now["items"].data[0].price.id == prices["pro"]
    ends = now["items"].data[0].current_period_end
    schedule = kept.front.shop.stripe.v1.subscription_schedules.retrieve(now.schedule)
    assert [(p["items"][0].price, p.start_date) for p in schedule.phases][-1] == (
        prices["basic"],
        ends,
    )
    kept.front.pass_time(ends - kept.front.now() + 3_600)
    assert read(kept, subscription)["items"].data[0].price.id == prices["basic"]


def test_a_downgrade_immediately_is_at_once(kept: Kept) -> None:
    kept.apply(with_policies(downgrade=ONCE))
    customer, subscription = kept.front.subscriber("pro")
    now = change(kept, subscription, customer, "basic")
    assert (now.schedule, now["items"].data[0].price.id) == (
        None,
        kept.front.shop.prices["basic"],
    )


@pytest.mark.parametrize("downgrade", ["period_end", ONCE])
def test_an_upgrade_is_always_at_once(kept: Kept, downgrade: str) -> None:
    kept.apply(with_policies(downgrade=downgrade))
    customer, subscription = kept.front.subscriber("basic")
    now = change(kept, subscription, customer, "pro")
    assert (now.schedule, now["items"].data[0].price.id) == (None, kept.front.shop.prices["pro"])


def test_a_cancellation_at_the_period_end_keeps_what_is_paid_for(kept: Kept) -> None:
    kept.apply(with_policies())
    customer, subscription = kept.front.subscriber("pro")
    assert note(kept, customer, "subscription_cancel") == (
        "A cancellation keeps access until the period ends."
    )
    visit(kept, customer, "subscription_cancel").press("Cancel subscription")
    now = read(kept, subscription)
    ends = now["items"].data[0].current_period_end
    assert (now.status, now.cancel_at) == ("active", ends)
    kept.front.pass_time(ends - kept.front.now() + 3_600)
    assert read(kept, subscription).status == "canceled"


def test_a_cancellation_immediately_ends_it_at_once(kept: Kept) -> None:
    kept.apply(with_policies(cancel=ONCE))
    customer, subscription = kept.front.subscriber("pro")
    visit(kept, customer, "subscription_cancel").press("Cancel subscription")
    assert read(kept, subscription).status == "canceled"


def test_another_policy_applies_to_the_next_link(kept: Kept) -> None:
    kept.apply(with_policies(cancel=ONCE))
    customer, subscription = kept.front.subscriber("pro")
    kept.apply(with_policies())
    visit(kept, customer, "subscription_cancel").press("Cancel subscription")
    assert read(kept, subscription).status == "active"


def test_the_words_follow_what_the_portal_does_and_say_so(kept: Kept) -> None:
    """The desk's catalogue waits for the period's end; somebody has changed it in Stripe."""
    kept.apply(with_policies(downgrade=ONCE, cancel=ONCE))
    customer, _ = kept.front.subscriber("pro")
    otherwise = "The catalogue says otherwise: “"
    changing = note(kept, customer, "subscription_update")
    assert changing.startswith(f"Downgrades take effect at once. {otherwise}")
    canceling = note(kept, customer, "subscription_cancel")
    assert canceling.startswith(
        f"A cancellation ends access at once, also where it is paid for. {otherwise}"
    )
    link = kept.front.mint(customer, "subscription_cancel")
    assert link.note == canceling


def test_who_owes_is_told_how_long_the_plan_stays(kept: Kept) -> None:
    kept.apply()
    customer, _ = kept.front.subscriber("pro")
    assert kept.front.desk().options(customer).find("payment_method_update").note is None
    shop = kept.front.shop
    method = shop.stripe.v1.payment_methods.attach(
        "pm_card_chargeCustomerFail", {"customer": customer}
    )
    shop.stripe.v1.customers.update(
        customer, {"invoice_settings": {"default_payment_method": method.id}}
    )
    kept.front.pass_time(32 * 86_400)
    kept.front.deliver()
    told = "A past-due plan stays for 14 days; after that Free applies until it is paid."
    for flow in ("payment_method_update", "pay_invoice"):
        assert note(kept, customer, flow) == told
