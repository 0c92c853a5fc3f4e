"""What the list of invoices is narrowed to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, cast

from .filters import Filters, clean

MARKS: Final = ("credited", "refunded", "disputed")
"""What may have been given back of an invoice, or be asked back."""


@dataclass(frozen=True, slots=True)
class InvoiceFilters(Filters):
    """``statuses`` are invoices', ``reasons`` why they were made; ``starts`` and ``ends`` bound
    when they were created. An unknown word matches nothing, as any other value would."""

    methods: tuple[str, ...] = ()  # charge_automatically · send_invoice
    buckets: tuple[str, ...] = ()  # of `domain.ageing`; only open invoices are in one
    marks: tuple[str, ...] = ()  # of MARKS; several: any of them
    ended: bool = False  # only open invoices of ended subscriptions

    def cleaned(self) -> InvoiceFilters:
        """The same without anything that no database takes."""
        return replace(
            cast(InvoiceFilters, Filters.cleaned(self)),
            methods=tuple(map(clean, self.methods)),
            buckets=tuple(map(clean, self.buckets)),
            marks=tuple(map(clean, self.marks)),
        )


EVERY_INVOICE: Final = InvoiceFilters()
