"""MRR as a step function of each customer, and the movements that its changes make."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from .fold import CustomerFold
from .ledger import Ledger, NeedsHistory, OpenGroup, Worth
from .rows import MovementRow
from .times import local_date
from .worth import Told, worth_of

GROUPING_SECONDS = 3_600


@dataclass(frozen=True, slots=True)
class _Change:
    at: int
    before: dict[str, Worth]  # by subscription
    after: dict[str, Worth]
    rebuilt: bool  # reckoned back from what was first seen of it


@dataclass(frozen=True, slots=True)
class Account:
    """``rows``: oldest first; of a fold that goes on from a standing, those since its open group,
    and none where nothing has moved since: the group is then the one it was.

    ``ledger``: what the next movement is reckoned from; None for a customer of several currencies.
    ``awaiting``: references that any step had to do without, now or in the past.
    """

    rows: tuple[MovementRow, ...]
    ledger: Ledger | None
    awaiting: frozenset[str]


def movements(fold: CustomerFold) -> tuple[MovementRow, ...]:
    """Every movement of one customer under the rules' policy, oldest first."""
    return account(fold).rows


def account(fold: CustomerFold) -> Account:
    """The movements of one customer and where they stand.

    Raises NeedsHistory for a fold that goes on from a standing which cannot tell.
    """
    told = {
        subscription_id: worth_of(subscription, fold)
        for subscription_id, subscription in fold.of("subscription").items()
    }
    by_currency: dict[str, list[Worth]] = defaultdict(list)
    for each in told.values():
        for worth in each.worths:
            by_currency[worth.currency].append(worth)
    start = _start(fold, by_currency)
    if fold.earlier is not None and _stands_still(start, by_currency):
        return _still(start, told)
    rows: list[MovementRow] = []
    ledger = start
    if start.currency is not None:
        by_currency.setdefault(start.currency, [])
    for currency in sorted(by_currency):
        made, ledger = _currency_movements(fold, currency, by_currency[currency], start)
        rows += made
    ordered = sorted(_mark_switches(rows), key=lambda r: (r.occurred_at, r.currency, r.kind))
    awaiting = start.awaiting.union(*(each.awaiting for each in told.values()))
    if len(by_currency) > 1:
        return Account(tuple(ordered), None, awaiting)
    values = {subscription_id: each.value for subscription_id, each in told.items()}
    return Account(tuple(ordered), replace(ledger, values=values, awaiting=awaiting), awaiting)


def _stands_still(start: Ledger, by_currency: Mapping[str, Sequence[Worth]]) -> bool:
    """Whether every subscription is worth after what is new what it was worth before it."""
    worths = by_currency.get(start.currency or "", ())
    return start.currency is not None and all(
        worth.minor == (known.minor if (known := start.now.get(worth.subscription_id)) else 0)
        for worth in worths
    )


def _still(start: Ledger, told: Mapping[str, Told]) -> Account:
    now, newest = dict(start.now), start.newest
    worths = [worth for each in told.values() for worth in each.worths]
    for worth in sorted(worths, key=attrgetter("at")):
        now[worth.subscription_id] = worth
        newest = worth.at
    values = {subscription_id: each.value for subscription_id, each in told.items()}
    awaiting = start.awaiting.union(*(each.awaiting for each in told.values()))
    ledger = Ledger(start.currency, newest, now, values, start.group, awaiting)
    return Account((), ledger, awaiting)


def _start(fold: CustomerFold, by_currency: dict[str, list[Worth]]) -> Ledger:
    if fold.earlier is None:
        return Ledger()
    ledger = fold.earlier.ledger
    first = min((worth.at for worths in by_currency.values() for worth in worths), default=None)
    if first is not None and ledger.newest is not None and first <= ledger.newest:
        raise NeedsHistory
    if ledger.currency is not None and by_currency.keys() - {ledger.currency}:
        raise NeedsHistory
    return ledger


def _currency_movements(
    fold: CustomerFold, currency: str, worths: Sequence[Worth], start: Ledger
) -> tuple[list[MovementRow], Ledger]:
    now = dict(start.now)
    moved = start.group.moved_before if start.group else False
    changes = _reopened(start) + _changes(worths, now)
    rows: list[MovementRow] = []
    group = None
    index = 0
    while index < len(changes):
        end = index + 1
        anchor = changes[index].at
        day = local_date(anchor, fold.rules.timezone)
        while (
            end < len(changes)
            and changes[end].at < anchor + GROUPING_SECONDS
            and local_date(changes[end].at, fold.rules.timezone) == day
        ):
            end += 1
        together = changes[index:end]
        group = OpenGroup(
            anchor=anchor,
            last_at=together[-1].at,
            opened=together[0].before,
            reached=together[-1].after,
            reconstructed=any(change.rebuilt for change in together),
            moved_before=moved,
        )
        row = _movement(fold, currency, together, moved)
        if row is not None:
            rows.append(row)
            moved = True
        index = end
    newest = max((worth.at for worth in worths), default=start.newest)
    return rows, Ledger(currency, newest, now, {}, group)


def _reopened(ledger: Ledger) -> list[_Change]:
    """The open group as the changes at its two ends, which are all that its movement depends on."""
    group = ledger.group
    if group is None:
        return []
    opened, reached = dict(group.opened), dict(group.reached)
    first = _Change(group.anchor, opened, reached, group.reconstructed)
    if group.last_at == group.anchor:
        return [first]
    return [first, _Change(group.last_at, reached, reached, False)]


def _changes(worths: Iterable[Worth], now: dict[str, Worth]) -> list[_Change]:
    """The seconds at which the sum changes; ``now`` is brought up to the last of ``worths``."""
    by_second: dict[int, list[Worth]] = defaultdict(list)
    for worth in worths:
        by_second[worth.at].append(worth)
    changes = []
    for at in sorted(by_second):
        before = dict(now)
        for worth in by_second[at]:
            now[worth.subscription_id] = worth
        if _total(before) != _total(now):
            changes.append(_Change(at, before, dict(now), _cause(before, now).reconstructed))
    return changes


def _total(worths: dict[str, Worth]) -> int:
    return sum(worth.minor for worth in worths.values())


def _cause(before: dict[str, Worth], after: dict[str, Worth]) -> Worth:
    """The subscription that changed most; of equals the smallest id."""

    def weight(subscription_id: str) -> tuple[int, str]:
        old = before[subscription_id].minor if subscription_id in before else 0
        return -abs(after[subscription_id].minor - old), subscription_id

    return after[min(after, key=weight)]


def _movement(
    fold: CustomerFold, currency: str, changes: Sequence[_Change], moved_before: bool
) -> MovementRow | None:
    first, last = changes[0], changes[-1]
    before, after = _total(first.before), _total(last.after)
    if before == after:
        return None
    cause = _cause(first.before, last.after)
    came_from, went_to = _leading(first.before), _leading(last.after)
    return MovementRow(
        movement_id=f"{fold.customer_id}:{currency}:{last.at}",
        policy=fold.rules.policy.slug,
        customer_id=fold.customer_id,
        currency=currency,
        occurred_at=last.at,
        kind=_kind(first, last, moved_before),
        delta_minor=after - before,
        before_minor=before,
        after_minor=after,
        from_plan=came_from.plan if came_from else None,
        to_plan=went_to.plan if went_to else None,
        from_interval=came_from.interval if came_from else None,
        to_interval=went_to.interval if went_to else None,
        subscription_id=cause.subscription_id,
        event_id=cause.event_id,
        reconstructed=any(change.rebuilt for change in changes),
        switched=False,
    )


def _kind(first: _Change, last: _Change, moved_before: bool) -> str:
    before, after = _total(first.before), _total(last.after)
    if not moved_before:
        return "new"
    if before == 0 and not _stays(first.before):
        return "reactivation"
    if after == 0 and not _stays(last.after):
        return "churn"
    return "expansion" if after > before else "contraction"


def _stays(worths: dict[str, Worth]) -> bool:
    return any(worth.stays for worth in worths.values())


def _leading(worths: dict[str, Worth]) -> Worth | None:
    """The subscription that stands for the customer: the most valuable, then the smallest id."""
    paying = [worth for worth in worths.values() if worth.minor > 0]
    return min(paying, key=lambda w: (-w.minor, w.subscription_id)) if paying else None


def _mark_switches(rows: Sequence[MovementRow]) -> list[MovementRow]:
    """A customer who leaves one currency and enters another within the hour has switched."""

    def partner(row: MovementRow, other: MovementRow) -> bool:
        kinds = {row.kind == "churn", other.kind == "churn"}
        entering = {row.kind, other.kind} & {"new", "reactivation"}
        return (
            row.currency != other.currency
            and abs(row.occurred_at - other.occurred_at) < GROUPING_SECONDS
            and kinds == {True, False}
            and bool(entering)
        )

    return [
        replace(row, switched=True) if any(partner(row, other) for other in rows) else row
        for row in rows
    ]
