"""Learns why payments failed: `invoice.payment_failed` carries no decline code.

Each failing invoice without one is read once more per attempt, with its payments, and what is seen
goes through the writer like everything else.
"""

from __future__ import annotations

from typing import Any, Final, Protocol

import structlog

from .domain.errors import NoSuchObject, StripeRefused
from .ingest import Ingest
from .store import failing
from .store.engine import Store

EXPAND: Final = ("payments.data.payment.payment_intent",)
AT_ONCE: Final = 20
"""Invoices per round: far below Stripe's 25 requests a second, whatever else is going on."""

log = structlog.get_logger(__name__)


class Retrieves(Protocol):
    def retrieve(
        self, kind: str, object_id: str, *, expand: tuple[str, ...] = ()
    ) -> tuple[dict[str, Any], int]:
        """The object and the second that the response's ``Date`` header gives."""


class Enricher:
    """Reads failing invoices once an attempt."""

    def __init__(self, store: Store, ingest: Ingest, gateway: Retrieves) -> None:
        self._store = store
        self._ingest = ingest
        self._gateway = gateway
        self._asked: set[tuple[str, int]] = set()

    def round(self) -> int:
        """Read the failing invoices that were not yet asked about; gives how many."""
        with self._store.reading() as connection:
            unexplained = failing.without_code(connection)
        wanted = [pair for pair in unexplained if pair not in self._asked][:AT_ONCE]
        for invoice_id, attempt in wanted:
            self._read(invoice_id)
            self._asked.add((invoice_id, attempt))
        return len(wanted)

    def _read(self, invoice_id: str) -> None:
        try:
            found, second = self._gateway.retrieve("invoice", invoice_id, expand=EXPAND)
        except (NoSuchObject, StripeRefused) as error:
            # Asking for this one again would get the same answer, and hold the others back.
            log.warning("invoice_not_readable", invoice_id=invoice_id, code=error.code)
            return
        self._ingest.observe([found], second=second, source="enrich")
