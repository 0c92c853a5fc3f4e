"""What one batch changes of the sums that are made of invoices."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Connection

from ..domain.failed_turns import (
    SAYS_NOTHING,
    First,
    Terms,
    firsts_of,
    has_failed,
    made_of,
    of_failed,
    terms_of,
)
from ..domain.owing import Owned, of_invoices, owned
from ..domain.rows import InvoiceRow, ProjectionRows
from ..domain.turnover import Story, Turnover, add_to
from .stories import invoices_by_id, invoices_made, invoices_of

_Stored = dict[str, InvoiceRow]
_AllTerms = Mapping[Owned, Terms]


class BillChange:
    """Made before the rows are written. ``known``: who may already have rows. ``emptied``: who is
    to have none."""

    def __init__(
        self,
        connection: Connection,
        timezone: str,
        known: Collection[str],
        emptied: Collection[str],
    ) -> None:
        self._connection, self._timezone = connection, timezone
        self._known, self._emptied = known, emptied

    def of(
        self,
        billed: Sequence[ProjectionRows],
        moving: Collection[str],
        before: Mapping[str, Story],
    ) -> Turnover:
        """Invoices as they are stored taken away, as they are to be added. ``before``: of those
        among ``billed`` who are ``moving``."""
        was, now = _before(billed, moving, before), dict(_terms(billed))
        turned = {of for of in was.keys() | now if _said(was, of) != _said(now, of)}
        given = {row.invoice_id: row for rows in billed for row in rows.invoices}
        whole = {rows.customer.customer_id for rows in billed if rows.whole}
        whole.update(self._emptied)
        stored = self._stored(billed, turned)
        first_was, first_now = self._firsts(billed, turned, stored, given, whole, was, now)
        for row in self._with_others_first(first_was, first_now, whole):
            stored.setdefault(row.invoice_id, row)
        left = [
            row
            for name, row in stored.items()
            if name not in given and row.customer_id not in whole
        ]
        found: Turnover = {}
        for rows, terms, firsts, sign in (
            (list(stored.values()), was, first_was, -1),
            ([*left, *given.values()], now, first_now, 1),
        ):
            ended = {of for of, said in terms.items() if said.ended}
            add_to(found, of_invoices(rows, ended, self._timezone).items(), sign)
            add_to(found, of_failed(rows, terms, firsts, self._timezone).items(), sign)
        return found

    def _stored(self, billed: Sequence[ProjectionRows], turned: Collection[Owned]) -> _Stored:
        """Of whoever is folded whole all invoices, of others those that are given, and of
        subscriptions that say something else now those that hear it."""
        known = [rows for rows in billed if rows.customer.customer_id in self._known]
        whole = [rows.customer.customer_id for rows in known if rows.whole]
        others = {rows.customer.customer_id for rows in billed if not rows.whole}
        turning = others & {customer_id for customer_id, _ in turned}
        found = {
            row.invoice_id: row for row in invoices_of(self._connection, [*whole, *self._emptied])
        }
        for row in invoices_of(self._connection, turning, hearing=True):
            found[row.invoice_id] = row
        given = [row.invoice_id for rows in billed for row in rows.invoices]
        lacking = [name for name in given if name not in found]
        for row in invoices_by_id(self._connection, lacking):
            found[row.invoice_id] = row
        return found

    def _firsts(
        self,
        billed: Sequence[ProjectionRows],
        turned: Collection[Owned],
        stored: _Stored,
        given: _Stored,
        whole: Collection[str],
        was: _AllTerms,
        now: _AllTerms,
    ) -> tuple[dict[Owned, First], dict[Owned, First]]:
        """The first invoices after trials, as they are stored and as they are to be. Only of those
        are they looked up of whom it matters."""
        tried = {of[0] for terms in (was, now) for of, said in terms.items() if said.trial_end}
        asking = {customer_id for customer_id, _ in turned}
        for row in given.values():
            before = stored.get(row.invoice_id)
            if before is None or _place(before) != _place(row) or has_failed(row):
                asking.add(row.customer_id)
            elif has_failed(before):
                asking.add(row.customer_id)
        others = {rows.customer.customer_id for rows in billed} & tried & asking - set(whole)
        made = list(invoices_made(self._connection, others & set(self._known)))
        of_whole = (row for row in stored.values() if row.customer_id in whole)
        earlier = [*made, *made_of(of_whole)]
        later = [*(each for each in made if each[2] not in given), *made_of(given.values())]
        return firsts_of(earlier, was), firsts_of(later, now)

    def _with_others_first(
        self,
        was: Mapping[Owned, First],
        now: Mapping[Owned, First],
        whole: Collection[str],
    ) -> Iterator[InvoiceRow]:
        """Whose first payment after a trial is another one now: all that may have failed."""
        differ = {of[0] for of in was.keys() | now.keys() if was.get(of) != now.get(of)}
        yield from invoices_of(self._connection, differ - set(whole), hearing=True)


def _said(terms: _AllTerms, of: Owned) -> Terms:
    return terms.get(of, SAYS_NOTHING)


def _terms(billed: Iterable[ProjectionRows]) -> Iterator[tuple[Owned, Terms]]:
    for rows in billed:
        for row in rows.subscriptions:
            yield owned(row), terms_of(row.status, row.trial_end)


def _before(
    billed: Sequence[ProjectionRows], moving: Collection[str], before: Mapping[str, Story]
) -> dict[Owned, Terms]:
    still = (rows for rows in billed if rows.customer.customer_id not in moving)
    return dict(_terms(still)) | {
        (customer_id, sold.subscription_id): terms_of(sold.status, sold.trial_end)
        for customer_id, story in before.items()
        for sold in story.sold.values()
    }


def _place(row: InvoiceRow) -> tuple[Owned, int | None, bool]:
    return owned(row), row.created_at, row.total_minor > 0
