"""What failed payments add to the sums by the day of the failure, and by the day they were paid.

As `store.queries.recovery` tells it of the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from .owing import Owned, has_ended, owned
from .rows import InvoiceRow
from .times import local_date
from .turnover import Added, Turn, Turnover, add_to

_WRITTEN_OFF: Final = ("void", "uncollectible")


class Terms(NamedTuple):
    """What a subscription says of its invoices."""

    ended: bool
    unpaid: bool
    trial_end: int | None


SAYS_NOTHING: Final = Terms(ended=False, unpaid=False, trial_end=None)

First = tuple[int, str]
"""When the first invoice with something to pay after a trial was made, and its id."""


def terms_of(status: str, trial_end: int | None) -> Terms:
    return Terms(has_ended(status), status == "unpaid", trial_end)


def has_failed(row: InvoiceRow) -> bool:
    """Whether its first attempt failed, as far as it was made automatically. Stripe counts a second
    attempt only after a first that failed."""
    return (
        row.collection_method == "charge_automatically"
        and row.amount_due_minor > 0
        and row.currency is not None
        and (
            row.failed_at is not None
            or bool(row.failing)
            or row.attempt_count >= 2
            or (row.status in _WRITTEN_OFF and row.attempt_count >= 1)
        )
    )


def of_failed(
    rows: Iterable[InvoiceRow],
    terms: Mapping[Owned, Terms],
    firsts: Mapping[Owned, First],
    timezone: str,
) -> Turnover:
    """What these add."""
    found: Turnover = {}
    for row in rows:
        if has_failed(row):
            owner = owned(row)
            of = terms.get(owner, SAYS_NOTHING)
            if not _after_trial(row, of, firsts.get(owner)):
                add_to(found, _of_one(row, of, timezone))
    return found


def _after_trial(row: InvoiceRow, of: Terms, first: First | None) -> bool:
    if of.trial_end is None or row.created_at is None or row.created_at < of.trial_end:
        return False
    return first is None or (row.created_at, row.invoice_id) <= first


def _of_one(row: InvoiceRow, of: Terms, timezone: str) -> Iterator[tuple[Turn, Added]]:
    times = (row.failed_at, row.finalized_at, row.created_at)
    at = next((second for second in times if second is not None), None)
    if at is None:
        return
    asked = row.amount_due_minor
    paid = asked if row.status == "paid" else min(row.amount_paid_minor, asked)
    failed = Turn("failed", _day(at, timezone), "", row.currency or "", "asked")
    yield failed, Added(1, asked)
    yield failed._replace(tag="recovered"), Added(0, paid)
    if row.status in _WRITTEN_OFF or (row.next_attempt_at is None and (of.ended or of.unpaid)):
        yield failed._replace(tag="lost"), Added(0, asked - paid)
    if row.failed_at is None:
        yield failed._replace(tag="undated"), Added(0, asked)
    if paid > 0:
        paid_on = failed._replace(kind="recovered", day=_day(row.paid_at, timezone), tag="")
        yield paid_on, Added(1, paid)


def _day(second: int | None, timezone: str) -> str:
    return "" if second is None else local_date(second, timezone).isoformat()


def made_of(rows: Iterable[InvoiceRow]) -> Iterator[tuple[Owned, int, str]]:
    """(whose, when, which) of those with something to pay."""
    for row in rows:
        if row.total_minor > 0 and row.subscription_id and row.created_at is not None:
            yield owned(row), row.created_at, row.invoice_id


def firsts_of(
    made: Iterable[tuple[Owned, int, str]], terms: Mapping[Owned, Terms]
) -> dict[Owned, First]:
    """The first after each trial of what is :func:`made_of` all invoices."""
    found: dict[Owned, First] = {}
    for owner, at, name in made:
        trial_end = terms.get(owner, SAYS_NOTHING).trial_end
        if trial_end is not None and at >= trial_end:
            found[owner] = min((at, name), found.get(owner, (at, name)))
    return found
