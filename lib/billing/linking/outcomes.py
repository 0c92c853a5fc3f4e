"""What became of the links in the audit: one value a link, with what followed it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..domain.flow_values import Flow
from ..domain.fold import CustomerFold, Rules, fold_customer
from ..domain.follow_ups import LinkProgress, progress
from ..store import history
from ..store.queries.reading import Connection

_AT_ONCE = 500
_CLOSED: Mapping[str, LinkProgress] = {
    "link.refused": LinkProgress("refused"),
    "link.failed": LinkProgress("failed"),
}
_BEING_MADE = 120
"""Seconds after which a link that was asked for and never answered has failed."""


@dataclass(frozen=True, slots=True)
class HandedOut:
    """One link, by its last row of the audit."""

    link_id: str
    minted_at: int  # when it was minted, refused or failed
    staff: str
    customer_id: str
    flow: str
    reason: str
    ticket: str | None
    code: str | None
    progress: LinkProgress


def handed_out(
    connection: Connection,
    rows: Iterable[Mapping[Any, Any]],
    rules: Rules,
    *,
    now: int,
    until: int | None = None,
) -> list[HandedOut]:
    """The links of ``rows`` (oldest first), by time and then id.

    ``until`` leaves out what took effect later.
    """
    last: dict[str, Mapping[Any, Any]] = {row["link_id"]: row for row in rows}
    by_customer: defaultdict[str, list[Mapping[Any, Any]]] = defaultdict(list)
    for row in last.values():
        by_customer[row["customer_id"] or ""].append(row)
    found: list[HandedOut] = []
    names = sorted(by_customer)
    for start in range(0, len(names), _AT_ONCE):
        portion = names[start : start + _AT_ONCE]
        seen = history.of_customers(connection, portion)
        for customer_id in portion:
            known = [o for o in seen[customer_id] if until is None or o.effective <= until]
            fold = fold_customer(customer_id, known, rules) if known else None
            found += [_link(row, fold, now) for row in by_customer[customer_id]]
    return sorted(found, key=lambda link: (link.minted_at, link.link_id))


def _link(row: Mapping[Any, Any], fold: CustomerFold | None, now: int) -> HandedOut:
    closed = _CLOSED.get(row["action"])
    if row["action"] == "link.requested":
        being_made = now <= row["at"] + _BEING_MADE
        closed = LinkProgress("waiting" if being_made else "failed")
    return HandedOut(
        link_id=row["link_id"],
        minted_at=row["at"],
        staff=row["staff"],
        customer_id=row["customer_id"] or "",
        flow=row["flow"] or "",
        reason=row["reason"] or "",
        ticket=row["ticket"],
        code=row["code"],
        progress=closed
        or progress(
            fold,
            row["flow"] or Flow.HOME,
            minted_at=row["at"],
            now=now,
            subject=row["invoice_id"] or row["subscription_id"],
        ),
    )
