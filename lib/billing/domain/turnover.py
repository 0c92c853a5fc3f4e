"""What the movements of one customer add to the sums that compare it with its own past.

Who left in a month and had not come in it, what is left of a cohort, which first payment came of a
trial: each is told by a customer's own movements alone, so each movement adds to sums by business
day, and what it adds depends on nothing that comes after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from . import stay_turns
from .rows import MovementRow
from .stay_turns import of_lost, of_stay
from .times import local_date, period_start
from .upgrade_turns import hangs_on_its_event, may_be_one, told
from .upgrades import Offer

PERIODS: Final = ("day", "week", "month", "quarter")
"""Kinds of sums that count each customer once a period."""
COMING: Final = ("new", "reactivation", "churn")
"""Kinds of movements by which a customer comes or leaves."""
FIRST_PAYMENT: Final = 82_800
"""Seconds that Stripe waits for a first payment: what began earlier was free or a trial."""


class Turn(NamedTuple):
    """The key of one sum; in the order of the table's columns. "" is whatever is not known."""

    kind: (
        str  # inferred · held · cohort · plans · stay · stood · trial · upgrade · PERIODS · LOST_BY
    )
    day: str  # the business day on which it came; of cohort and plans the first of its month
    policy: str
    currency: str
    tag: str = ""  # movement kind; returned · churned · lost; started · ended · active; `stays`
    began: str = ""  # cohort: first day of the month of the first MRR; upgrade: `upgrade_turns`
    plan: str = ""
    to_plan: str = ""
    interval: str = ""
    to_interval: str = ""
    reason: str = ""
    feedback: str = ""


class Added(NamedTuple):
    """``minor``: minor units; of churned, how many went on in another currency; of plans, how many
    left ``plan``."""

    count: int  # type: ignore[assignment]  # a tuple's method, which nobody needs here
    minor: int


NOTHING: Final = Added(0, 0)

Turnover = dict[Turn, Added]


@dataclass(frozen=True, slots=True)
class Sold:
    """What sums take from a subscription's row."""

    subscription_id: str
    currency: str | None
    status: str
    live: bool
    trial_start: int | None
    trial_end: int | None
    created_at: int | None
    ended_at: int | None
    reason: str | None
    feedback: str | None
    plan: str | None
    mrr_minor: int | None


Offers = Mapping[tuple[str, str], tuple[Offer | None, Offer | None]]
"""(event, subscription) → what it sold before and after it."""


@dataclass(frozen=True, slots=True)
class Story:
    """One customer as its rows tell it. ``free``: subscription → when its first invoice over
    nothing was made."""

    movements: Sequence[MovementRow] = ()
    sold: Mapping[str, Sold] = field(default_factory=dict)
    free: Mapping[str, int] = field(default_factory=dict)


def differs_from(before: Story, after: Story) -> int | None:
    """The second of the first movement that is not told the same in both; None where all are."""
    old, new = _ordered(before), _ordered(after)
    for was, now in zip(old, new, strict=False):
        if was != now or _seen(was, before) != _seen(now, after):
            return min(was.occurred_at, now.occurred_at)
    longer = (old if len(old) > len(new) else new)[min(len(old), len(new)) :]
    return longer[0].occurred_at if longer else None


def _ordered(story: Story) -> list[MovementRow]:
    return sorted(story.movements, key=lambda row: (row.occurred_at, row.currency, row.policy))


def _seen(row: MovementRow, story: Story) -> tuple[str | None, str | None, bool]:
    """What other rows say of a movement."""
    return (*_cause(row, story), _converted(row, story))


def of_story(
    story: Story, timezone: str, offers: Offers | None = None, *, since: int | None = None
) -> Turnover:
    """Everything a customer adds; of movements only those at ``since`` or later."""
    found: Turnover = {}
    for row, day, stay in _lived(story, timezone):
        if since is None or row.occurred_at >= since:
            for turn, added in _of_movement(row, day, stay, story, offers or {}):
                add(found, turn, added)
    return found


def of_period(story: Story, timezone: str, period: str, *, since: int) -> Turnover:
    """Of :func:`of_story` the sums that count each customer once a ``period``."""
    found: Turnover = {}
    for row, day, stay in _lived(story, timezone):
        if row.occurred_at >= since and row.kind in COMING:
            own = Turn(period, day, row.policy, row.currency)
            for turn, added in _of_period(row, own, stay, story):
                add(found, turn, added)
    return found


def _lived(story: Story, timezone: str) -> Iterator[tuple[MovementRow, str, _Stay]]:
    """Every movement with its day and what came before it, by policy and currency."""
    by_currency: dict[tuple[str, str], list[MovementRow]] = {}
    for row in sorted(story.movements, key=lambda each: each.occurred_at):
        by_currency.setdefault((row.policy, row.currency), []).append(row)
    for rows in by_currency.values():
        stay = _Stay(timezone)
        for row in rows:
            day = day_of(row.occurred_at, timezone)
            yield row, day, stay
            stay.takes(row, day, _cause(row, story))


@dataclass(slots=True)
class _Stay:
    """What the movements before one say of its customer; days are ISO, "" is never."""

    timezone: str
    rows: list[MovementRow] = field(default_factory=list)
    began: str = ""
    came: str = ""
    returned: str = ""
    left: str = ""
    cause: tuple[str | None, str | None] = (None, None)
    plan: str | None = None
    switched: bool = False

    def takes(self, row: MovementRow, day: str, cause: tuple[str | None, str | None]) -> None:
        self.rows.append(row)
        match row.kind:
            case "new":
                self.began = self.began or day
                self.came = day
            case "reactivation":
                self.returned = day
            case "churn":
                self.left, self.cause = day, cause
                self.plan, self.switched = row.from_plan, row.switched


def _of_movement(
    row: MovementRow, day: str, stay: _Stay, story: Story, offers: Offers
) -> Iterator[tuple[Turn, Added]]:
    own = Turn("", day, row.policy, row.currency)
    if row.reconstructed:
        yield own._replace(kind="inferred", tag=row.kind), Added(1, row.delta_minor)
    held = (row.after_minor != 0) - (row.before_minor != 0)
    if held:
        yield own._replace(kind="held"), Added(held, 0)
    month = day[:8] + "01"
    began = stay.began or (day if row.kind == "new" else "")
    if began:
        presence = {"new": 1, "reactivation": 1, "churn": -1}.get(row.kind, 0)
        cohort = own._replace(kind="cohort", day=month, began=began[:8] + "01")
        yield cohort, Added(presence, row.delta_minor)
    plans = own._replace(
        kind="plans", day=month, plan=row.from_plan or "", to_plan=row.to_plan or ""
    )
    yield plans, Added(int(row.after_minor > 0), int(row.before_minor > 0))
    yield from _plain(of_stay(own, row, stay.rows, stay.timezone))
    if row.kind in COMING:
        for period in PERIODS:
            yield from _of_period(row, own._replace(kind=period), stay, story)
    upgraded = of_upgrade(row, day, offers) if may_be_one(row, _converted(row, story)) else None
    if upgraded is not None:
        yield upgraded, Added(1, row.delta_minor)


def _plain(parts: Iterable[stay_turns.Added]) -> Iterator[tuple[Turn, Added]]:
    return ((turn, Added(count, minor)) for turn, count, minor in parts)


def of_upgrade(row: MovementRow, day: str, offers: Offers) -> Turn | None:
    """The sum of a movement that may be an upgrade; None where it is none after all."""
    before, after = offers.get((row.event_id or "", row.subscription_id or ""), (None, None))
    columns = told(row, before, after)
    if columns is None:
        return None
    return Turn("upgrade", day, row.policy, row.currency, row.kind)._replace(**columns)


def _of_period(
    row: MovementRow, own: Turn, stay: _Stay, story: Story
) -> Iterator[tuple[Turn, Added]]:
    """Who left counts once a period, by the last time; and is lost unless it came in it too."""
    starts = _first_of(own.day, own.kind)
    came_in_it = stay.came >= starts or stay.returned >= starts
    left_in_it = stay.left >= starts
    lost = own._replace(tag="lost")
    if row.kind != "churn":
        if row.kind == "reactivation" and stay.returned < starts:
            yield own._replace(tag="returned"), Added(1, 0)
        if left_in_it and not came_in_it:
            yield lost._replace(plan=stay.plan or ""), Added(-1, 0)
            yield from _plain(of_lost(own, starts, stay.rows, -1, stay.timezone))
        return
    churned = own._replace(tag="churned")
    if left_in_it:
        yield _because(churned, stay.cause), Added(-1, -int(stay.switched))
    yield _because(churned, _cause(row, story)), Added(1, int(row.switched))
    if not came_in_it:
        if left_in_it:
            yield lost._replace(plan=stay.plan or ""), Added(-1, 0)
        else:
            yield from _plain(of_lost(own, starts, stay.rows, 1, stay.timezone))
        yield lost._replace(plan=row.from_plan or ""), Added(1, 0)


def _because(turn: Turn, cause: tuple[str | None, str | None]) -> Turn:
    return turn._replace(reason=cause[0] or "", feedback=cause[1] or "")


def _cause(row: MovementRow, story: Story) -> tuple[str | None, str | None]:
    sold = story.sold.get(row.subscription_id or "") if row.kind == "churn" else None
    return (None, None) if sold is None else (sold.reason, sold.feedback)


def _converted(row: MovementRow, story: Story) -> bool:
    """Whether a first payment came of something free or tried."""
    if row.kind != "new" or row.subscription_id is None:
        return False
    free = story.free.get(row.subscription_id)
    if free is not None and free < row.occurred_at:
        return True
    sold = story.sold.get(row.subscription_id)
    if sold is None:
        return False
    if sold.trial_start is not None and sold.trial_start < row.occurred_at:
        return True
    return sold.created_at is not None and sold.created_at < row.occurred_at - FIRST_PAYMENT


def asks_its_event(row: MovementRow, story: Story) -> bool:
    """Whether what its event says decides what a movement adds."""
    return hangs_on_its_event(row, _converted(row, story))


@lru_cache(maxsize=1 << 14)
def _first_of(day: str, period: str) -> str:
    return period_start(date.fromisoformat(day), period).isoformat()


def day_of(second: int, timezone: str) -> str:
    return local_date(second, timezone).isoformat()


def add(found: Turnover, turn: Turn, added: Added) -> None:
    held = found.get(turn, NOTHING)
    found[turn] = Added(held.count + added.count, held.minor + added.minor)


def add_to(total: Turnover, parts: Iterable[tuple[Turn, Added]], sign: int = 1) -> None:
    """Add ``parts`` to ``total`` in place, or take them away."""
    for turn, added in parts:
        add(total, turn, Added(sign * added.count, sign * added.minor))
