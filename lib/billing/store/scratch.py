"""A projection made on the side, for another time or another policy, by the same writer."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from ..domain.fold import Rules, fold_customer
from ..domain.project import project
from . import history, projection
from .engine import Store, memory_store
from .tables import metadata

CUSTOMERS_AT_ONCE = 500


@contextmanager
def scratch(
    store: Store, rules: Rules, *, until: int | None = None, on_disk: bool = False
) -> Iterator[Store]:
    """A throw-away store whose derived tables hold what took effect up to and including ``until``.

    ``until`` None takes everything stored. ``rules.references`` are used as given. Only the derived
    tables are filled; the queries of reports run on it unchanged. ``on_disk``: in a file that goes
    with it, so that a million customers do not have to fit into memory.
    """
    with tempfile.TemporaryDirectory(prefix="portside-") as folder:
        made = Store(f"sqlite:///{folder}/scratch.db") if on_disk else memory_store()
        with _filled(made, store, rules, until):
            yield made


@contextmanager
def _filled(made: Store, store: Store, rules: Rules, until: int | None) -> Iterator[None]:
    try:
        with made.writing() as target, store.reading() as source:
            metadata.create_all(target)
            projected = (
                project(fold_customer(customer_id, seen, rules))
                for customer_id, seen in history.by_customer(source, until=until)
            )
            while batch := list(islice(projected, CUSTOMERS_AT_ONCE)):
                projection.write(target, batch, known=())
        yield
    finally:
        made.close()
