"""A few customers folded anew from what was seen of them, beside the rows that are stored."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final

from ..domain.errors import BillingError
from ..domain.fold import Rules, fold_customer, mark_of
from ..domain.project import project
from ..domain.said import said
from ..settings.rules import current_rules
from ..settings.setup import Setup
from ..store import history, meta, projection
from ..store.queries.reading import Connection
from .audit_lines import AtFault

_TOLD: Final = {
    "subscriptions": ("live", "currency", "mrr_minor", "winding_down"),
    "movements": ("kind", "currency", "delta_minor", "before_minor", "after_minor"),
    "runway": ("kind", "currency", "minor"),
}
"""Tables that MRR is read from, and the columns that say how much."""
_AMOUNT: Final = {"subscriptions": "mrr_minor", "movements": "delta_minor", "runway": "minor"}
_AT_ONCE: Final = 200


class Refolded:
    """The rows of MRR that are stored otherwise than events tell them, by customer.

    ``trusted`` is False while rows are folded by other rules than today's: then nothing is named.
    """

    def __init__(self, connection: Connection, setup: Setup) -> None:
        self._connection = connection
        self._rules = current_rules(connection, setup)
        folded_by = meta.get(connection, meta.FOLDED_BY)
        now = Rules(setup.catalog, self._rules.policy, timezone=setup.timezone)
        self.trusted = folded_by in (None, mark_of(now))
        self._known: dict[str, list[AtFault]] = {}

    def faults(self, customer_ids: Collection[str]) -> Iterator[AtFault]:
        """The rows at fault of these customers, in their order."""
        wanted = sorted(set(customer_ids))
        if self.trusted:
            missing = [each for each in wanted if each not in self._known]
            for start in range(0, len(missing), _AT_ONCE):
                self._fold(missing[start : start + _AT_ONCE])
        for customer_id in wanted:
            yield from self._known.get(customer_id, ())

    def _fold(self, customer_ids: list[str]) -> None:
        self._known |= {customer_id: [] for customer_id in customer_ids}
        seen = history.of_customers(self._connection, customer_ids)
        rows = []
        for customer_id, observed in seen.items():
            try:
                rows.append(project(fold_customer(customer_id, observed, self._rules)))
            except (BillingError, ValueError):
                continue  # nothing was seen of it, so nothing can be said of its rows
        folded = [each.customer.customer_id for each in rows]
        for pair in projection.unlike(self._connection, rows, of=folded):
            names = _TOLD.get(pair.table)
            if pair.table == "movements" and self._of_another_policy(pair):
                continue
            if names and _told(pair.folded, names) != _told(pair.stored, names):
                self._known[pair.customer_id].append(_fault(pair))

    def _of_another_policy(self, pair: projection.RowPair) -> bool:
        row = pair.folded or pair.stored or {}
        return bool(row["policy"] != self._rules.policy.slug)


def _told(row: dict[str, Any] | None, names: tuple[str, ...]) -> tuple[Any, ...] | None:
    return None if row is None else tuple(row[name] for name in names)


def _fault(pair: projection.RowPair) -> AtFault:
    row = pair.folded or pair.stored or {}
    amount = _AMOUNT[pair.table]
    if pair.stored is None:
        words = said("It is missing: events tell of it.")
    elif pair.folded is None:
        words = said("No event tells of it.")
    else:
        wrong = [n for n in _TOLD[pair.table] if pair.folded[n] != pair.stored[n]]
        words = said("Events tell another {fields}.", fields=", ".join(wrong))
    kind, name = {
        "subscriptions": ("subscription", pair.key),
        "movements": ("movement", pair.key),
        "runway": ("runway", f"{row.get('subscription_id')} step {row.get('step')}"),
    }[pair.table]
    return AtFault(
        kind=kind,  # type: ignore[arg-type]
        row=name,
        customer_id=pair.customer_id,
        words=words,
        stored=pair.stored[amount] if pair.stored else None,
        right=pair.folded[amount] if pair.folded else None,
    )
