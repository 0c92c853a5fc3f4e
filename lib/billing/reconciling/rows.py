"""Stored rows beside a fresh fold of their history. Asks Stripe nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..domain.drift import Difference, row_difference
from ..domain.fold import CustomerFold, Rules, fold_customer, mark_of
from ..domain.project import project
from ..store import coverage, history, meta, projection, references
from ..store.queries.reading import Connection


def compare_rows(
    connection: Connection, customer_ids: Sequence[str], rules: Rules
) -> list[Difference]:
    """How the rows of these customers differ from what their observations fold to.

    ``connection`` must show one state of the database, or a write in between would look like a
    difference. What a change of rules explains is one difference, see :func:`compare_rules`.
    """
    known = replace(rules, references=references.load(connection))
    folds = [
        fold_customer(customer_id, seen, known)
        for customer_id, seen in history.of_customers(connection, customer_ids).items()
        if seen
    ]
    changed = rules_changed(connection, rules)
    found = []
    for pair in projection.unlike(connection, [project(f) for f in folds], of=set(customer_ids)):
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
