"""Which event types a stretch of history records."""

from __future__ import annotations

from collections.abc import Container


class AllBut(Container[str]):
    """Contains every event type except the ones given."""

    def __init__(self, *muted: str) -> None:
        self._muted = frozenset(muted)

    def __contains__(self, type: object) -> bool:
        return type not in self._muted


NONE: Container[str] = frozenset()
LEAN = AllBut(
    "charge.succeeded",
    "invoice.payment_succeeded",
    "invoice_payment.paid",
    "payment_intent.created",
    "payment_intent.succeeded",
    "payment_method.attached",
)
"""Without the companions of every successful payment: invoice.paid tells of them. An intent that
failed first therefore shows its success only through its invoice."""
