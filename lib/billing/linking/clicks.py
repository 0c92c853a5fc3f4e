"""What one click comes to: what it asked for, its key at Stripe, the link it gets."""

from __future__ import annotations

from ..domain.flow_values import Choice
from ..store.audit import AuditRow
from .addresses import Address
from .values import MintedLink


def wanted_by(row: AuditRow) -> tuple[str | None, ...]:
    return row.customer_id, row.flow, row.plan, row.detail


def idempotency_key_of(row: AuditRow) -> str:
    return f"portside-{row.link_id}"


def handed_over(row: AuditRow, choice: Choice, address: Address) -> MintedLink:
    return MintedLink(
        link_id=str(row.link_id),
        url=address.url,
        flow=choice.flow,
        label=choice.label,
        destination=choice.destination,
        minted_at=row.at,
        expires_at=address.expires_at(row.at),
        bearer=address.bearer,
        note=choice.note,
        once=address.once,
    )
