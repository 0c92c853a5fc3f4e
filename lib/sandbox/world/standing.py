"""Customers who stand in one particular state today: trials, pauses, first payments, none."""

from __future__ import annotations

from typing import Any

from lib.sandbox.billing import customers, subscriptions
from lib.sandbox.world.calendar import DAY, HOUR, anchor_for
from lib.sandbox.world.company import Company
from lib.sandbox.world.names import Identity

BAD_CARD = "pm_card_chargeCustomerFail"


def never_subscribed(company: Company, who: Identity) -> None:
    """Signed up, never bought."""
    when = company.moment(company.start + 5 * DAY, company.now - HOUR)
    card = "pm_card_visa" if company.random.random() < 0.15 else None
    company.later(when, company.sign_up, who, card=card)


def deleted(company: Company, who: Identity) -> None:
    """Left and was deleted, subscription and all."""
    start = company.moment(company.start + 30 * DAY, company.now - 120 * DAY)
    gone = company.moment(start + 60 * DAY, company.now - 5 * DAY)

    def begin() -> None:
        customer = company.sign_up(who)
        company.subscribe(customer, "starter_monthly")
        company.later(gone, customers.delete, company.sandbox, customer)

    company.later(start, begin)


def on_trial(company: Company, who: Identity) -> None:
    """In the middle of a trial of fourteen days."""
    start = company.now - company.random.randint(1 * HOUR, 13 * DAY)
    card = "pm_card_visa" if company.random.random() < 0.6 else None
    price = company.random.choice(("starter_monthly", "pro_monthly", "pro_monthly_eur"))
    company.later(start, _trial, company, who, card, price, "cancel")


def trial_not_converted(company: Company, who: Identity) -> None:
    """A trial without a card: it ended, and with it the subscription."""
    start = company.moment(company.start + DAY, company.now - 16 * DAY)
    company.later(start, _trial, company, who, None, "pro_monthly", "cancel")


def trial_paused(company: Company, who: Identity) -> None:
    """A trial without a card: it ended, and the subscription is paused."""
    start = company.moment(company.now - 60 * DAY, company.now - 15 * DAY)
    company.later(start, _trial, company, who, None, "pro_monthly", "pause")


def trial_unpaid_first(company: Company, who: Identity) -> None:
    """A trial whose first payment has just failed."""
    start = company.now - 14 * DAY - company.random.randint(3, 60) * HOUR
    company.later(start, _trial, company, who, BAD_CARD, "pro_monthly", "create_invoice")


def _trial(
    company: Company, who: Identity, card: str | None, price: str, without_card: str
) -> None:
    ends = {"end_behavior": {"missing_payment_method": without_card}}
    customer = company.sign_up(who, card=card)
    company.subscribe(customer, price, trial_period_days=14, trial_settings=ends)


def incomplete(company: Company, who: Identity) -> None:
    """The very first payment failed within the last 23 hours."""
    start = company.now - company.random.randint(10 * 60, 22 * HOUR)
    company.later(start, _first_payment_fails, company, who)


def incomplete_expired(company: Company, who: Identity) -> None:
    """The very first payment failed and was never made."""
    start = company.moment(company.start + 20 * DAY, company.now - 2 * DAY)
    company.later(start, _first_payment_fails, company, who)


def _first_payment_fails(company: Company, who: Identity) -> None:
    customer = company.sign_up(who, card=BAD_CARD)
    company.subscribe(customer, "starter_monthly", payment_behavior="allow_incomplete")


def paused_on_request(company: Company, who: Identity) -> None:
    """Paused by the customer's wish; nothing is billed meanwhile."""
    start = anchor_for(company.now + 8 * DAY, company.random.randint(4, 12))

    def begin() -> None:
        subscription = company.subscribe(company.sign_up(who), "pro_monthly")
        when = company.now - company.random.randint(1, 20) * DAY
        company.later(when, subscriptions.pause, company.sandbox, subscription, {})

    company.later(start, begin)


def collection_paused(company: Company, who: Identity, behavior: str, resumes: bool) -> None:
    """Still active, but its invoices are not collected (`pause_collection`)."""
    start = anchor_for(company.now + 12 * DAY, company.random.randint(4, 12))

    def begin() -> None:
        subscription = company.subscribe(company.sign_up(who), "pro_monthly")
        when = company.now - company.random.randint(3, 50) * DAY
        pause: dict[str, Any] = {"behavior": behavior}
        if resumes:
            pause["resumes_at"] = company.now + company.random.randint(5, 60) * DAY
        company.later(when, company.change, subscription, pause_collection=pause)

    company.later(start, begin)


def several_subscriptions(company: Company, who: Identity) -> None:
    """One customer, two or three subscriptions, one of which may have ended."""
    start = company.moment(company.start + 10 * DAY, company.now - 100 * DAY)
    second = company.moment(start + 20 * DAY, company.now - 60 * DAY)
    third = company.moment(second, company.now - 3 * DAY)

    def begin() -> None:
        customer = company.sign_up(who)
        first = company.subscribe(customer, "starter_monthly")
        company.later(second, company.subscribe, customer, "pro_monthly")
        if company.random.random() < 0.5:
            company.later(third, company.cancel_now, first, feedback="other")
        else:
            company.later(third, company.subscribe, customer, "starter_yearly")

    company.later(start, begin)


def sister_companies(company: Company, who: Identity) -> None:
    """Two customers of one organisation; the org id joins them."""
    org = f"org_{who.slug}"
    for name, price in ((who.name, "starter_monthly"), (f"{who.name} (branch)", "pro_monthly")):
        start = company.moment(company.start + 15 * DAY, company.now - 20 * DAY)
        box = "branch" if name != who.name else "main"
        sister = Identity(name, f"{box}.{who.email}", who.slug, who.locales)
        company.later(start, _join, company, sister, org, price)


def _join(company: Company, who: Identity, org: str, price: str) -> None:
    company.subscribe(company.sign_up(who, org=org), price)


def org_on_subscription(company: Company, who: Identity) -> None:
    """Only the subscription's metadata knows the organisation."""
    start = company.moment(company.start + 15 * DAY, company.now - 10 * DAY)

    def begin() -> None:
        customer = company.sign_up(who, tagged=False)
        company.subscribe(customer, "pro_monthly", metadata={"org_id": f"org_{who.slug}"})

    company.later(start, begin)


def mixed_intervals(company: Company, who: Identity) -> None:
    """A yearly plan with monthly seats: two period ends on one subscription."""
    start = company.moment(company.now - 200 * DAY, company.now - 10 * DAY)

    def begin() -> None:
        seats = {"price": company.prices["seats_monthly"], "quantity": 4}
        mode = {"type": "flexible"}
        customer = company.sign_up(who)
        company.subscribe(customer, "pro_yearly", more_items=[seats], billing_mode=mode)

    company.later(start, begin)


def add_on_first(company: Company, who: Identity) -> None:
    """The first item is an add-on that no catalogue knows, the second is the plan."""
    start = company.moment(company.now - 200 * DAY, company.now - 10 * DAY)

    def begin() -> None:
        plan = {"price": company.prices["pro_monthly"], "quantity": 1}
        customer = company.sign_up(who)
        company.subscribe(customer, "seats_monthly", quantity=3, more_items=[plan])

    company.later(start, begin)


def priced_in(company: Company, who: Identity, price: str) -> None:
    """A steady subscription on one particular price."""
    start = company.moment(company.now - 150 * DAY, company.now - 3 * DAY)
    company.later(start, _join, company, who, f"org_{who.slug}", price)


def free_partner(company: Company, who: Identity) -> None:
    """100 % off for ever."""
    start = company.moment(company.start + 30 * DAY, company.now - 30 * DAY)

    def begin() -> None:
        customer = company.sign_up(who)
        company.subscribe(customer, "pro_monthly", discounts=[{"coupon": "PARTNERFREE"}])

    company.later(start, begin)


def just_now(company: Company, who: Identity) -> None:
    """Signed up in the last quarter of an hour."""
    start = company.now - company.random.randint(40, 900)
    company.later(start, _join, company, who, f"org_{who.slug}", "pro_monthly")
