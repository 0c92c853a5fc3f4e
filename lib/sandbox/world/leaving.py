"""How customers leave, and how far along they are: every way of winding down."""

from __future__ import annotations

from lib.sandbox.world.calendar import DAY, HOUR, WEEK, add_months, anchor_for
from lib.sandbox.world.company import Company
from lib.sandbox.world.dunning import SAVED_BUT_DECLINED
from lib.sandbox.world.names import Identity
from lib.sandbox.world.reasons import draw_reason


def leave(company: Company, who: Identity, customer: str, subscription: str) -> None:
    """Somebody in the middle of life decides to go, or their card decides for them."""
    if not company.is_live(subscription):
        return
    kind = company.pick({"period_end": 64, "at_once": 9, "card": 21, "undone": 6})
    if kind == "card":
        company.replace_card(customer, SAVED_BUT_DECLINED)
    elif kind == "at_once":
        company.cancel_now(subscription, **draw_reason(company.random))
    else:
        request_end(company, subscription)
        if kind == "undone":
            company.later(company.sandbox.now() + 2 * DAY, undo_end, company, subscription)
    if kind == "period_end" and company.random.random() < 0.1:
        back = company.period_end(subscription) + company.random.randint(20, 160) * DAY
        company.later(back, come_back, company, customer)


def request_end(company: Company, subscription: str, *, talkative: bool = False) -> None:
    """Cancel at period end the way the portal does it for this billing mode."""
    if not company.is_live(subscription) or company.subscription(subscription)["schedule"]:
        return
    details = draw_reason(company.random, talkative=talkative)
    mode = company.subscription(subscription)["billing_mode"]["type"]
    params = {"cancellation_details": details} if details else {}
    if mode == "classic":
        company.change(subscription, cancel_at_period_end=True, **params)
    else:
        company.change(subscription, cancel_at="max_period_end", **params)


def undo_end(company: Company, subscription: str) -> None:
    """The customer stays after all."""
    found = company.subscription(subscription)
    if found["status"] not in {"active", "trialing", "past_due"}:
        return
    if found["cancel_at_period_end"]:
        company.change(subscription, cancel_at_period_end=False)
    elif found["cancel_at"]:
        company.change(subscription, cancel_at=None)


def come_back(company: Company, customer: str) -> None:
    """A former customer subscribes again."""
    price = company.pick({"starter_monthly": 3, "pro_monthly": 1})
    currency = company.sandbox.get("customer", customer)["currency"]
    if currency in {"usd", "eur"}:
        company.subscribe(customer, price if currency == "usd" else f"{price}_eur")


# -- the winding down of today -----------------------------------------------------------------

_MONTHLY = ("starter_monthly", "pro_monthly", "business_monthly", "pro_monthly_eur")
_YEARLY = ("starter_yearly", "pro_yearly", "business_yearly", "business_yearly_eur")


def winds_down(
    company: Company, who: Identity, *, mode: str, price: str, ends: int, talkative: bool = False
) -> None:
    """A subscription whose current period ends at `ends`, cancelled for then some days ago."""
    every = 12 if "yearly" in price else 3 if "quarterly" in price else 1
    start = max(anchor_for(ends, company.random.randint(4, 14), every=every), company.start + DAY)
    if add_months(start, every) > ends:
        start = add_months(ends, -every)
    asked = company.now - company.random.randint(2 * HOUR, 12 * DAY)
    asked = max(asked, add_months(ends, -every) + 2 * HOUR)

    def begin() -> None:
        customer = company.sign_up(who)
        subscription = company.subscribe(customer, price, billing_mode={"type": mode})
        company.later(asked, request_end, company, subscription, talkative=talkative)

    company.later(start, begin)


def soon(company: Company, who: Identity) -> None:
    """Ends within its month, flexible: only `cancel_at` says so."""
    ends = company.now + company.random.randint(1, 26) * DAY + company.random.randint(0, DAY)
    price = company.random.choice(_MONTHLY)
    winds_down(company, who, mode="flexible", price=price, ends=ends, talkative=True)


def soon_classic(company: Company, who: Identity) -> None:
    """Ends within its month, classic: the boolean and `cancel_at` say so."""
    ends = company.now + company.random.randint(1, 26) * DAY + company.random.randint(0, DAY)
    winds_down(company, who, mode="classic", price=company.random.choice(_MONTHLY), ends=ends)


def far(company: Company, who: Identity) -> None:
    """A yearly or quarterly subscription that ends weeks or months from now."""
    ends = company.now + company.random.randint(2, 20) * WEEK + company.random.randint(0, 6 * DAY)
    price = company.random.choice((*_YEARLY, "pro_quarterly"))
    mode = company.random.choice(("flexible", "classic"))
    winds_down(company, who, mode=mode, price=price, ends=ends)


def by_boolean_alone(company: Company, who: Identity) -> None:
    """Flexible, but ended through the API with the boolean: as Dashboard and disputes do it."""
    ends = company.now + company.random.randint(3, 25) * DAY
    start = anchor_for(ends, company.random.randint(3, 9))

    def begin() -> None:
        subscription = company.subscribe(company.sign_up(who), "pro_monthly")
        asked = company.now - company.random.randint(1, 48) * HOUR
        company.later(asked, company.change, subscription, cancel_at_period_end=True)

    company.later(start, begin)


def on_a_date(company: Company, who: Identity) -> None:
    """An end agreed for a date that is no period end, one to nine weeks ahead."""
    date = company.now + company.random.randint(1, 9) * WEEK + company.random.randint(0, 5) * DAY
    start = anchor_for(company.now + 9 * DAY, company.random.randint(4, 12))

    def begin() -> None:
        subscription = company.subscribe(company.sign_up(who), company.random.choice(_MONTHLY))
        asked = company.now - company.random.randint(1, 100) * HOUR
        company.later(asked, company.change, subscription, cancel_at=date)

    company.later(start, begin)


def undone(company: Company, who: Identity) -> None:
    """Asked to end some weeks ago and changed their mind."""
    ends = company.now + company.random.randint(4, 20) * DAY
    start = anchor_for(ends, company.random.randint(3, 10))
    mode = company.random.choice(("flexible", "classic"))

    def begin() -> None:
        customer = company.sign_up(who)
        subscription = company.subscribe(customer, "pro_monthly", billing_mode={"type": mode})
        asked = company.now - company.random.randint(5, 8) * DAY
        company.later(asked, request_end, company, subscription)
        company.later(asked + 3 * DAY, undo_end, company, subscription)

    company.later(start, begin)


def steps_down(company: Company, who: Identity) -> None:
    """A downgrade at the period's end, kept in a subscription schedule."""
    ends = company.now + company.random.randint(2, 27) * DAY
    start = anchor_for(ends, company.random.randint(3, 12))

    def begin() -> None:
        price, cheaper = company.random.choice(
            (("pro_monthly", "starter_monthly"), ("business_monthly", "pro_monthly"))
        )
        subscription = company.subscribe(company.sign_up(who), price)
        asked = company.now - company.random.randint(2, 60) * HOUR
        company.later(asked, company.schedule_price, subscription, cheaper)

    company.later(start, begin)
