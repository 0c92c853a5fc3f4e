"""The catalogue's prices beside Stripe's, and who holds what is sold no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from ..domain.amounts import spoken_amount
from ..domain.catalog import Catalog
from ..domain.catalog_findings import CatalogFinding
from ..domain.catalog_lint_prices import prices_of
from ..domain.catalog_live import LiveCatalog, LivePrice, same_amount
from ..domain.catalog_locks import live_price
from ..domain.plans import Plan, Price
from ..domain.providers import is_stripes
from ..store.queries import kept_lists, price_holders
from ..store.queries.reading import Connection, Reader
from .plan_views import (
    HeldPrice,
    LoosePrice,
    PlanPrices,
    PriceHolder,
    PriceLine,
    PriceState,
)
from .views import Listing


@dataclass(frozen=True, slots=True)
class _Held:
    """``rows``: how a price is held in each currency. ``customers``: in all, each once."""

    rows: Sequence[Mapping[Any, Any]]
    customers: int


@dataclass(frozen=True, slots=True)
class _World:
    """``known``: prices that events told of, for those that Stripe does not show."""

    catalog: Catalog
    live: LiveCatalog
    known: Mapping[str, LivePrice]
    held: Mapping[str, _Held]
    totals: bool

    def price(self, price_id: str) -> LivePrice | None:
        return self.live.prices.get(price_id) or self.known.get(price_id)

    def customers(self, price_id: str | None) -> int | None:
        found = self.held.get(price_id or "")
        if not self.totals:
            return None
        return found.customers if found else 0


_TELLS_OF_HOLDERS: Final = {
    "price_in_use_unknown": "A price that customers hold is in no plan: their plan is unresolved.",
    "add_on_unknown": "A price that stands only beside others is in no plan.",
    "plan_gone": "A published plan is not in the file.",
}
"""Findings that count customers or money -> the same without."""

_UNTOLD: Final = "terms that no event has told"


def prices(
    reader: Reader,
    catalog: Catalog,
    live: LiveCatalog,
    known: Mapping[str, LivePrice],
    told_by: Literal["Stripe", "its events"],
    *,
    totals: bool,
) -> PlanPrices:
    """Every price of the file, the older ones that are held, and those in no plan.

    Without ``totals`` nothing is counted: only whether a price is held is said.
    """
    with reader.open() as connection:
        world = _World(catalog, live, known, _counted(connection), totals)
    return PlanPrices(
        tuple(_lines(world)),
        tuple(sorted(_older(world), key=_by_plan)),
        tuple(_loose(world)),
        told_by,
    )


def _counted(connection: Connection) -> dict[str, _Held]:
    rows: dict[str, list[Mapping[Any, Any]]] = defaultdict(list)
    kept = kept_lists.ready(connection)
    counted: Sequence[Mapping[Any, Any]] = (
        kept_lists.prices(connection) if kept else price_holders.counted(connection)
    )
    customers = kept_lists.price_customers if kept else price_holders.customers
    for row in counted:
        rows[row["price"]].append(row)
    return {
        price_id: _Held(
            of_it,
            # Somebody may hold it in two currencies.
            customers(connection, price_id) if of_it[1:] else int(of_it[0]["customers"]),
        )
        for price_id, of_it in rows.items()
    }


def holders(reader: Reader, price_id: str, limit: int, offset: int) -> Listing[PriceHolder]:
    """One page of the live subscriptions that have a price, the largest MRR first."""
    with reader.open() as connection:
        found = price_holders.page(connection, price_id, limit, offset)
        kept = kept_lists.ready(connection)
        total = (kept_lists.price_total if kept else price_holders.total)(connection, price_id)
    return Listing(tuple(PriceHolder(**row) for row in found), total, (), (), {})


def without_totals(finding: CatalogFinding) -> CatalogFinding:
    """The same for whoever may not see how many customers and how much money there is."""
    said = _TELLS_OF_HOLDERS.get(finding.code)
    if said is None:
        return finding
    return CatalogFinding(finding.level, finding.code, finding.line, said, finding.remedy)


def _lines(world: _World) -> Iterator[PriceLine]:
    for plan, price, path in prices_of(world.catalog):
        found = live_price(price, world.live)
        yield PriceLine(
            plan=plan.slug,
            plan_name=plan.name,
            name=price.name,
            line=world.catalog.origin.line(*path),
            terms=spoken_terms(price),
            state=_state(plan, price, found),
            price_id=found.id if found else None,
            live_terms=found.terms if found else None,
            customers=world.customers(found.id if found else None),
        )


def _state(plan: Plan, price: Price, found: LivePrice | None) -> PriceState:
    if found is None:
        return "missing" if plan.published else "draft"
    if price.amount is not None and not same_amount(found.state, price.amount):
        return "differs"
    if not found.state["active"]:
        return "archived"
    return "same" if price.lookup_key else "kept"


def spoken_terms(price: Price) -> str:
    """``29.00 USD a month``, as the file says it."""
    amount = (
        f"{price.currency.upper()}, amount not in the file"
        if price.amount is None
        else spoken_amount(price.amount, price.currency)
    )
    if price.interval is None:
        return amount
    count = price.interval_count
    every = f"a {price.interval}" if count == 1 else f"every {count} {price.interval}s"
    return f"{amount} {every}{' by use' if price.usage == 'metered' else ''}"


def _older(world: _World) -> Iterator[HeldPrice]:
    sold = {
        found.id
        for _, price, _ in prices_of(world.catalog)
        if (found := live_price(price, world.live))
    }
    for price_id in sorted(filter(is_stripes, world.held.keys() - sold)):
        found = world.price(price_id)
        for row in world.held[price_id].rows:
            plan = world.catalog.plan_of(_known(price_id, row, found))
            if plan is None:
                continue
            own = found.state["lookup_key"] if found else None
            yield HeldPrice(
                plan=plan.slug,
                plan_name=plan.name,
                lookup_key=own or (found.version_of if found else None) or row["lookup_key"],
                price_id=price_id,
                terms=found.terms if found else _UNTOLD,
                currency=row["currency"] or "",
                keyed=bool(own),
                customers=int(row["customers"]) if world.totals else None,
                subscriptions=int(row["subscriptions"]) if world.totals else None,
                mrr_minor=int(row["mrr_minor"]) if world.totals else None,
                unvalued=int(row["unvalued"]) if world.totals else None,
            )


def _by_plan(price: HeldPrice) -> tuple[str, ...]:
    return price.plan, price.lookup_key or "~", price.price_id, price.currency


def _loose(world: _World) -> Iterator[LoosePrice]:
    active = {i for i, price in world.live.prices.items() if _sellable(price)}
    for price_id in sorted(active | world.held.keys()):
        found, held = world.price(price_id), world.held.get(price_id)
        state = _known(price_id, held.rows[0] if held else {}, found)
        if world.catalog.plan_of(state) is None:
            yield LoosePrice(
                price_id,
                state["lookup_key"],
                found.terms if found else _UNTOLD,
                held is not None,
                world.customers(price_id),
            )


def _sellable(price: LivePrice) -> bool:
    return bool(price.state["active"]) and price.state["interval"] is not None


def _known(price_id: str, row: Mapping[Any, Any], found: LivePrice | None) -> dict[str, Any]:
    """What decides the plan of a price: by Stripe, else as the newest item that has it says."""
    told = found.state if found else row
    return {"id": price_id, "lookup_key": told["lookup_key"], "product": told["product"]}
