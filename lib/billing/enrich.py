"""Learns why payments failed: `invoice.payment_failed` carries no decline code.

Each failing invoice without one is read once more per failure, with its payments, and what is seen
goes through the writer like everything else. Which failure was asked about is kept, so that a
restart does not ask again; so is that the key may not, and pages say it.
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
REST: Final = 100
"""Rounds that are left out after the key was refused: somebody has to give it the right."""
NO_RIGHT: Final = "stripe_permission"

log = structlog.get_logger(__name__)


class Retrieves(Protocol):
    def retrieve(
        self, kind: str, object_id: str, *, expand: tuple[str, ...] = ()
    ) -> tuple[dict[str, Any], int]:
        """The object and the second that the response's ``Date`` header gives."""


class Enricher:
    """Reads failing invoices once a failure."""

    def __init__(self, store: Store, ingest: Ingest, gateway: Retrieves) -> None:
        self._store = store
        self._ingest = ingest
        self._gateway = gateway
        self._rests = 0

    def round(self) -> int:
        """Read the failing invoices that were not yet asked about; gives how many."""
        if self._rests:
            self._rests -= 1
            return 0
        with self._store.reading() as connection:
            now = {each.invoice_id: each for each in failing.failing(connection)}
            before = failing.asked(connection)
            refused = failing.refused(connection)
        # What events explain by themselves is never asked about, however often it fails.
        wanted = [
            each
            for each in now.values()
            if before.get(each.invoice_id) != each.attempt
            and (not each.explained or each.invoice_id in before)
        ][:AT_ONCE]
        asked = {name: attempt for name, attempt in before.items() if name in now}
        no_right = refused
        try:
            for each in wanted:
                no_right = self._read(each.invoice_id)
                if no_right is not None:
                    self._rests = REST
                    break
                asked[each.invoice_id] = each.attempt
        finally:
            if asked != before or no_right != refused:
                with self._store.writing() as connection:
                    failing.keep_asked(connection, asked)
                    failing.keep_refused(connection, no_right)
        return len(wanted)

    def _read(self, invoice_id: str) -> str | None:
        """Why the key may not read it; None when it could be asked."""
        try:
            found, second = self._gateway.retrieve("invoice", invoice_id, expand=EXPAND)
        except (NoSuchObject, StripeRefused) as error:
            log.warning("invoice_not_readable", invoice_id=invoice_id, code=error.code)
            # Else asking for this one again would get the same answer, and hold the others back.
            return str(error) if error.code == NO_RIGHT else None
        self._ingest.observe([found], second=second, source="enrich")
        return None
