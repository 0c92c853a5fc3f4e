"""The seeded world: about two thousand customers over two years, up to this minute.

Everything is lived through in time order with the engine's own operations; the same seed and the
same present second give identical objects and event ids.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from lib.sandbox.core import Sandbox
from lib.sandbox.world import muting, ordinary
from lib.sandbox.world.calendar import DAY, add_months
from lib.sandbox.world.cast import players
from lib.sandbox.world.company import Company

FULL_DAYS = 35
"""Days before the present in which every event is recorded, as the events API shows thirty."""

HOSTILE_EVERY = 97
OLDEST_MONTHS = 30
"""No story begins earlier before the present, however short the growth is to be."""
MOST_PLAYERS = 0.6
"""Share of customers that play a set role at most; the others live an ordinary life."""
_GROWTH = 0.9


@dataclass(frozen=True)
class WorldSummary:
    """What was built: counts, the simulated span in unix seconds, and what was refused."""

    customers: int
    subscriptions: dict[str, int]
    invoices: dict[str, int]
    events: int
    start: int
    now: int
    refused: tuple[str, ...]


def build(
    sandbox: Sandbox,
    *,
    customers: int = 2000,
    months: int = 24,
    seed: int = 7,
    now: int,
    full_days: int = FULL_DAYS,
) -> WorldSummary:
    """Fill an empty sandbox with a history that ends at `now`; its clock is left there.

    Every event is recorded for the last `full_days`, a lean selection before. Run it outside of a
    transaction, after `settings.public_url` is set: hosted addresses are stored in the invoices.
    """
    start = add_months(now, -months)
    opening = add_months(now, -max(months, OLDEST_MONTHS))
    sandbox.clock.move_to(opening)
    company = Company(sandbox, seed, start, now)
    company.later(opening, company.open_catalogue)
    _invite(company, customers)
    loud_from = max(opening, now - full_days * DAY)
    company.timeline.run(loud_from - 1, only_events=muting.LEAN)
    company.timeline.run(now)
    with sandbox.transaction():
        sandbox.move_clock(now)
    return _summary(sandbox, company)


def _invite(company: Company, customers: int) -> None:
    roles = players(customers)
    most = round(customers * MOST_PLAYERS)
    if len(roles) > most:
        # A tiny world can not show everything and still look like a company.
        roles = company.random.sample(roles, most)
    for number in range(customers):
        hostile = number % HOSTILE_EVERY == HOSTILE_EVERY // 4
        who = company.names.draw_hostile() if hostile else company.names.draw()
        if number < len(roles):
            roles[number].story(company, who)
        else:
            first = _sign_up_moment(company)
            company.later(first, ordinary.live_on, company, who, first)


def _sign_up_moment(company: Company) -> int:
    """Later is likelier: the company grows."""
    share = company.random.random() ** (1 / (1 + _GROWTH))
    span = company.now - company.start - 2 * DAY
    when = company.start + DAY + int(span * share)
    return company.moment(when, min(when + DAY, company.now - 600))


def _summary(sandbox: Sandbox, company: Company) -> WorldSummary:
    rows = sandbox.storage.rows
    return WorldSummary(
        customers=sandbox.storage.count("customer"),
        subscriptions=dict(Counter(row.status or "" for _, row in rows("subscription"))),
        invoices=dict(Counter(row.status or "" for _, row in rows("invoice"))),
        events=sandbox.storage.event_rows("1 = 1", (), "seq DESC LIMIT 1")[0][0],
        start=company.start,
        now=company.now,
        refused=tuple(company.timeline.refused),
    )
