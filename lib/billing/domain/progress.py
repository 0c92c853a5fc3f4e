"""Objects that only ever move forward: how far along a state is.

Invoices, payments and their kin are told by events that say nothing of what was before
(`invoice.finalized`, `invoice.paid` …). What such a one can be next is known from its nature:
nothing paid becomes a draft again. So of several states of one second the farthest is the last.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from .observations import State

Progress = tuple[Any, ...]

_INVOICE = {None: 0, "draft": 0, "open": 1, "uncollectible": 2, "paid": 3, "void": 3, "deleted": 3}
_SETTLING = {"pending": 0, "requires_action": 0, "processing": 0}
_DISPUTE = {"won": 2, "lost": 2, "warning_closed": 2, "prevented": 2, "under_review": 1}
_SCHEDULE = {"not_started": 0, "active": 1}


def _invoice(state: State) -> Progress:
    paid, attempts = state["amount_paid"] or 0, state["attempt_count"] or 0
    return _INVOICE.get(state["status"], 0), paid, attempts, bool(state["attempted"])


def _payment(state: State) -> Progress:
    if state["status"] in ("succeeded", "canceled"):
        return (2,)
    return (1,) if state["code"] or state["decline_code"] else (0,)


def _charge(state: State) -> Progress:
    refunded = state["amount_refunded"] or 0
    return _SETTLING.get(state["status"], 1), refunded, bool(state["disputed"])


PROGRESS: Final[dict[str, Callable[[State], Progress]]] = {
    "invoice": _invoice,
    "payment": _payment,
    "charge": _charge,
    "invoice_payment": lambda state: (state["status"] != "open", state["amount_paid"] or 0),
    "refund": lambda state: (_SETTLING.get(state["status"], 1),),
    "credit_note": lambda state: (state["status"] == "void",),
    "dispute": lambda state: (_DISPUTE.get(state["status"], 0),),
    "checkout": lambda state: (state["status"] != "open", state["payment_status"] == "paid"),
    "schedule": lambda state: (_SCHEDULE.get(state["status"], 2),),
}
"""Object type -> how far along a state is; types that can go back and forth are not in it."""


def progress(object_type: str, state: State | None) -> Progress | None:
    """How far along ``state`` is; absence comes first of all; None where nothing can be said."""
    measure = PROGRESS.get(object_type)
    if measure is None:
        return None
    return () if state is None else measure(state)
