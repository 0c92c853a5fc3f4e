"""Stored rows beside a fresh fold of their history. Asks Stripe nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from ..domain.drift import Difference, row_difference
from ..domain.fold import CustomerFold, Rules, fold_customer, mark_of
from ..domain.observations import State
from ..domain.project import project
from ..domain.references import References
from ..store import coverage, history, meta, projection, references, rollups
from ..store.queries.reading import Connection

_OURS: Final = frozenset({"last_second", "deleted"})
"""Columns of a reference's row beside its state."""

Mended = Mapping[tuple[str, str], State | None]
"""References whose stored rows are wrong: (type, id) -> the state that they should have."""


def compare_rows(
    connection: Connection, customer_ids: Sequence[str], rules: Rules, mended: Mended | None = None
) -> list[Difference]:
    """How the rows of these customers differ from what their observations fold to.

    ``connection`` must show one state of the database, or a write in between would look like a
    difference. What a change of rules explains is one difference, see :func:`compare_rules`.
    """
    known = replace(rules, references=_right(references.load(connection), mended or {}))
    folds = [
        fold_customer(customer_id, seen, known)
        for customer_id, seen in history.of_customers(connection, customer_ids).items()
        if seen
    ]
    changed = rules_changed(connection, rules)
    found = []
    rows = [project(fold) for fold in folds]
    policy = rules.policy.slug
    for pair in projection.unlike(connection, rows, of=set(customer_ids), policy=policy):
        difference = row_difference(
            pair.table, pair.key, pair.customer_id, pair.folded, pair.stored, rules_changed=changed
        )
        if difference is not None:
            found.append(difference)
    return found + [difference for fold in folds for difference in _unproven(fold)]


def rules_changed(connection: Connection, rules: Rules) -> bool:
    """Whether rows were last folded by other rules than ``rules``."""
    return meta.get(connection, meta.FOLDED_BY) not in (None, mark_of(rules))


def compare_rules(connection: Connection, rules: Rules) -> list[Difference]:
    """One difference when the catalogue, the policy or the time zone has changed."""
    if not rules_changed(connection, rules):
        return []
    stored = meta.get(connection, meta.FOLDED_BY)
    return [
        Difference(
            subject="rules",
            customer_id=None,
            object_type="rules",
            object_id="all",
            fields=(meta.FOLDED_BY,),
            projected={meta.FOLDED_BY: stored},
            stripe={meta.FOLDED_BY: mark_of(rules)},
            cause="rules_changed",
        )
    ]


def compare_references(connection: Connection) -> list[Difference]:
    """How the rows of prices, products and coupons differ from what was seen of them."""
    compared = (
        row_difference(kind, name, None, folded, stored, rules_changed=False)
        for kind, name, folded, stored in references.unlike(connection)
    )
    return [difference for difference in compared if difference is not None]


def mended_references(connection: Connection) -> Mended:
    """What those references should be whose rows are wrong; with nothing wrong, nothing."""
    return {
        (kind, name): None if folded is None else {k: folded[k] for k in folded if k not in _OURS}
        for kind, name, folded, _ in references.unlike(connection)
    }


def _right(known: References, mended: Mended) -> References:
    prices, coupons = dict(known.prices), dict(known.coupons)
    for (kind, name), state in mended.items():
        held = {"price": prices, "coupon": coupons}.get(kind, {})
        if state is None:
            held.pop(name, None)
        else:
            held[name] = state
    return References(prices=prices, coupons=coupons)


def compare_sums(connection: Connection, rules: Rules) -> list[Difference]:
    """One difference when the kept sums are not those of the rows. Reads every live subscription
    and every movement; ``connection`` must show one state of the database."""
    summed = rollups.summed(connection, rules.timezone, rules.policy.slug)
    stored = rollups.stored(connection)
    cells = [cell for cell in summed.keys() | stored.keys() if summed.get(cell) != stored.get(cell)]
    if not cells:
        return []
    return [
        Difference(
            subject="sums",
            customer_id=None,
            object_type="rollups",
            object_id="all",
            fields=tuple(sorted({cell.kind for cell in cells})),
            projected={"cells": len(cells)},
            stripe=None,
            cause="hand_edited_row",
        )
    ]


def compare_catalog(connection: Connection, customer_id: str | None) -> list[Difference]:
    """Prices of live subscriptions that map to no plan: one difference a price, whoever has it.

    The difference names a customer only where a single one is concerned.
    """
    return [
        Difference(
            subject=f"plan price {price.price_id}",
            customer_id=price.customers[0] if len(price.customers) == 1 else None,
            object_type="price",
            object_id=price.price_id,
            fields=("plan",),
            projected={"plan": None, "customers": len(price.customers)},
            stripe={"lookup_key": price.lookup_key},
            cause="unmapped_price",
        )
        for price in coverage.unmapped_prices(connection)
        if customer_id is None or customer_id in price.customers
    ]


def _unproven(fold: CustomerFold) -> list[Difference]:
    """Objects of which several changes of their last second leave open which came last."""
    return [
        Difference(
            subject=f"second {seen.object_type} {seen.object_id}",
            customer_id=fold.customer_id,
            object_type=seen.object_type,
            object_id=seen.object_id,
            fields=("certainty",),
            projected={"certainty": "ambiguous"},
            stripe={"certainty": "proven"},
            cause="ambiguous_second",
        )
        for seen in fold.all
        if seen.ambiguous and not seen.terminal
    ]
