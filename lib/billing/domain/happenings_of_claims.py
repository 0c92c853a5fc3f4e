"""What happened to refunds, disputes and credit notes: money that goes back, or may have to."""

from __future__ import annotations

from collections.abc import Iterator

from .called import amount, plain
from .catalog import Catalog
from .observations import State
from .said import said


def refund(
    before: State | None, after: State | None, _catalog: Catalog, _timezone: str
) -> Iterator[str]:
    yield from _claimed(said("Refund"), before, after)


def dispute(
    before: State | None, after: State | None, _catalog: Catalog, _timezone: str
) -> Iterator[str]:
    yield from _claimed(said("Dispute"), before, after)


def _claimed(what: str, before: State | None, after: State | None) -> Iterator[str]:
    if after is None or (before or {}).get("status") == after["status"]:
        return
    told = {
        "what": what,
        "amount": amount(after["amount"], after["currency"]),
        "status": plain(after["status"] or "unknown"),
    }
    if after["reason"]:
        reason = plain(after["reason"])
        yield said("{what} of {amount}: {status} ({reason}).", reason=reason, **told)
    else:
        yield said("{what} of {amount}: {status}.", **told)


def credit_note(
    before: State | None, after: State | None, _catalog: Catalog, _timezone: str
) -> Iterator[str]:
    if after is None:
        return
    number = after["number"]
    name = said("Credit note {number}", number=number) if number else said("Credit note")
    if before is None:
        worth = amount(after["amount"], after["currency"])
        if after["reason"]:
            yield said(
                "{note} for {amount} ({reason}).",
                note=name,
                amount=worth,
                reason=plain(after["reason"]),
            )
        else:
            yield said("{note} for {amount}.", note=name, amount=worth)
    elif before["status"] != after["status"]:
        became = plain(after["status"] or "unknown")
        yield said("{note} became {status}.", note=name, status=became)
