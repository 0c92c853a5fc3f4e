"""What one batch changes of the sums that compare each customer with its own past."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from ..domain.fold import Rules
from ..domain.rollups import Cell, Sums, of_subscriptions
from ..domain.standing import stands_still
from ..domain.trail import ObjectFold
from ..domain.turnover import Turnover
from ..store.engine import Connection
from ..store.projection import MovementKey
from ..store.turnover_change import Change

if TYPE_CHECKING:
    from .projecting import Folded

_SOLD: Final = itemgetter(
    "currency", "status", "trial_start", "trial_end", "created", "ended_at", "reason", "feedback"
)
"""What :class:`lib.billing.domain.turnover.Sold` takes of a state; a renewal changes none of it."""


def turned(
    connection: Connection,
    folded: Mapping[str, Folded],
    emptied: Collection[str],
    gone: Collection[MovementKey],
    rules: Rules,
    known: Collection[str],
) -> Turnover:
    """To be asked before the rows are written: it compares them with what is stored."""
    by = rules.timezone, rules.policy.slug, rules.catalog
    change = Change(connection, *by, known=known, emptied=emptied)
    moving = [each.rows for each in folded.values() if _moves(each)]
    billed = [each.rows for each in folded.values() if each.rows.invoices or _moves(each)]
    return change.of(moving, billed, gone)


def _moves(each: Folded) -> bool:
    """Whether movements, what subscriptions say of them or are worth, or invoices over nothing may
    differ."""
    if not stands_still(each.rows, each.before):
        return True
    if any(invoice.total_minor == 0 for invoice in each.rows.invoices):
        return True
    stood = each.before.objects
    if any(
        _says(now) != _says(stood.get(("subscription", subscription_id)))
        for subscription_id, now in each.fold.of("subscription").items()
    ):
        return True
    # Of what cannot be valued any more, or can again, no movement tells.
    now = of_subscriptions(each.rows.subscriptions, each.fold.rules.timezone)
    return _held(now) != _held(each.before.contribution)


def _held(cells: Mapping[Cell, Sums]) -> dict[Cell, Sums]:
    """On which plans how much."""
    return {cell: sums for cell, sums in cells.items() if cell.kind == "plan_mix"}


def _says(folded: ObjectFold | None) -> Any:
    return None if folded is None or folded.state is None else _SOLD(folded.state)
