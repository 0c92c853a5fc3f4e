"""What `domain.upgrades` reads of a subscription's state, as SQL over canonical JSON.

The first `ITEMS` items are looked at; a subscription with more of them is rare, and its first ones
tell the plan all the same. Tests hold both spellings of the rules against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
)

from ...domain.catalog import Catalog
from ...domain.policy import ENDED

ITEMS: Final = 3
NOWHERE: Final = 1_000_000
"""The place of a price that no plan sells."""
_UNITS: Final = {"day": 156, "week": 1_095, "month": 4_745, "year": 56_940}
"""How long intervals are, to compare them: 12/365, 3/13, 1 and 12 months times 365 · 13."""

Expression = ColumnElement[Any]
Reads = Callable[..., Expression]


@dataclass(frozen=True, slots=True)
class Said:
    """What one state says: its plan as a place in `Ranks`, and the rest as values."""

    place: Expression
    interval: Expression
    quantity: Expression
    amounts: Expression
    discounts: Expression
    status: Expression


SAID: Final = tuple(Said.__dataclass_fields__)


class Ranks:
    """The catalogue's plans, the highest first: a price is a place in that order."""

    def __init__(self, catalog: Catalog) -> None:
        self._plans = sorted(catalog.plans.values(), key=lambda plan: (-plan.rank, plan.slug))
        place = {plan.slug: n for n, plan in enumerate(self._plans)}
        self._by_key: dict[str, int] = {}
        self._by_id: dict[str, int] = {}
        self._by_product: dict[str, int] = {}
        for plan in catalog.plans.values():
            own = (plan.own_product, *plan.products)
            self._by_product |= dict.fromkeys(own, place[plan.slug])
            for price in plan.prices:
                self._by_id |= dict.fromkeys(price.price_ids, place[plan.slug])
                if price.lookup_key:
                    self._by_key[price.lookup_key] = place[plan.slug]

    def place(self, key: Expression, price_id: Expression, product: Expression) -> Expression:
        """Of one price: by lookup key, then id, then product, as `Catalog.plan_of`."""
        return func.coalesce(
            _looked_up(key, self._by_key),
            _looked_up(price_id, self._by_id),
            _looked_up(product, self._by_product),
            NOWHERE,
        )

    def plan(self, place: Expression) -> Expression:
        """The slug at a place; NULL nowhere."""
        return _looked_up(place, {n: plan.slug for n, plan in enumerate(self._plans)})

    def rank(self, place: Expression) -> Expression:
        """The rank at a place; -1 nowhere."""
        found = _looked_up(place, {n: plan.rank for n, plan in enumerate(self._plans)})
        return func.coalesce(found, -1)

    def rank_of(self, slug: Expression) -> Expression:
        """The rank of a plan that movements name: 0 where it has left the catalogue, -1 of none."""
        known = _looked_up(slug, {plan.slug: plan.rank for plan in self._plans})
        return case((slug.is_(None), -1), else_=func.coalesce(known, 0))


def _looked_up(value: Expression, known: Mapping[Any, Any]) -> Expression:
    return case(known, value=value, else_=null()) if known else null()


def reader(dialect: str, state: Expression) -> Reads:
    """Reads one value of a canonical state by its path; an absent one is NULL."""
    if dialect == "sqlite":

        def extracted(*path: str | int) -> Expression:
            spelled = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path)
            return func.json_extract(state, f"${spelled}")

        return extracted

    def fetched(*path: str | int) -> Expression:
        found: Expression = cast(state, JSON)[path].as_string()
        return found

    return fetched


def places(read: Reads, ranks: Ranks) -> list[Expression]:
    """The place of each item's plan."""
    return [
        case(
            (_there(read, n), ranks.place(*(_of_price(read, n, k) for k in _IDENTITY))),
            else_=NOWHERE,
        )
        for n in range(ITEMS)
    ]


def said(read: Reads, places: Sequence[Expression]) -> Said:
    """What a state says, as `domain.upgrades.offer_of` reads it; ``places`` as columns, for they
    are long and needed often."""
    best = _least(*places)
    intervals = [_named(_of_price(read, n, "interval"), _count(read, n)) for n in range(ITEMS)]
    deciding = [(places[n] == best, intervals[n]) for n in range(ITEMS)]
    return Said(
        place=best,
        interval=case(*deciding, else_=intervals[0]),
        quantity=sum((_quantity(read, n) for n in range(1, ITEMS)), _quantity(read, 0)),
        amounts=_joined(_if_sold(read, n, _of_price(read, n, _AMOUNT)) for n in range(ITEMS)),
        discounts=_joined(
            [
                func.coalesce(read("discounts"), ""),
                *(_if_sold(read, n, read("items", n, "discounts")) for n in range(ITEMS)),
            ]
        ),
        status=read("status"),
    )


_IDENTITY: Final = ("lookup_key", "id", "product")
_AMOUNT: Final = "unit_amount_decimal"


def _of_price(read: Reads, n: int, name: str) -> Expression:
    return read("items", n, "price", name)


def _there(read: Reads, n: int) -> ColumnElement[bool]:
    return _of_price(read, n, "id").is_not(None)


def _if_sold(read: Reads, n: int, value: Expression) -> Expression:
    usage = func.coalesce(_of_price(read, n, "usage_type"), "licensed")
    return case((and_(_there(read, n), usage != "metered"), func.coalesce(value, "")), else_="")


def _quantity(read: Reads, n: int) -> Expression:
    usage = func.coalesce(_of_price(read, n, "usage_type"), "licensed")
    held = func.coalesce(cast(read("items", n, "quantity"), BigInteger), 1)
    return case((and_(_there(read, n), usage != "metered"), held), else_=0)


def _count(read: Reads, n: int) -> Expression:
    return func.coalesce(cast(_of_price(read, n, "interval_count"), BigInteger), 1)


def _named(interval: Expression, count: Expression) -> Expression:
    """``month``, or ``3 month``."""
    spelled = cast(count, Text).op("||")(" ").op("||")(interval)
    return case((interval.is_(None), null()), (count == 1, interval), else_=spelled)


def _joined(parts: Iterable[Expression]) -> Expression:
    first, *rest = parts
    found: Expression = first
    for part in rest:
        found = found.op("||")("|").op("||")(part)
    return found


def _least(*values: Expression) -> Expression:
    """The smallest; databases call it differently."""
    found = values[0]
    for value in values[1:]:
        found = case((value < found, value), else_=found)
    return found


def length(name: Expression) -> Expression:
    """How long the interval called ``name`` is, to compare; NULL where it is unknown."""
    found = []
    for unit, one in _UNITS.items():
        many = cast(func.substr(name, 1, func.length(name) - len(unit) - 1), BigInteger)
        found += [(name == unit, literal(one)), (name.like(f"% {unit}"), many * one)]
    return case(*found, else_=null())


def steps_up(
    rank: Expression, interval: Expression, to_rank: Expression, to_interval: Expression
) -> ColumnElement[bool]:
    """As `domain.upgrades.steps_up`."""
    longer = func.coalesce(length(to_interval), 0) > func.coalesce(length(interval), NOWHERE)
    return or_(and_(rank >= 0, to_rank > rank), longer)


def moved_up(ranks: Ranks, before: Said, after: Said) -> ColumnElement[bool]:
    """As `domain.upgrades.moved_up`."""
    return and_(
        still_sold(after),
        steps_up(
            ranks.rank(before.place), before.interval, ranks.rank(after.place), after.interval
        ),
    )


def still_sold(after: Said) -> ColumnElement[bool]:
    return func.coalesce(after.status, "").not_in(sorted(ENDED))


def change_between(before: Said, after: Said) -> Expression:
    """As `domain.upgrades.change_between`."""
    same_amounts = before.amounts.is_not_distinct_from(after.amounts)
    return case(
        (before.place.is_distinct_from(after.place), "plan"),
        (before.interval.is_distinct_from(after.interval), "interval"),
        (before.quantity.is_distinct_from(after.quantity), "quantity"),
        (and_(same_amounts, before.discounts.is_distinct_from(after.discounts)), "discount"),
        (and_(same_amounts, before.status.is_not_distinct_from(after.status)), "discount"),
        else_="price",
    )
