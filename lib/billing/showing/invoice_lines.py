"""An invoice's lines: from the body of an event about it, else from Stripe, else why not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final, Protocol

from ..domain.errors import BillingError, DatabaseUnavailable, EventUnusable
from ..domain.said import said, said_in_turn
from ..store import history, inbox
from ..store.queries.reading import Connection, Reader
from ..stripe.parse_lines import read_lines
from .invoice_views import LinesView

MOST_BODIES: Final = 6
"""Bodies that are looked at before Stripe is asked."""

_PRUNED = said("The event that told of it has no body any more.")
_NOT_ALLOWED = said("The dashboard's database role may not read the bodies of events.")
_NEVER = said("No event told of it: it was read from Stripe's lists.")
_ONLY_FIRST = said("Its event holds only the first lines.")
_NO_KEY = said("Set STRIPE_API_KEY, so that Stripe can be asked.")
_NOW = said("Stripe, asked now")


class AsksLines(Protocol):
    """What a gateway answers about one invoice."""

    def retrieve(self, kind: str, object_id: str) -> tuple[dict[str, Any], int]: ...

    def invoice_lines(self, invoice_id: str) -> list[dict[str, Any]]: ...


def lines_of(reader: Reader, invoice_id: str, event_id: str, stripe: AsksLines | None) -> LinesView:
    """The lines of one invoice. ``event_id``: the event behind its row. What cannot be had is said,
    never raised. No connection is held while Stripe is asked."""
    raw, told_by, why_not = _kept(reader, invoice_id, event_id)
    kept = _none(why_not)
    if raw is not None:
        try:
            found = read_lines(raw)
        except EventUnusable as error:
            kept = _none(str(error))
        else:
            if found.complete:
                return LinesView(found, _event(told_by))
            kept = LinesView(found, _event(told_by), _ONLY_FIRST)
    if stripe is None:
        return replace(kept, why_not=said_in_turn((kept.why_not or "", _NO_KEY)))
    try:
        return _asked(stripe, invoice_id, raw if kept.lines else None)
    except BillingError as error:
        return replace(kept, why_not=said_in_turn((kept.why_not or "", str(error))))


def _asked(stripe: AsksLines, invoice_id: str, raw: dict[str, Any] | None) -> LinesView:
    if raw is None:
        raw, _ = stripe.retrieve("invoice", invoice_id)
        found = read_lines(raw)
        if found.complete:
            return LinesView(found, _NOW)
    return LinesView(read_lines(raw, stripe.invoice_lines(invoice_id)), _NOW)


def _event(event_id: str | None) -> str:
    return said("event {event}", event=event_id)


def _none(why_not: str) -> LinesView:
    return LinesView(None, None, why_not)


def _kept(
    reader: Reader, invoice_id: str, event_id: str
) -> tuple[dict[str, Any] | None, str | None, str]:
    """(the invoice as an event held it, that event, why there is none)."""
    why_not = _NEVER
    try:
        # Of its own: where bodies may not be read, what was begun with it is over.
        with reader.open() as connection:
            for name in _events(connection, invoice_id, event_id):
                why_not = _PRUNED
                raw = _invoice_in(inbox.body_of(connection, name), invoice_id)
                if raw is not None:
                    return raw, name, ""
    except DatabaseUnavailable as error:
        if error.code != "database_not_allowed":
            raise
        why_not = _NOT_ALLOWED
    return None, None, why_not


def _events(connection: Connection, invoice_id: str, event_id: str) -> Iterator[str]:
    """The event behind the row first, then what else told of the invoice, the newest first."""
    seen = history.of_objects(connection, "invoice", [invoice_id]).get(invoice_id, [])
    newest = sorted(seen, key=lambda o: (o.second, o.event_id), reverse=True)
    names = dict.fromkeys([event_id, *(o.event_id for o in newest)])
    told = [name for name in names if not name.startswith("read:")]
    yield from told[:MOST_BODIES]


def _invoice_in(body: bytes | None, invoice_id: str) -> dict[str, Any] | None:
    event = None if body is None else json.loads(body)
    found = (event.get("data") or {}).get("object") if isinstance(event, dict) else None
    if not isinstance(found, dict) or found.get("id") != invoice_id:
        return None
    return found if found.get("object", "invoice") == "invoice" else None
