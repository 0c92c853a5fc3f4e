"""Reads once more what events leave open: an object whose last second has no provable end.

The mark on the customer is output of the fold, so what is read clears it by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

import structlog

from .domain.errors import NoSuchObject, StripeRefused
from .domain.observations import Observation
from .domain.trail import NEIGHBOURHOOD, ObjectFold, fold_object
from .enrich import Retrieves
from .ingest import Ingest
from .store import history, meta
from .store.engine import Store
from .store.queries import lacking
from .stripe.told import holder_of

AT_ONCE: Final = 10
"""Customers per round: far below Stripe's 25 requests a second, whatever else is going on."""

TRIES: Final = 3
"""Answers that are no later than the second in question, after which it is left to reconcile."""

Question = tuple[str, str, int]
"""(object type, object id, its last second)"""

log = structlog.get_logger(__name__)


class Rereader:
    """Reads ambiguous objects once each, until something new is seen of them."""

    def __init__(self, store: Store, ingest: Ingest, gateway: Retrieves) -> None:
        self._store = store
        self._ingest = ingest
        self._gateway = gateway
        self._asked: Counter[Question] = Counter()
        self._last = ""
        self._asked_this_turn = 0
        self._turn_began: str | None = None
        self._quiet_since: str | None = None

    def round(self) -> int:
        """Read what the next few marked customers leave open; gives how many objects were asked
        for. Raises StripeUnavailable, DatabaseUnavailable."""
        with self._store.reading() as connection:
            watermark = meta.get(connection, meta.WATERMARK)
            if watermark == self._quiet_since:
                return 0  # nothing was written since a whole turn that asked for nothing
            if not self._last:
                self._turn_began, self._asked_this_turn = watermark, 0
            marked = lacking.needing_reread(connection, self._last, AT_ONCE)
            stories = history.of_customers(connection, marked)
        asked = 0
        for customer_id in marked:
            for fold in _open_objects(stories[customer_id]):
                asked += self._ask(fold, customer_id)
            self._last = customer_id
        self._asked_this_turn += asked
        if len(marked) < AT_ONCE:
            self._last = ""
            self._quiet_since = None if self._asked_this_turn else self._turn_began
        return asked

    def _ask(self, fold: ObjectFold, customer_id: str) -> int:
        question = (fold.object_type, fold.object_id, fold.last_second)
        if self._asked[question] >= TRIES:
            return 0
        kind, name, expand = holder_of(fold.object_type, fold.object_id, fold.state, customer_id)
        try:
            raw, second = self._gateway.retrieve(kind, name, expand=expand)
        except (NoSuchObject, StripeRefused) as error:
            # Asking again would get the same answer, and hold the others back.
            self._asked[question] = TRIES
            log.warning("not_readable_again", object_id=name, code=error.code)
            return 1
        late_enough = second > fold.last_second + NEIGHBOURHOOD
        self._asked[question] += TRIES if late_enough else 1
        self._ingest.observe([raw], second=second, source="reread")
        return 1


def _open_objects(story: list[Observation]) -> Iterator[ObjectFold]:
    by_object: dict[tuple[str, str], list[Observation]] = {}
    for seen in story:
        by_object.setdefault((seen.object_type, seen.object_id), []).append(seen)
    for key in sorted(by_object):
        fold = fold_object(by_object[key])
        if fold.ambiguous and not fold.terminal:
            yield fold
