"""The facade's part for invoices: the list, one in detail, what is owed, what was recovered."""

from __future__ import annotations

from collections.abc import Callable

from .domain.attempts import Attempt
from .domain.filters import clean
from .domain.invoice_filters import EVERY_INVOICE, InvoiceFilters
from .settings.setup import Setup
from .showing import invoices, recovering
from .showing.invoice_lines import AsksLines
from .showing.invoice_views import InvoiceItem, InvoiceView, Owed, Recovery
from .showing.views import Listing
from .store import failing
from .store.queries.reading import Reader


class InvoiceDesk:
    """Reads invoices; asks Stripe for lines that no kept event holds, where it may."""

    _reader: Reader
    _clock: Callable[[], int]
    _setup: Setup
    _stripe: AsksLines | None

    def invoices(self, filters: InvoiceFilters = EVERY_INVOICE) -> Listing[InvoiceItem]:
        """Invoices, the newest first. ``sums`` are `InvoiceSum`; no bars: see `owed`.

        Sortable: created_at, due, paid_at, total, remaining, number, customer.
        """
        return invoices.listing(self._reader, self._clock(), filters.cleaned())

    def invoice(self, invoice_id: str) -> InvoiceView:
        """One invoice with its lines, attempts and what was given back. Raises NoSuchObject."""
        return invoices.view(
            self._reader, self._setup, self._clock(), clean(invoice_id), self._stripe
        )

    def attempts(self, customer_id: str, invoice_id: str) -> tuple[Attempt, ...]:
        """Every known attempt to collect one invoice, oldest first. Raises NoCustomer."""
        return invoices.attempts_of(
            self._reader, self._setup, clean(customer_id), clean(invoice_id)
        )

    def declines_refused(self) -> str | None:
        """Why Stripe does not let the key read decline codes; None when it does."""
        with self._reader.open() as connection:
            return failing.refused(connection)

    def owed(self) -> list[Owed]:
        """What is owed by currency: by age, of ended subscriptions, and for how long."""
        return invoices.owed_now(self._reader, self._setup, self._clock())

    def recovery(self, *, by: str = "month", cash: bool = False) -> list[Recovery]:
        """What failed and what became of it, by period of the failure; with ``cash`` what was paid
        after all, by period of the payment."""
        return recovering.recovered(self._reader, self._setup, self._clock(), by, cash=cash)
