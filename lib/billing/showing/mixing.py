"""The plan-mix page beyond today's cells: by month, from plan to plan, by customer, by feature."""

from __future__ import annotations

from itertools import accumulate
from typing import Final

from ..domain.catalog import Catalog
from ..domain.plan_moves import MoveFilters, plan_lines
from ..domain.ratio import Ratio
from ..domain.said import Count, said
from ..domain.times import period_of
from ..retention.calendar import months_before
from ..settings.setup import Setup
from ..store.queries import kept_standing, kept_sums, plan_moves, plan_standing
from ..store.queries.reading import Connection, Reader
from ..store.queries.spans import Span
from .mix_views import (
    Concentration,
    FeatureHolders,
    LargestShare,
    MoveItem,
    PlanFeatures,
    PlanMonth,
    PlanMoves,
)
from .outlook import largest
from .upgrade_views import Holding
from .views import Listing, Sum

MONTHS: Final = 12
GROUPS: Final = (1, 10, 100)
NAMED: Final = 10
"""How many of the largest are named."""


def trend(reader: Reader, setup: Setup, now: int, currency: str) -> tuple[PlanMonth, ...]:
    """The last twelve months, the running one last; none from before the first that had MRR."""
    over = months_before(now, MONTHS - 1, setup.timezone)
    ends = [*(span.ends for span in over), plan_standing.EVER]
    starts = [*(span.starts for span in over), over[-1].ends]
    with reader.open() as connection:
        stood = kept_standing.at_seconds(connection, setup.policy, setup.timezone, currency, ends)
    months = [
        PlanMonth(period_of(at, "month", setup.timezone), end == plan_standing.EVER, plans)
        for at, end, plans in zip(starts, ends, stood, strict=True)
    ]
    first = next((n for n, month in enumerate(months) if month.plans), len(months))
    return tuple(months[first:])


def moves(reader: Reader, setup: Setup, currency: str, span: Span) -> PlanMoves:
    """Every way that customers went in the span, and each plan from opening to closing."""
    with reader.open() as connection:
        [opening] = kept_standing.at_seconds(
            connection, setup.policy, setup.timezone, currency, [span.starts]
        )
        found = plan_moves.moves(connection, setup.policy, currency, span, MoveFilters())
    return PlanMoves(tuple(found), plan_lines(opening, found))


def movers(reader: Reader, setup: Setup, filters: MoveFilters) -> Listing[MoveItem]:
    """One page of who went, what moved most first; the amount of the sum is by how much."""
    [currency] = filters.currencies
    span = Span(filters.starts or 0, filters.ends or plan_standing.EVER)
    with reader.open() as connection:
        rows, total, delta = plan_moves.page(connection, setup.policy, currency, span, filters)
    return Listing(
        rows=tuple(MoveItem(**row) for row in rows),
        total=total,
        sums=(Sum(currency, total, delta),) if total else (),
        bars=(),
        choices={},
    )


def concentration(reader: Reader, setup: Setup, currency: str) -> Concentration:
    """On whom MRR rests. Of fewer customers than a group has there is no share: it says why."""
    with reader.open() as connection:
        people, mrr = _paying(connection, currency)
        held = largest(connection, setup, currency, max(GROUPS))
    minors = [int(row["minor"]) for row in held]
    return Concentration(
        currency=currency,
        customers=people,
        mrr_minor=mrr,
        shares=tuple(_share(minors, count, mrr, people) for count in GROUPS),
        largest=tuple(
            Holding(
                row["customer_id"],
                row["name"],
                row["email"],
                int(row["minor"]),
                Ratio(int(row["minor"]), mrr, people),
            )
            for row in held[:NAMED]
        ),
        together=tuple(accumulate(minors)),
    )


def _share(minors: list[int], count: int, mrr: int, people: int) -> LargestShare:
    together = sum(minors[:count])
    absent = None if people > count else _too_few(count)
    return LargestShare(count, together, Ratio(together, mrr, people, absent))


def _too_few(count: int) -> str:
    return said("There are no more than {count} paying customers.", count=Count(count))


def _paying(connection: Connection, currency: str) -> tuple[int, int]:
    totals = kept_sums.currency_totals(connection, currency)
    return (int(totals[0]["customers"]), int(totals[0]["mrr_minor"])) if totals else (0, 0)


def features(reader: Reader, setup: Setup, currency: str) -> PlanFeatures:
    """What customers pay for: each feature of the catalogue with those who hold a plan with it."""
    catalog = setup.catalog
    plans_of = {
        slug: [plan.slug for plan in catalog.plans.values() if slug in plan.features]
        for slug in _declared(catalog)
    }
    with reader.open() as connection:
        people, mrr = _paying(connection, currency)
        held = kept_standing.now(connection, setup.policy, setup.timezone, currency)
        customers = kept_standing.holders(
            connection, setup.policy, setup.timezone, currency, plans_of
        )
    sold = [plan for plan in catalog.plans.values() if plan.slug in held or plan.features]
    sold.sort(key=lambda plan: (plan.rank, plan.slug))
    return PlanFeatures(
        currency=currency,
        customers=people,
        mrr_minor=mrr,
        plans=tuple(plan.slug for plan in sold),
        features=tuple(
            FeatureHolders(
                slug=slug,
                name=catalog.features[slug].name if slug in catalog.features else slug,
                customers=customers.get(slug, 0),
                minor=sum(held[plan].minor for plan in plans if plan in held),
                plans={plan: held[plan].customers if plan in held else 0 for plan in plans},
            )
            for slug, plans in plans_of.items()
        ),
    )


def _declared(catalog: Catalog) -> list[str]:
    """Every feature that a plan gives, in the catalogue's order; those it does not declare last."""
    given = {slug for plan in catalog.plans.values() for slug in plan.features}
    return [
        *(slug for slug in catalog.features if slug in given),
        *sorted(given - set(catalog.features)),
    ]
