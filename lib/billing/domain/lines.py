"""What an invoice is made of, and whether it adds up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``amount_minor`` is before discounts and without exclusive tax."""

    line_id: str
    description: str | None
    amount_minor: int
    currency: str | None
    quantity: str | None  # a decimal
    unit_amount_decimal: str | None  # minor units
    price_id: str | None
    product_id: str | None
    interval: str | None
    period_start: int | None
    period_end: int | None
    proration: bool
    discount_minor: int
    tax_minor: int  # exclusive and inclusive


@dataclass(frozen=True, slots=True)
class TaxLine:
    """Tax of the whole invoice under one rate."""

    amount_minor: int
    inclusive: bool  # already in the lines' amounts
    rate_id: str | None
    percentage: str | None  # a decimal; None where Stripe only names the rate
    taxable_minor: int | None
    reason: str | None  # Stripe's word for why, such as "reverse_charge"


@dataclass(frozen=True, slots=True)
class InvoiceLines:
    """The lines with what lies between them and the total, in minor units of one currency."""

    lines: tuple[Line, ...]
    taxes: tuple[TaxLine, ...]
    currency: str | None
    discount_minor: int
    credit_minor: int  # billing credits that were applied before tax
    shipping_minor: int
    total_minor: int | None
    complete: bool  # every line is there

    @property
    def lines_minor(self) -> int:
        return sum(line.amount_minor for line in self.lines)

    @property
    def tax_minor(self) -> int:
        """Tax that comes on top of the lines."""
        return sum(tax.amount_minor for tax in self.taxes if not tax.inclusive)

    @property
    def sum_minor(self) -> int:
        """What lines, discounts, credits, shipping and tax come to."""
        off = self.discount_minor + self.credit_minor
        return self.lines_minor - off + self.shipping_minor + self.tax_minor

    @property
    def off_by_minor(self) -> int | None:
        """By how much the total differs from the sum; None where the total is unknown."""
        return None if self.total_minor is None else self.total_minor - self.sum_minor
