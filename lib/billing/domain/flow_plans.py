"""Which prices of the catalogue a link may name."""

from __future__ import annotations

from collections.abc import Iterable

from .catalog import Catalog, Price
from .flow_guards import Refusal
from .flow_situation import Situation
from .flow_values import PlanOffer
from .rows import SubscriptionRow
from .said import said


def offers(catalog: Catalog) -> tuple[PlanOffer, ...]:
    """Every price that has a lookup key, by rank."""
    ranked = sorted(catalog.plans.values(), key=lambda plan: (plan.rank, plan.slug))
    return tuple(
        PlanOffer(price.lookup_key, plan.slug, plan.name, price.interval, price.interval_count)
        for plan in ranked
        for price in plan.prices
        if price.lookup_key
    )


def confirmable(
    row: SubscriptionRow, situation: Situation
) -> tuple[tuple[PlanOffer, ...], Refusal | None]:
    """The prices that the customer may be asked to confirm for ``row``; why there are none."""
    judged = [(offer, against_plan(offer, row, situation)) for offer in offers(situation.catalog)]
    open_to_them = tuple(offer for offer, refusal in judged if refusal is None)
    if open_to_them:
        return open_to_them, None
    return (), _why_none(refusal for _, refusal in judged)


def _why_none(refusals: Iterable[Refusal | None]) -> Refusal:
    """What the portal stands against can be mended; that there is no other plan cannot."""
    for refusal in refusals:
        if refusal is not None and refusal[0] in ("price_not_offered", "tax_behavior"):
            return refusal
    return ("plan_unknown", said("The catalogue has no other plan to offer."))


def against_plan(offer: PlanOffer, row: SubscriptionRow, situation: Situation) -> Refusal | None:
    """Why the one item of ``row`` may not move to ``offer``.

    A price that was never seen here is left to Stripe, except for what the catalogue says.
    """
    item, current = situation.current_price(row)
    found = situation.price_named(offer.lookup_key)
    if offer.lookup_key == item.get("lookup_key") or (found and found[0] == item.get("price")):
        return ("no_change", said("The customer already has this plan. Choose another one."))
    listed = _listed(offer, situation.catalog)
    currency = str(found[1].get("currency")) if found else listed.currency
    if row.currency is not None and currency != row.currency:
        return (
            "other_currency",
            said(
                "{price} is in {currency}, and a subscription keeps its currency for life, here "
                "{own}. Choose a price in that currency.",
                price=offer.lookup_key,
                currency=currency.upper(),
                own=row.currency.upper(),
            ),
        )
    if found is None:
        return None
    price_id, price = found
    if not price.get("active"):
        return _missing(offer)
    offered = situation.configuration.prices if situation.configuration else None
    if offered is not None and price_id not in offered:
        return (
            "price_not_offered",
            said(
                "The portal does not offer {price}. Add its price to the portal configuration, or "
                "send the link for changing the plan.",
                price=offer.lookup_key,
            ),
        )
    if current is not None and price.get("tax_behavior") != current.get("tax_behavior"):
        return (
            "tax_behavior",
            said(
                "{price} treats tax differently from the present price, and the portal does not "
                "switch between the two. Change it in the Stripe dashboard.",
                price=offer.lookup_key,
            ),
        )
    return None


def startable(situation: Situation) -> tuple[tuple[PlanOffer, ...], Refusal | None]:
    """The prices that a Checkout may start this customer on; why there are none."""
    everything = offers(situation.catalog)
    judged = [(offer, _against_start(offer, situation)) for offer in everything]
    open_to_them = tuple(offer for offer, refusal in judged if refusal is None)
    if open_to_them:
        return open_to_them, None
    if not everything:
        return (), (
            "plan_unknown",
            said("The catalogue has no price with a lookup key. Add one to catalog.toml."),
        )
    return (), judged[0][1]


def against_start(lookup_key: str, situation: Situation) -> Refusal | None:
    """Why a Checkout may not start the customer on this price."""
    for offer in offers(situation.catalog):
        if offer.lookup_key == lookup_key:
            return _against_start(offer, situation)
    return None


def is_metered(lookup_key: str, situation: Situation) -> bool:
    """Whether the price is billed by usage, so that it has no quantity."""
    found = situation.price_named(lookup_key)
    if found is not None:
        return found[1].get("usage_type") == "metered"
    # Never seen here: a price that was applied a moment ago is known from the catalogue alone.
    prices = (p for plan in situation.catalog.plans.values() for p in plan.prices)
    return any(p.lookup_key == lookup_key and p.usage == "metered" for p in prices)


def billed_beside(lookup_key: str, catalog: Catalog) -> tuple[str, ...]:
    """Lookup keys of what a plan charges by use beside a price: same currency, same interval."""
    for plan in catalog.plans.values():
        for price in plan.prices:
            if price.lookup_key == lookup_key and price.usage != "metered":
                alike = (price.currency, price.interval, price.interval_count)
                return tuple(
                    other.lookup_key
                    for other in plan.prices
                    if other.lookup_key
                    and other.usage == "metered"
                    and (other.currency, other.interval, other.interval_count) == alike
                )
    return ()


def _against_start(offer: PlanOffer, situation: Situation) -> Refusal | None:
    found = situation.price_named(offer.lookup_key)
    currency = (
        str(found[1].get("currency")) if found else _listed(offer, situation.catalog).currency
    )
    own = situation.customer.currency
    if own is not None and currency != own:
        return (
            "other_currency",
            said(
                "{price} is in {currency}, and this customer is billed in {own} for life. Choose a "
                "price in that currency, or create another customer.",
                price=offer.lookup_key,
                currency=currency.upper(),
                own=own.upper(),
            ),
        )
    if found is not None and not found[1].get("active"):
        return _missing(offer)
    return None


def _missing(offer: PlanOffer) -> Refusal:
    return (
        "price_missing",
        said(
            "Stripe has no active price with the lookup key {price}. Create it there first.",
            price=offer.lookup_key,
        ),
    )


def _listed(offer: PlanOffer, catalog: Catalog) -> Price:
    return next(p for p in catalog.plan(offer.plan).prices if p.lookup_key == offer.lookup_key)
