"""An invoice's lines are the same whatever API version rendered them, and they add up or not."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from lib.billing.domain.errors import EventUnusable
from lib.billing.domain.lines import InvoiceLines, Line, TaxLine
from lib.billing.stripe.parse_lines import read_lines

Raw = dict[str, Any]
PRICE = {
    "id": "price_pro", "object": "price", "product": "prod_pro", "unit_amount": 2900,
    "unit_amount_decimal": "2900", "recurring": {"interval": "month", "interval_count": 1},
}  # fmt: skip
PLAN = {
    "id": "price_pro", "object": "plan", "product": "prod_pro", "amount": 2900,
    "amount_decimal": "2900", "interval": "month", "interval_count": 1,
}  # fmt: skip
COMMON = {
    "id": "il_1", "object": "line_item", "amount": 5800, "currency": "usd",
    "description": "2 × Pro", "quantity": 2, "period": {"start": 100, "end": 200},
}  # fmt: skip
EXPECTED = Line(
    line_id="il_1",
    description="2 × Pro",
    amount_minor=5800,
    currency="usd",
    quantity="2",
    unit_amount_decimal="2900",
    price_id="price_pro",
    product_id="prod_pro",
    interval="month",
    period_start=100,
    period_end=200,
    proration=True,
    discount_minor=580,
    tax_minor=522,
)
BY_NAME = replace(EXPECTED, interval=None)  # the price is only named
OLD_TAX = {"tax_amounts": [{"amount": 522, "inclusive": False, "tax_rate": "txr_1"}]}
NEW_TAX = {
    "taxes": [
        {
            "amount": 522,
            "tax_behavior": "exclusive",
            "tax_rate_details": {"tax_rate": "txr_1"},
            "taxability_reason": "standard_rated",
            "taxable_amount": 5220,
        }
    ]
}
OFF = {"discount_amounts": [{"amount": 580, "discount": "di_1"}]}
PARENT = {
    "type": "subscription_item_details",
    "invoice_item_details": None,
    "subscription_item_details": {"proration": True, "subscription": "sub_1"},
}
BY_ITEM = {
    "type": "invoice_item_details",
    "invoice_item_details": {"proration": True, "invoice_item": "ii_1"},
    "subscription_item_details": None,
}
PRICING = {
    "type": "price_details",
    "price_details": {"price": "price_pro", "product": "prod_pro"},
    "unit_amount_decimal": "2900",
}
FULL = {"type": "price_details", "price_details": {"price": PRICE, "product": "prod_pro"}}

SHAPES: dict[str, tuple[Raw, Line]] = {
    "2020-08-27: price and plan in full": (
        COMMON | OFF | OLD_TAX | {"price": PRICE, "plan": PLAN, "proration": True},
        EXPECTED,
    ),
    "before prices: only a plan": (
        COMMON | OFF | OLD_TAX | {"plan": PLAN, "proration": True},
        EXPECTED,
    ),
    "a plan without its decimal": (
        COMMON | OFF | OLD_TAX | {"plan": PLAN | {"amount_decimal": None}, "proration": True},
        EXPECTED,
    ),
    "2025-03-31.basil: pricing names the price": (
        COMMON | OFF | NEW_TAX | {"pricing": PRICING, "parent": PARENT},
        BY_NAME,
    ),
    "2025-03-31.basil: an invoice item's parent": (
        COMMON | OFF | NEW_TAX | {"pricing": PRICING, "parent": BY_ITEM},
        BY_NAME,
    ),
    "2025-12-15.clover: the price in full inside pricing": (
        COMMON | OFF | NEW_TAX | {"pricing": FULL, "parent": PARENT},
        EXPECTED,
    ),
    "2026-03-25.dahlia: decimals as numbers, quantity as a decimal": (
        COMMON
        | OFF
        | NEW_TAX
        | {"pricing": PRICING | {"unit_amount_decimal": 2900.0}, "parent": PARENT}
        | {"quantity": None, "quantity_decimal": "2.00"},
        BY_NAME,
    ),
}


def bill(*lines: Raw, **over: Any) -> Raw:
    listed = {"object": "list", "data": list(lines), "has_more": False}
    total = {"subtotal": 5800, "total": 5742, "total_discount_amounts": [{"amount": 580}]}
    taxed = {"total_taxes": NEW_TAX["taxes"]}
    return {"id": "in_1", "object": "invoice", "currency": "usd", "lines": listed} | (
        total | taxed | over
    )


@pytest.mark.parametrize(("line", "expected"), SHAPES.values(), ids=SHAPES.keys())
def test_a_line_reads_the_same_in_every_shape(line: Raw, expected: Line) -> None:
    assert read_lines(bill(copy.deepcopy(line))).lines == (expected,)


LINE = SHAPES["2025-03-31.basil: pricing names the price"][0]
OLD_TOTALS = {"total_taxes": None, "tax": 522}
RATE = {"id": "txr_1", "object": "tax_rate", "percentage": 10.0}

TAXES: dict[str, tuple[Raw, tuple[TaxLine, ...]]] = {
    "total_taxes, as since 2025": (
        {},
        (TaxLine(522, False, "txr_1", None, 5220, "standard_rated"),),
    ),
    "total_tax_amounts, as up to 2025": (
        OLD_TOTALS | {"total_tax_amounts": OLD_TAX["tax_amounts"]},
        (TaxLine(522, False, "txr_1", None, None, None),),
    ),
    "total_tax_amounts whose rate is expanded": (
        OLD_TOTALS | {"total_tax_amounts": [{"amount": 522, "inclusive": False, "tax_rate": RATE}]},
        (TaxLine(522, False, "txr_1", "10", None, None),),
    ),
    "a default tax rate tells the percentage": (
        {"default_tax_rates": [RATE]},
        (TaxLine(522, False, "txr_1", "10", 5220, "standard_rated"),),
    ),
    "a tax percent, from before tax rates": (
        OLD_TOTALS | {"tax_percent": 10.0},
        (TaxLine(522, False, None, "10", None, None),),
    ),
    "no tax": ({"total_taxes": [], "total": 5220}, ()),
}


@pytest.mark.parametrize(("over", "expected"), TAXES.values(), ids=TAXES.keys())
def test_tax_lines_in_every_shape(over: Raw, expected: tuple[TaxLine, ...]) -> None:
    found = read_lines(bill(LINE, **over))
    assert found.taxes == expected
    assert found.off_by_minor == 0


INCLUSIVE = [{"amount": 475, "tax_behavior": "inclusive", "tax_rate_details": {"tax_rate": "t"}}]

SUMS: dict[str, tuple[Raw, int | None]] = {
    "lines, less discounts, plus tax": (bill(LINE), 0),
    "tax that is included is not added": (bill(LINE, total_taxes=INCLUSIVE, total=5220), 0),
    "billing credits come off": (
        bill(
            LINE,
            total=5242,
            total_pretax_credit_amounts=[
                {"amount": 500, "type": "credit_balance_transaction"},
                {"amount": 580, "type": "discount"},
            ],
        ),
        0,
    ),
    "shipping comes on top": (
        bill(LINE, total=6042, shipping_cost={"amount_subtotal": 300, "amount_total": 300}),
        0,
    ),
    "discounts that only the lines tell": (bill(LINE, total_discount_amounts=None), 0),
    "a discount from when its amount was not told": (
        bill(
            COMMON | {"plan": PLAN},
            total_discount_amounts=None,
            discount={"id": "di_1", "object": "discount"},
            total_taxes=None,
            total=5220,
        ),
        0,
    ),
    "a line is missing": (bill(total_discount_amounts=[], total_taxes=[]), 5742),
    "the total is off by one": (bill(LINE, total=5743), 1),
    "the total is not told": (bill(LINE, total=None), None),
    "a negative total adds up as well": (
        bill(
            COMMON | {"amount": -5800, "plan": PLAN},
            total_discount_amounts=[],
            total_taxes=[],
            total=-5800,
        ),
        0,
    ),
}


@pytest.mark.parametrize(("raw", "off_by"), SUMS.values(), ids=SUMS.keys())
def test_what_lines_come_to_is_held_against_the_total(raw: Raw, off_by: int | None) -> None:
    assert read_lines(raw).off_by_minor == off_by


def test_more_lines_than_an_invoice_holds_are_told_apart() -> None:
    raw = bill(LINE)
    raw["lines"]["has_more"] = True
    assert not read_lines(raw).complete
    whole: InvoiceLines = read_lines(raw, [LINE, LINE | {"id": "il_2"}])
    assert whole.complete
    assert [line.line_id for line in whole.lines] == ["il_1", "il_2"]


def test_an_invoice_that_lists_no_lines_does_not_claim_to_have_none() -> None:
    assert not read_lines({"id": "in_1", "total": 0}).complete


def test_zero_and_three_decimals_stay_whole_minor_units() -> None:
    found = read_lines(bill(LINE | {"currency": "JPY"}, currency="JPY"))
    assert (found.currency, found.lines[0].currency, found.lines_minor) == ("jpy", "jpy", 5800)


@pytest.mark.parametrize(
    "over",
    [{"amount": "5800"}, {"quantity": "two"}, {"id": None}, {"taxes": [{"amount": 1.5}]}],
    ids=["amount", "quantity", "id", "tax"],
)
def test_what_stripe_never_sends_is_refused_in_one_sentence(over: Raw) -> None:
    with pytest.raises(EventUnusable, match="cannot be read"):
        read_lines(bill(LINE | over))
