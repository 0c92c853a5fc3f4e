"""Amounts, dates and states as a customer reads them. Input: Stripe's objects; output: text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from lib.sandbox.billing.money import display

REASONS = {
    "customer_service": "Customer service was less than expected",
    "low_quality": "Quality was less than expected",
    "missing_features": "I need more features",
    "other": "Other reason",
    "switched_service": "I found an alternative",
    "too_complex": "Ease of use was less than expected",
    "too_expensive": "It's too expensive",
    "unused": "I no longer need it",
}

Badge = dict[str, str]


def money(amount: int, currency: str) -> str:
    """``money(490000, "usd")`` is ``$4,900.00``; ``amount`` in minor units."""
    return display(amount, currency)


def date(unix: int | None) -> str:
    """``22 November 2026`` (UTC); an empty string for None."""
    if unix is None:
        return ""
    at = datetime.fromtimestamp(unix, UTC)
    return f"{at.day} {at:%B %Y}"


def moment(unix: int) -> str:
    """``22 November 2026, 14:05 UTC``."""
    return f"{date(unix)}, {datetime.fromtimestamp(unix, UTC):%H:%M} UTC"


def interval(recurring: dict[str, Any] | None) -> str:
    """``per month``, ``every 3 months``; an empty string for one-time prices."""
    if recurring is None:
        return ""
    count, unit = recurring["interval_count"], recurring["interval"]
    return f"per {unit}" if count == 1 else f"every {count} {unit}s"


def price(price: dict[str, Any], quantity: int | None = 1) -> str:
    """``$49.00 per month``, with the quantity when it is more than one."""
    if price.get("unit_amount") is None:
        how = "usage-based" if (price.get("recurring") or {}).get("meter") else "tiered pricing"
        return f"{how}, billed {interval(price.get('recurring'))}".strip()
    text = f"{money(price['unit_amount'], price['currency'])} {interval(price['recurring'])}"
    return f"{quantity} × {text}" if quantity not in (None, 1) else text.strip()


def coupon(coupon: dict[str, Any]) -> str:
    """``20% off for 3 months``."""
    if coupon.get("percent_off") is not None:
        off = f"{coupon['percent_off']:g}%"
    else:
        off = money(coupon["amount_off"], coupon["currency"])
    months = coupon.get("duration_in_months")
    length = {
        "forever": "for as long as you stay subscribed",
        "once": "on your next invoice",
        "repeating": f"for {months} month{'s' if months != 1 else ''}",
    }[coupon["duration"]]
    return f"{off} off {length}"


def invoice_badge(status: str | None) -> Badge:
    tone = {"paid": "good", "open": "warn", "uncollectible": "bad"}.get(status or "", "")
    return {"text": (status or "draft").capitalize(), "tone": tone}


def card(method: dict[str, Any]) -> str:
    """``Visa ending in 4242``."""
    details = method.get("card")
    if details is None:
        return str(method["type"]).replace("_", " ").capitalize()
    brand = str(details["brand"])
    names = {"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express"}
    return f"{names.get(brand, brand.capitalize())} ending in {details['last4']}"


def card_expiry(method: dict[str, Any]) -> str:
    details = method.get("card")
    if details is None:
        return ""
    return f"expires {details['exp_month']:02d}/{details['exp_year'] % 100:02d}"


def address(value: dict[str, Any] | None) -> str:
    """One line, or an empty string."""
    if not value:
        return ""
    place = f"{value.get('postal_code') or ''} {value.get('city') or ''}".strip()
    parts = [
        value.get("line1"),
        value.get("line2"),
        place,
        value.get("state"),
        value.get("country"),
    ]
    return ", ".join(str(part) for part in parts if part)
