"""What became of scheduled ends, from everything that was seen of the subscriptions."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial

from ..domain.fold import CustomerFold, Rules, fold_customer
from ..domain.observations import State
from ..domain.saves import ScheduledEnd, scheduled_ends
from ..domain.value import CannotValue, item_values
from ..store.queries.reading import Connection
from ..store.queries.subscription_history import ever_scheduled


def all_scheduled_ends(
    connection: Connection,
    rules: Rules,
    *,
    until: int | None = None,
    of: Collection[str] | None = None,
) -> Iterator[tuple[str, ScheduledEnd]]:
    """Every schedule that there ever was up to and including ``until``, customer by customer, with
    the customer's id. ``of``: only of these customers."""
    for customer_id, seen in ever_scheduled(connection, until=until, of=of):
        fold = fold_customer(customer_id, seen, rules)
        for subscription in fold.of("subscription").values():
            for end in scheduled_ends(subscription, partial(_value, fold)):
                yield customer_id, end


def _value(fold: CustomerFold, state: State) -> int | None:
    rules = fold.rules
    try:
        return sum(
            item_values(state, fold.states("discount"), rules.policy.discounts, rules.references)
        )
    except CannotValue:
        return None
