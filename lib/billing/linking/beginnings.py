"""Where a link begins: what its request finds in the audit, while nobody else can write there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..domain.errors import LinkRefused
from ..domain.flow_values import Flow
from ..store import audit
from ..store.audit import AuditRow
from ..store.queries.reading import Connection
from .newcomers import STRANGER, Newcomer
from .situations import open_checkouts

REQUESTED: Final = "link.requested"

_UNDER_WAY: Final = 120
"""Seconds after which a Checkout link that was asked for is taken to have come to nothing."""


@dataclass(frozen=True)
class Begun:
    """``at``: when this very click first asked. ``minted``: it has its link already. ``earlier``:
    Checkouts to close first."""

    at: int
    minted: AuditRow | None = None
    earlier: tuple[str, ...] = ()


def earlier_checkouts(
    connection: Connection, row: AuditRow, org_id: str | None = None
) -> tuple[str, ...]:
    """``org_id``: the customer's organization, which may have begun before it had a customer."""
    if row.flow != Flow.CHECKOUT or _stranger(row):
        return ()
    made = [o for o in open_checkouts(connection, row.customer_id, row.at) if _same_one(o, row)]
    if row.customer_id is not None and org_id:
        told = Newcomer(org_id).told
        made += [
            other
            for other in open_checkouts(connection, None, row.at)
            if f"{other.detail or ''}, ".startswith(f"{told}, ")
        ]
    return tuple(str(other.session_id) for other in made)


def one_checkout_at_a_time(connection: Connection, row: AuditRow) -> LinkRefused | None:
    """Two agents at the same moment would each see no open Checkout and make one."""
    if row.flow != Flow.CHECKOUT or _stranger(row):
        return None
    since = audit.of_flow(connection, row.customer_id, Flow.CHECKOUT, row.at - _UNDER_WAY)
    # A refusal's detail says why, so the rows of one link are told by what it was asked with.
    about = {other.link_id for other in since if _same_one(other, row)}
    last = {other.link_id: other.action for other in since if other.link_id in about}
    if REQUESTED not in last.values():
        return None
    return LinkRefused(
        "Another Checkout link is being made for this customer right now. Wait a moment.",
        code="checkout_under_way",
    )


def _stranger(row: AuditRow) -> bool:
    """Whoever it is has no other Checkout that could be told to be theirs."""
    return row.customer_id is None and (row.detail or "").startswith(STRANGER)


def _same_one(other: AuditRow, row: AuditRow) -> bool:
    """Rows of newcomers have no customer: their detail names the organization."""
    return row.customer_id is not None or other.detail == row.detail
