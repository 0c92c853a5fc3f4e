"""What the demo company sells: products, prices with their lookup keys, and coupons."""

from __future__ import annotations

from typing import Any

PRODUCTS: tuple[tuple[str, str], ...] = (
    ("starter", "Starter"),
    ("pro", "Pro"),
    ("business", "Business"),
    ("seats", "Extra seats"),
    ("partner", "Partner deal 2024"),
)


def _price(product: str, key: str, currency: str, amount: int, every: str) -> dict[str, Any]:
    count, _, interval = every.rpartition(" ")
    recurring = {"interval": interval, "interval_count": int(count or 1)}
    return {
        "product": product,
        "lookup_key": key,
        "currency": currency,
        "unit_amount": amount,
        "recurring": recurring,
    }


PRICES: tuple[dict[str, Any], ...] = (
    _price("starter", "starter_weekly", "usd", 300, "week"),
    _price("starter", "starter_monthly", "usd", 900, "month"),
    _price("starter", "starter_yearly", "usd", 9000, "year"),
    _price("starter", "starter_monthly_eur", "eur", 900, "month"),
    _price("pro", "pro_monthly", "usd", 2900, "month"),
    _price("pro", "pro_quarterly", "usd", 8100, "3 month"),
    _price("pro", "pro_yearly", "usd", 29000, "year"),
    _price("pro", "pro_monthly_eur", "eur", 2900, "month"),
    _price("pro", "pro_yearly_eur", "eur", 29000, "year"),
    _price("business", "business_monthly", "usd", 9900, "month"),
    _price("business", "business_yearly", "usd", 99000, "year"),
    _price("business", "business_monthly_eur", "eur", 9900, "month"),
    _price("business", "business_yearly_eur", "eur", 99000, "year"),
    # Beyond the plan catalogue, on purpose: an add-on, a deal nobody mapped, and currencies
    # without and with three decimals.
    _price("seats", "seats_monthly", "usd", 500, "month"),
    _price("seats", "seats_monthly_eur", "eur", 500, "month"),
    _price("partner", "partner_deal_2024", "usd", 4500, "month"),
    _price("pro", "pro_monthly_jpy", "jpy", 4300, "month"),
    _price("pro", "pro_monthly_kwd", "kwd", 8950, "month"),
    _price("starter", "starter_daily", "usd", 50, "day"),
)

COUPONS: tuple[dict[str, Any], ...] = (
    {"id": "FRIENDS20", "name": "Friends 20 %", "percent_off": 20, "duration": "forever"},
    {"id": "NONPROFIT50", "name": "Non-profit", "percent_off": 50, "duration": "forever"},
    {"id": "PARTNERFREE", "name": "Partner, free", "percent_off": 100, "duration": "forever"},
    {
        "id": "WELCOME25",
        "name": "Welcome: three months",
        "percent_off": 25,
        "duration": "repeating",
        "duration_in_months": 3,
    },
    {
        "id": "FIVEOFF",
        "name": "5 USD off",
        "amount_off": 500,
        "currency": "usd",
        "duration": "forever",
    },
    {
        "id": "LAUNCH10",
        "name": "10 USD off the first bill",
        "amount_off": 1000,
        "currency": "usd",
        "duration": "once",
    },
)
