"""MRR and customers month by month, from the sums that are kept of each day."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import Final

from ..domain.churn_rates import Moved
from ..domain.times import next_period, period_name, period_of
from ..store.queries import outlook
from ..store.queries.reading import Connection
from .upgrade_views import MonthStanding

_PRESENCE: Final = {"new": 1, "reactivation": 1, "churn": -1}


def standing_months(
    connection: Connection, policy: str, timezone: str, now: int, currency: str
) -> list[MonthStanding]:
    """Every month from the first movement to now's, the running one last; none is left out."""
    moved: defaultdict[str, Counter[str]] = defaultdict(Counter)
    came: Counter[str] = Counter()
    for row in outlook.months(connection, policy, currency):
        moved[row["month"]][row["kind"]] += int(row["minor"])
        came[row["month"]] += _PRESENCE.get(row["kind"], 0) * int(row["count"])
    if not moved:
        return []
    running = period_of(now, "month", timezone)
    opening, people, found = 0, 0, []
    for name in _names(min(moved), max(running, max(moved))):
        flows = moved[name]
        held = Moved(
            opening_minor=opening,
            new_minor=flows["new"],
            reactivation_minor=flows["reactivation"],
            expansion_minor=flows["expansion"],
            contraction_minor=flows["contraction"],
            churn_minor=flows["churn"],
            customers=people,
        )
        found.append(MonthStanding(name, name < running, held, people, people + came[name]))
        opening, people = held.closing_minor, people + came[name]
    return found


def _names(first: str, last: str) -> list[str]:
    day, found = date.fromisoformat(f"{first}-01"), []
    while (name := period_name(day, "month")) <= last:
        found.append(name)
        day = next_period(day, "month")
    return found
