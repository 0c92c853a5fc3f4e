"""What one batch changes of the sums that compare each customer with its own past."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection

from ..domain import turnover as told
from ..domain.catalog import Catalog
from ..domain.rows import InvoiceRow, MovementRow, ProjectionRows, SubscriptionRow
from ..domain.stood_turns import held_now, of_standing
from ..domain.trial_turns import of_trials
from ..domain.turnover import Sold, Story, Turnover, add_to, asks_its_event
from .bill_change import BillChange
from .projection import MovementKey
from .stories import offers_of, stories

NONE: Final[Mapping[str, int]] = MappingProxyType({})


class Change:
    """Made before the rows are written, for it compares them with what is stored.

    ``known``: who may already have rows. ``emptied``: who is to have none.
    """

    def __init__(
        self,
        connection: Connection,
        timezone: str,
        policy: str,
        catalog: Catalog,
        *,
        known: Collection[str],
        emptied: Collection[str] = (),
    ) -> None:
        self._connection = connection
        self._timezone, self._policy, self._catalog = timezone, policy, catalog
        self._known, self._emptied = set(known), tuple(emptied)
        self._before: dict[str, Story] = {}

    def of(
        self,
        moving: Sequence[ProjectionRows],
        billed: Sequence[ProjectionRows],
        gone: Collection[MovementKey],
    ) -> Turnover:
        """``moving``: whose subscriptions may have changed. ``billed``: whose invoices may have, or
        who is among ``moving``. ``gone``: movements that are no more unless given again."""
        owners = {rows.customer.customer_id for rows in moving}
        asked = sorted((owners & self._known).union(self._emptied))
        self._before = stories(self._connection, asked, self._policy)
        found = self._moved(moving, {movement_id for _, movement_id in gone})
        bills = BillChange(self._connection, self._timezone, self._known, self._emptied)
        add_to(found, bills.of(billed, owners, self._before).items())
        return found

    def _moved(self, moving: Sequence[ProjectionRows], undone: Collection[str]) -> Turnover:
        now = {rows.customer.customer_id: rows for rows in moving}
        pairs = []
        for customer_id in sorted({*now, *self._emptied}):
            before = self._before.get(customer_id, Story())
            rows = now.get(customer_id)
            after = Story() if rows is None else _after(before, rows, undone)
            pairs.append((before, after, told.differs_from(before, after)))
        asked = [
            row
            for before, after, since in pairs
            if since is not None
            for story in (before, after)
            for row in story.movements
            if row.occurred_at >= since and asks_its_event(row, story)
        ]
        offers = offers_of(self._connection, asked, self._catalog)
        found: Turnover = {}
        for before, after, since in pairs:
            for story, sign in ((before, -1), (after, 1)):
                if since is not None:
                    moved = told.of_story(story, self._timezone, offers, since=since)
                    add_to(found, moved.items(), sign)
                tried = of_trials(story, self._timezone, self._policy)
                add_to(found, tried.items(), sign)
            if since is not None or held_now(before) != held_now(after):
                for story, sign in ((before, -1), (after, 1)):
                    stood = of_standing(story, self._timezone, self._policy)
                    add_to(found, stood.items(), sign)
        return found


def _after(before: Story, rows: ProjectionRows, undone: Collection[str]) -> Story:
    """``before`` as a fold leaves it."""
    if rows.whole:
        return story_of(rows.subscriptions, rows.movements, rows.invoices)
    kept = {row.movement_id: row for row in before.movements if row.movement_id not in undone}
    kept |= {row.movement_id: row for row in rows.movements}
    return story_of(rows.subscriptions, kept.values(), rows.invoices, before.free)


def story_of(
    subscriptions: Iterable[SubscriptionRow],
    movements: Iterable[MovementRow],
    billed: Iterable[InvoiceRow],
    free: Mapping[str, int] = NONE,
) -> Story:
    """A customer as its rows tell it. ``free``: what earlier invoices say."""
    first = dict(free)
    for invoice in billed:
        owner, at = invoice.subscription_id, invoice.created_at
        if invoice.total_minor == 0 and owner is not None and at is not None:
            first[owner] = min(at, first.get(owner, at))
    sold = {row.subscription_id: _sold(row) for row in subscriptions}
    return Story(tuple(movements), sold, first)


def _sold(row: SubscriptionRow) -> Sold:
    return Sold(
        row.subscription_id,
        row.currency,
        row.status,
        row.live,
        row.trial_start,
        row.trial_end,
        row.created_at,
        row.ended_at,
        row.reason,
        row.feedback,
        row.plan,
        row.mrr_minor,
    )
