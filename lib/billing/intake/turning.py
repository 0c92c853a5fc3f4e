"""What one batch changes of the sums that compare each customer with its own past."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from ..domain.fold import Rules
from ..domain.turnover import Turnover
from ..store import projection, turnover
from ..store.engine import Connection

if TYPE_CHECKING:
    from .projecting import Folded


def turned(
    connection: Connection,
    folded: Mapping[str, Folded],
    emptied: Iterable[str],
    gone: Collection[projection.MovementKey],
    rules: Rules,
    known: Collection[str],
) -> Turnover:
    """To be asked before the rows are written: it compares them with what is stored."""
    change = turnover.Change(connection, rules.timezone, rules.policy.slug, rules.catalog)
    concerned = [each.rows for each in folded.values() if _concerns(each)]
    return change.of(concerned, gone, known=known, emptied=tuple(emptied))


def _concerns(each: Folded) -> bool:
    """Whether movements, subscriptions or invoices over nothing may differ. What a fold in place
    does not change of its standing it hands on as it is."""
    if each.rows.whole or any(invoice.total_minor == 0 for invoice in each.rows.invoices):
        return True
    stood = each.before.objects
    return any(
        now is not stood.get(("subscription", subscription_id))
        for subscription_id, now in each.fold.of("subscription").items()
    )
