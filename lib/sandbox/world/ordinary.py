"""The ordinary life: sign up, perhaps a trial, pay, grow or shrink, and one day leave."""

from __future__ import annotations

from typing import Any

from lib.sandbox.world import leaving
from lib.sandbox.world.calendar import DAY, HOUR
from lib.sandbox.world.company import Company
from lib.sandbox.world.dunning import SAVED_BUT_DECLINED
from lib.sandbox.world.names import Identity

PRICE_MIX: dict[str, float] = {
    "starter_monthly": 24,
    "starter_yearly": 10,
    "starter_weekly": 0.8,
    "starter_monthly_eur": 9,
    "pro_monthly": 17,
    "pro_quarterly": 6,
    "pro_yearly": 10,
    "pro_monthly_eur": 7,
    "pro_yearly_eur": 5,
    "business_monthly": 3,
    "business_yearly": 5,
    "business_monthly_eur": 1.5,
    "business_yearly_eur": 2.5,
    "pro_monthly_jpy": 0.4,
    "pro_monthly_kwd": 0.3,
    "partner_deal_2024": 0.5,
}
UPGRADES = {
    "starter_monthly": "pro_monthly",
    "starter_weekly": "starter_monthly",
    "starter_yearly": "pro_yearly",
    "starter_monthly_eur": "pro_monthly_eur",
    "pro_monthly": "business_monthly",
    "pro_quarterly": "pro_yearly",
    "pro_yearly": "business_yearly",
    "pro_monthly_eur": "business_monthly_eur",
    "pro_yearly_eur": "business_yearly_eur",
}
DOWNGRADES = {
    "business_monthly": "pro_monthly",
    "business_yearly": "pro_yearly",
    "business_monthly_eur": "pro_monthly_eur",
    "pro_monthly": "starter_monthly",
    "pro_yearly": "starter_yearly",
    "pro_monthly_eur": "starter_monthly_eur",
}
_COUPON_MIX = {"WELCOME25": 5, "FRIENDS20": 3, "NONPROFIT50": 1.5, "LAUNCH10": 2, "FIVEOFF": 1}
_CARDS = {"pm_card_visa": 7, "pm_card_mastercard": 4, "pm_card_amex": 1}
MONTHLY_CHURN = 0.04


def live_on(company: Company, who: Identity, start: int) -> None:
    """One customer from `start` on, until they leave or the present day comes."""
    source = company.random
    card = company.pick(_CARDS)
    customer = company.sign_up(who, card=card, tagged=source.random() < 0.95)
    price = company.pick(PRICE_MIX)
    subscription = company.subscribe(customer, price, **_terms(company, who, price, start))
    lifetime = int(source.expovariate(MONTHLY_CHURN) * 30 * DAY) + 5 * DAY
    if price.endswith("yearly") or price.endswith("yearly_eur"):
        lifetime = int(lifetime * 1.6) + 60 * DAY
    end = start + lifetime
    _plan_changes(company, subscription, price, start, min(end, company.now - 3 * DAY))
    _plan_card_trouble(company, customer, start, min(end, company.now - 20 * DAY))
    if end < company.now - 3 * DAY:
        company.later(end, leaving.leave, company, who, customer, subscription)


def _terms(company: Company, who: Identity, price: str, start: int) -> dict[str, Any]:
    source = company.random
    terms: dict[str, Any] = {}
    if start < company.now - 400 * DAY or source.random() < 0.2:
        terms["billing_mode"] = {"type": "classic"}
    if source.random() < 0.3:
        terms["trial_period_days"] = 14
    if source.random() < 0.11:
        coupon = company.pick(_COUPON_MIX)
        if not (coupon in {"FIVEOFF", "LAUNCH10"} and price.endswith(("eur", "jpy", "kwd"))):
            terms["discounts"] = [{"coupon": coupon}]
    if price in {"pro_monthly", "business_monthly"} and source.random() < 0.12:
        seats = {"price": company.prices["seats_monthly"], "quantity": source.randint(1, 12)}
        terms["more_items"] = [seats]
    if source.random() < 0.015:
        terms["metadata"] = {"org_id": f"org_{who.slug}"}
    return terms


def _plan_changes(company: Company, subscription: str, price: str, start: int, end: int) -> None:
    source = company.random
    when = start + 40 * DAY
    while True:
        when += int(source.expovariate(1 / (330 * DAY)))
        if when >= end:
            return
        kind = company.pick({"up": 5, "seats": 4, "down": 2})
        company.later(when, change_plan, company, subscription, kind)


def change_plan(company: Company, subscription: str, kind: str) -> None:
    """Upgrade, downgrade or change the quantity of a live subscription, as its price allows."""
    found = company.subscription(subscription)
    if found["status"] != "active" or found["cancel_at"] or found["cancel_at_period_end"]:
        return
    item = company.items(subscription)[0]
    if found["schedule"] or item["discounts"]:
        return
    key = item["price"]["lookup_key"]
    target = {"up": UPGRADES, "down": DOWNGRADES}.get(kind, {}).get(key)
    if len(company.items(subscription)) > 1 or (target is None and kind != "seats"):
        return
    if target is not None:
        company.switch_price(subscription, target, proration_behavior="create_prorations")
        return
    quantity = max(1, item["quantity"] + company.random.choice((1, 1, 2, 3, 5, -1)))
    if quantity != item["quantity"]:
        company.switch_price(subscription, key, quantity, proration_behavior="create_prorations")


def _plan_card_trouble(company: Company, customer: str, start: int, end: int) -> None:
    """Now and then a card fails at a renewal and is replaced in time."""
    when = start + int(company.random.expovariate(1 / (420 * DAY)))
    if when < end:
        company.later(when, _card_fails_once, company, customer)


def _card_fails_once(company: Company, customer: str) -> None:
    live = [
        s
        for s in company.sandbox.find("subscription", customer=customer)
        if s["status"] == "active"
    ]
    if not live or live[0]["collection_method"] == "send_invoice":
        return
    renewal = min(item["current_period_end"] for item in live[0]["items"]["data"])
    if renewal > company.sandbox.now() + 35 * DAY:
        return
    company.replace_card(customer, SAVED_BUT_DECLINED)
    mended = renewal + company.random.randint(4 * HOUR, 13 * DAY)
    company.later(mended, company.mend_card, customer)
