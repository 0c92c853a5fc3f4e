"""What a candidate changes, in the words of a page: cut to what a person reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from ..domain.candidate import shortened
from ..domain.catalog_impact import Change, Kind, Tally
from .plan_views import ImpactKind, ImpactRow

MOST_NAMES: Final = 6
MOST_KINDS: Final = 60


def row_of(change: Change) -> ImpactRow:
    access = ""
    if change.access_before != change.access_after:
        access = "gained" if change.access_after else "lost"
    return ImpactRow(
        customer_id=change.customer_id,
        who=change.email or change.org_id or change.customer_id,
        from_plan=change.from_plan,
        to_plan=change.to_plan,
        gained=_few(change.gained),
        lost=_few(change.lost),
        limits=_few(
            f"{name} {_limit(before)} → {_limit(after)}"
            for name, (before, after) in change.limits.items()
        ),
        access=access,  # type: ignore[arg-type]  # one of the three
        unresolved=change.unresolved,
    )


def kinds_of(tally: Tally, names: Mapping[str, str]) -> tuple[ImpactKind, ...]:
    """Kinds of change, moves between plans first, then what most customers meet."""
    order = ("plan", "unresolved", "access", "loses", "gains", "limit")
    ranked = sorted(tally.counts.items(), key=lambda pair: (order.index(pair[0][0]), -pair[1]))
    return tuple(
        ImpactKind(kind[0], shortened(_words(kind, names)), count)
        for kind, count in ranked[:MOST_KINDS]
    )


def sentence_of(tally: Tally) -> str:
    """``41 customers change plan, 3 lose advanced_analytics.``"""
    return shortened(tally.sentence())


def _words(kind: Kind, names: Mapping[str, str]) -> str:
    match kind:
        case ("plan", before, after):
            return f"{names.get(before, before)} → {names.get(after, after)}"
        case ("gains", feature):
            return f"Gains {feature}"
        case ("loses", feature):
            return f"Loses {feature}"
        case ("limit", name, before, after):
            return f"{name}: {_brief(before)} → {_brief(after)}"
        case ("access", which):
            return f"Access {which}"
        case _:
            return "Plan unresolved"


def _few(names: Iterable[str]) -> str:
    listed = list(names)
    more = len(listed) - MOST_NAMES
    said = ", ".join(shortened(name) for name in listed[:MOST_NAMES])
    return f"{said} and {more:,} more" if more > 0 else said


def _limit(value: int | None) -> str:
    return "none" if value is None else _brief(str(value))


def _brief(number: str) -> str:
    return number if len(number) <= 20 else f"{number[:12]}…"
