"""What a button of a pricing table may do for whoever looks at it.

Pure. Which tables and prices there are is told by the catalogue; what a known customer may start or
change by the same guards as a link from staff.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from .catalog import Catalog
from .errors import LinkRefused, NotFound
from .flow_plans import against_plan, against_start, offers
from .flow_situation import Situation
from .flow_values import Flow, LinkOptions
from .flows import options
from .plans import Plan, Price, PricingTable
from .pricing_cards import Card, sold

Kind = Literal["start", "change", "current", "closed", "none"]


@dataclass(frozen=True, slots=True)
class Offer:
    """``start``: a Checkout; ``change``: the portal, to confirm it; ``current``: they have it;
    ``closed``: ``code`` says why not; ``none``: there is nothing to press."""

    kind: Kind
    code: str | None = None


NOTHING: Final = Offer("none")


def table_for(catalog: Catalog, key: str | None, *, known: bool) -> PricingTable:
    """The live table of that key, by itself the default one. ``known``: it is not for a sign-up.

    Raises NotFound (``table_unknown``), also for drafts.
    """
    live = [table for table in catalog.tables.values() if table.state == "live"]
    named = [table for table in live if table.default or len(live) == 1]
    if key is not None:
        named = [table for table in live if table.key == key]
    for table in named:
        if known or not table.hidden_at_sign_up:
            return table
    raise NotFound("There is no such pricing table.", code="table_unknown")


def price_in(catalog: Catalog, table: PricingTable, lookup_key: str) -> tuple[Plan, Price]:
    """The price that a table shows under ``lookup_key``, and its plan.

    Raises NotFound (``plan_unknown``).
    """
    for plan in catalog.cards(table):
        for price in sold(plan):
            if price.lookup_key == lookup_key:
                return plan, price
    raise NotFound("This pricing table has no such plan.", code="plan_unknown")


def price_of(card: Card) -> Price | None:
    """What a card's button is about: the flat price, else what is charged by use."""
    return card.price or (card.metered[0] if card.metered else None)


def offer_for(lookup_key: str | None, plan: str, situation: Situation, current_plan: str) -> Offer:
    """What a known customer may do with a price; ``plan`` is its plan's slug, ``current_plan``
    that of the plan whose access they have."""
    live = situation.live
    if lookup_key is None:
        return Offer("current") if plan == current_plan and not live else NOTHING
    if any(item.get("lookup_key") == lookup_key for row in live for item in row.items):
        return Offer("current")
    choices = options(situation)
    checkout = choices.find(Flow.CHECKOUT)
    if checkout.allowed:
        refusal = against_start(lookup_key, situation)
        return Offer("start") if refusal is None else Offer("closed", refusal[0])
    if checkout.code != "already_subscribed":
        return Offer("closed", checkout.code)
    return _change(lookup_key, situation, choices)


def _change(lookup_key: str, situation: Situation, choices: LinkOptions) -> Offer:
    try:
        choice = choices.find(Flow.SUBSCRIPTION_UPDATE_CONFIRM)
    except LinkRefused as error:
        return Offer("closed", error.code)
    if not choice.allowed:
        return Offer("closed", choice.code)
    if any(offer.lookup_key == lookup_key for offer in choice.plans):
        return Offer("change")
    wanted = next(each for each in offers(situation.catalog) if each.lookup_key == lookup_key)
    row = next(r for r in situation.live if r.subscription_id == choice.subscription_id)
    refusal = against_plan(wanted, row, situation)
    if refusal is None:
        return Offer("closed", "plan_unknown")
    return Offer("current") if refusal[0] == "no_change" else Offer("closed", refusal[0])
