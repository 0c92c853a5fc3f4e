"""A projection made on the side, for another time or another policy, by the same writer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice

from ..domain.fold import CustomerFold, Rules, fold_customer
from ..domain.movements import movements
from ..domain.policy import Policy
from ..domain.project import project
from ..domain.rows import ProjectionRows
from . import history, projection
from .engine import Store, memory_store
from .tables import metadata

CUSTOMERS_AT_ONCE = 500


@contextmanager
def scratch(
    store: Store, rules: Rules, *, until: int | None = None, moving: Policy | None = None
) -> Iterator[Store]:
    """A throw-away store whose derived tables hold what took effect up to and including ``until``.

    ``until`` None takes everything stored. ``rules.references`` are used as given. Only the derived
    tables are filled; the queries of reports run on it unchanged. With ``moving`` movements are
    those of that policy, and all else is of the rules'.
    """
    made = memory_store()
    try:
        with made.writing() as target, store.reading() as source:
            metadata.create_all(target)
            projected = (
                _projected(fold_customer(customer_id, seen, rules), moving)
                for customer_id, seen in history.by_customer(source, until=until)
            )
            while batch := list(islice(projected, CUSTOMERS_AT_ONCE)):
                projection.write(target, batch, known=())
        yield made
    finally:
        made.close()


def _projected(fold: CustomerFold, moving: Policy | None) -> ProjectionRows:
    rows = project(fold)
    if moving is None:
        return rows
    other = replace(fold, rules=replace(fold.rules, policy=moving))
    return replace(rows, movements=movements(other))
