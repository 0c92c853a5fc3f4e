"""Prices, products, coupons and portal configurations: what belongs to no customer."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Table

from .columns import flag, key, metadata, number, text


def _reference(name: str, key_name: str) -> Table:
    return Table(
        name,
        metadata,
        key(key_name),
        text("state"),  # canonical state
        number("last_second"),
        flag("deleted"),
    )


prices = _reference("prices", "price_id")
products = _reference("products", "product_id")
coupons = _reference("coupons", "coupon_id")
portal_configurations = _reference("portal_configurations", "configuration_id")

REFERENCES: Final = {
    "price": prices,
    "product": products,
    "coupon": coupons,
    "portal_configuration": portal_configurations,
}
