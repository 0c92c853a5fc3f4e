"""Inside the writer's transaction: what the new rows mean for the product is kept to be told.

Called with the rows that are about to be written, while the tables still hold the old ones. Without
endpoints there is no teller, and the writer does nothing for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from ..domain.catalog import Catalog
from ..domain.outgoing import (
    CREATED,
    Outgoing,
    Told,
    created_event,
    name_of,
    nothing_told,
    payment_event,
    state_events,
    told_now,
)
from ..domain.rows import InvoiceRow, ProjectionRows
from ..settings.outgoing import Endpoint
from ..store import outgoing
from ..store.engine import Connection
from ..store.outgoing import Numbered, Standing
from ..store.queries.entitlements import entitlements_of

Way = Literal["live", "history", "rules"]
"""How rows come to differ: something happened; the past was read; they were folded anew."""

_PAST: Final = frozenset({"import", "backfill"})


def way_of(source: str) -> Way:
    """``source`` as the inbox names it."""
    return "history" if source in _PAST else "live"


@dataclass(frozen=True, slots=True)
class _Moment:
    now: int
    since: int
    way: Way
    read: bool  # by a comparison, which finds what happened whenever


class Teller:
    """Decides what is told, and keeps it. ``clock``: the installation's."""

    def __init__(
        self, endpoints: Sequence[Endpoint], catalog: Catalog, clock: Callable[[], int]
    ) -> None:
        self._endpoints = endpoints
        self._catalog = catalog
        self._clock = clock

    def tell(
        self, connection: Connection, projected: Sequence[ProjectionRows], source: str | None
    ) -> None:
        """Keep what is to be told of ``projected``, whose customers are locked and whose rows are
        not yet written. ``source``: as the inbox has it; None when nothing new was seen."""
        if not projected:
            return
        now = self._clock()
        way: Way = "rules" if source is None else way_of(source)
        since = outgoing.since(connection, now)
        moment = _Moment(now, since, way, source == "reconcile")
        names = [rows.customer.customer_id for rows in projected]
        stored = outgoing.load(connection, names)
        standings = self._standings(connection, names, stored, now)
        paid = self._payments(connection, projected, moment)
        found: dict[str, list[Outgoing]] = {}
        told: dict[str, Standing] = {}
        for rows in projected:
            name = rows.customer.customer_id
            before = standings.get(name)
            after, changes_at = told_now(
                rows.entitlement, now, self._catalog, self._before(before, rows, moment)
            )
            found[name] = [
                *self._about(rows, before, after, moment),
                *paid.get(name, ()),
            ]
            told[name] = Standing(after, before.sequence if before else 0, changes_at)
        self._keep(connection, found, told, stored, now)

    def pass_time(self, connection: Connection, names: Sequence[str]) -> None:
        """Tell what came to be so by time alone. The customers are locked."""
        now = self._clock()
        standings = outgoing.load(connection, names)
        rows = entitlements_of(connection, names)
        found: dict[str, list[Outgoing]] = {}
        told: dict[str, Standing] = {}
        for name, before in standings.items():
            row = rows.get(name)
            if row is None:  # all that was seen of them was somebody else's
                told[name] = replace(before, changes_at=None)
                continue
            after, changes_at = told_now(row, now, self._catalog, before.told)
            at = min(before.changes_at or now, now)
            found[name] = list(state_events(row, before.told, after, at, self._catalog))
            told[name] = Standing(after, before.sequence, changes_at)
        self._keep(connection, found, told, standings, now)

    def note(self, connection: Connection, names: Sequence[str]) -> None:
        """Take what these customers may use for known. They are locked."""
        now = self._clock()
        stored = outgoing.load(connection, names)
        self._keep(connection, {}, self._standings(connection, names, stored, now), stored, now)

    def begin(self, connection: Connection) -> None:
        """Note that outgoing events begin now, unless they began before."""
        outgoing.since(connection, self._clock())

    def _standings(
        self,
        connection: Connection,
        names: Sequence[str],
        stored: Mapping[str, Standing],
        now: int,
    ) -> dict[str, Standing]:
        """What was told of each; of whom nothing was, what its row says counts as told."""
        standings = dict(stored)
        unknown = [name for name in names if name not in standings]
        for name, row in entitlements_of(connection, unknown).items() if unknown else ():
            told, changes_at = told_now(row, now, self._catalog, None)
            standings[name] = Standing(told, 0, changes_at)
        return standings

    def _before(
        self, before: Standing | None, rows: ProjectionRows, moment: _Moment
    ) -> Told | None:
        if before is not None:
            return before.told
        return nothing_told(self._catalog) if _is_news(rows, moment) else None

    def _about(
        self, rows: ProjectionRows, before: Standing | None, after: Told, moment: _Moment
    ) -> Iterator[Outgoing]:
        row, seen_at = rows.entitlement, rows.customer.last_second
        if moment.way == "rules":
            if before is not None:
                yield from state_events(row, before.told, after, moment.now, self._catalog)
            return
        if moment.way == "history" or seen_at < moment.since:
            return
        if before is not None:
            yield from state_events(row, before.told, after, seen_at, self._catalog)
        elif _is_news(rows, moment):
            if _made_at(rows) >= moment.since:
                yield created_event(row, after, _made_at(rows), self._catalog)
            nothing = nothing_told(self._catalog)
            yield from state_events(row, nothing, after, seen_at, self._catalog)

    def _payments(
        self, connection: Connection, projected: Sequence[ProjectionRows], moment: _Moment
    ) -> dict[str, list[Outgoing]]:
        """What became known of payments by these rows, the first to happen first."""
        if moment.way != "live":
            return {}
        news: dict[str, tuple[InvoiceRow, Outgoing]] = {}
        for rows in projected:
            for invoice in rows.invoices:
                at = _paid_or_failed_at(invoice, rows.customer.last_second)
                event = payment_event(invoice, rows.entitlement.org_id, at)
                if event is not None and at >= moment.since:
                    news[invoice.invoice_id] = invoice, event
        if not news:
            return {}
        stored = outgoing.invoices_before(connection, news)
        known = outgoing.known_events(connection, [event.event_id for _, event in news.values()])
        found: dict[str, list[Outgoing]] = {}
        for name, (invoice, event) in sorted(
            news.items(), key=lambda n: (n[1][1].occurred_at, n[0])
        ):
            if event.event_id not in known and _is_new(invoice, stored.get(name)):
                found.setdefault(invoice.customer_id, []).append(event)
        return found

    def _keep(
        self,
        connection: Connection,
        found: Mapping[str, Sequence[Outgoing]],
        told: Mapping[str, Standing],
        stored: Mapping[str, Standing],
        now: int,
    ) -> None:
        ids = [event.event_id for events in found.values() for event in events]
        taken = outgoing.known_events(connection, ids) if ids else set()
        numbered: list[Numbered] = []
        changed: dict[str, Standing] = {}
        for name, standing in told.items():
            sequence = standing.sequence
            for event in found.get(name, ()):
                endpoints = tuple(e.name for e in self._endpoints if event.type in e.events)
                if not endpoints or (event.type == CREATED and event.event_id in taken):
                    continue
                sequence += 1
                if event.event_id in taken:  # what was so before is so again
                    event = replace(event, event_id=name_of(event.event_id, sequence))
                numbered.append(Numbered(event, sequence, endpoints))
            standing = replace(standing, sequence=sequence)
            if standing != stored.get(name):
                changed[name] = standing
        outgoing.save(connection, changed, now)
        outgoing.add(connection, numbered, now)


def _is_news(rows: ProjectionRows, moment: _Moment) -> bool:
    """Of a customer never seen before: whether that is something that happened now."""
    if moment.way != "live":
        return False
    return not moment.read or _made_at(rows) >= moment.since


def _made_at(rows: ProjectionRows) -> int:
    """When the customer came to be, as far as can be told; 0 when nothing tells."""
    if rows.customer.created_at is not None:
        return rows.customer.created_at
    made = [s.created_at for s in rows.subscriptions if s.created_at is not None]
    made += [i.created_at for i in rows.invoices if i.created_at is not None]
    return min(made, default=0)


def _paid_or_failed_at(invoice: InvoiceRow, seen_at: int) -> int:
    """A later attempt than the first has no time of its own in the row."""
    if invoice.status == "paid":
        return invoice.paid_at if invoice.paid_at is not None else seen_at
    if invoice.attempt_count == 1 and invoice.failed_at is not None:
        return invoice.failed_at
    return seen_at


def _is_new(invoice: InvoiceRow, stored: tuple[str | None, bool, int] | None) -> bool:
    if stored is None:
        return True
    status, failing, attempts = stored
    if invoice.status == "paid":
        return status != "paid"
    return not failing or attempts < invoice.attempt_count
