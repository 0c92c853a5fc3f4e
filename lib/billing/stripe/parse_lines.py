"""An invoice's lines, taxes and discounts, whichever API version rendered them.

Lines are not observed: they never change once an invoice is finalised, and nothing is folded from
them. They are read from an event's body, or from the API, when somebody looks at an invoice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ..domain.lines import InvoiceLines, Line, TaxLine
from .fields import Fields, Raw

_CREDITS: Final = "credit_balance_transaction"


def read_lines(invoice: Raw, lines: Iterable[Raw] | None = None) -> InvoiceLines:
    """The lines of an ``invoice`` as Stripe renders it; ``lines``: all of them, where the invoice
    holds only the first ones.

    Raises EventUnusable for what cannot be read.
    """
    fields = Fields(invoice, "invoice")
    listed = fields.inside("lines")
    found = list(listed.children("data")) if lines is None else list(_each(lines))
    taxes = tuple(_taxes(fields, _percentages(fields, found)))
    subtotal, total = fields.whole("subtotal"), fields.whole("total")
    credits = _credits(fields)
    shipping = fields.inside("shipping_cost").whole("amount_subtotal") or 0
    exclusive = sum(tax.amount_minor for tax in taxes if not tax.inclusive)
    discount = _discounted(fields, found)
    if discount is None:
        # Up to 2020 an invoice named its discount and never the amount: it is what is missing.
        known = subtotal is not None and total is not None
        missing = (subtotal or 0) + exclusive + shipping - credits - (total or 0)
        discount = missing if known and "discount" in fields else 0
    return InvoiceLines(
        lines=tuple(map(_line, found)),
        taxes=taxes,
        currency=fields.currency("currency"),
        discount_minor=discount,
        credit_minor=credits,
        shipping_minor=shipping,
        total_minor=total,
        complete=lines is not None or ("lines" in fields and not listed.flag("has_more")),
    )


def _each(lines: Iterable[Raw]) -> Iterator[Fields]:
    return (Fields(raw, "invoice line") for raw in lines)


def _line(fields: Fields) -> Line:
    details = _details(fields)
    pricing = fields.inside("pricing")
    price = _price(fields)
    period = fields.inside("period")
    plan = price.inside("recurring") if "recurring" in price else price
    unit = (
        pricing.decimal("unit_amount_decimal")
        or price.decimal("unit_amount_decimal")
        or price.decimal("unit_amount")
        or price.decimal("amount_decimal")
        or price.decimal("amount")
    )
    named = pricing.inside("price_details")
    return Line(
        line_id=fields.own_id(),
        description=fields.text("description"),
        amount_minor=fields.whole("amount") or 0,
        currency=fields.currency("currency"),
        quantity=fields.decimal("quantity_decimal") or fields.decimal("quantity"),
        unit_amount_decimal=unit,
        price_id=named.ident("price") or fields.ident("price") or fields.ident("plan"),
        product_id=named.ident("product") or price.ident("product"),
        interval=plan.word("interval"),
        period_start=period.moment("start"),
        period_end=period.moment("end"),
        proration=details.flag("proration") or fields.flag("proration"),
        discount_minor=_sum(fields, "discount_amounts"),
        tax_minor=_sum(fields, "taxes" if "taxes" in fields else "tax_amounts"),
    )


def _details(fields: Fields) -> Fields:
    parent = fields.inside("parent")
    for key in ("subscription_item_details", "invoice_item_details"):
        if key in parent:
            return parent.inside(key)
    return Fields({}, "invoice line")


def _price(fields: Fields) -> Fields:
    """The price in full, wherever it stands; empty where only its id does."""
    for holder in (fields.inside("pricing").inside("price_details"), fields):
        for key in ("price", "plan"):
            if type(holder.raw.get(key)) is dict:
                return holder.inside(key)
    return Fields({}, "invoice line")


def _taxes(fields: Fields, percentages: dict[str, str]) -> Iterator[TaxLine]:
    key = "total_taxes" if "total_taxes" in fields else "total_tax_amounts"
    for tax in fields.children(key):
        yield _tax(tax, percentages)
    if not fields.elements(key) and (amount := fields.whole("tax")):
        yield TaxLine(amount, False, None, fields.decimal("tax_percent"), None, None)


def _tax(tax: Fields, percentages: dict[str, str]) -> TaxLine:
    rate = tax.inside("tax_rate_details").ident("tax_rate") or tax.ident("tax_rate")
    return TaxLine(
        amount_minor=tax.whole("amount") or 0,
        inclusive=tax.word("tax_behavior") == "inclusive" or tax.flag("inclusive"),
        rate_id=rate,
        percentage=percentages.get(rate or ""),
        taxable_minor=tax.whole("taxable_amount"),
        reason=tax.word("taxability_reason"),
    )


def _percentages(fields: Fields, lines: Iterable[Fields]) -> dict[str, str]:
    """Tax rates that stand somewhere in full: id -> percentage."""
    found = {}
    for holder, key in ((fields, "default_tax_rates"), *((line, "tax_rates") for line in lines)):
        for rate in holder.children(key):
            if "percentage" in rate and "id" in rate:
                found[rate.own_id()] = rate.decimal("percentage") or "0"
    for tax in fields.children("total_tax_amounts"):
        if type(tax.raw.get("tax_rate")) is dict:
            rate = tax.inside("tax_rate")
            found[rate.own_id()] = rate.decimal("percentage") or "0"
    return found


def _discounted(fields: Fields, lines: Iterable[Fields]) -> int | None:
    """What discounts took off; None where nothing tells."""
    if fields.raw.get("total_discount_amounts") is not None:
        return _sum(fields, "total_discount_amounts")
    told = [line for line in lines if line.raw.get("discount_amounts") is not None]
    return sum(_sum(line, "discount_amounts") for line in told) if told else None


def _credits(fields: Fields) -> int:
    return sum(
        each.whole("amount") or 0
        for each in fields.children("total_pretax_credit_amounts")
        if each.word("type") == _CREDITS
    )


def _sum(fields: Fields, key: str) -> int:
    return sum(each.whole("amount") or 0 for each in fields.children(key))
