"""One card of a pricing table, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from ..domain.plans import Price, PricingTable
from ..domain.pricing_cards import Card, term_of
from ..domain.pricing_offers import NOTHING, Offer, price_of
from ..pricing import Known
from ..replies.spelling import locale_of, money
from .values import Bullet, Button, CardView

CLOSED: Final = {
    "link_used": "closed_link_used",
    "schedule_attached": "closed_scheduled",
    "winding_down": "closed_winding_down",
    "other_currency": "closed_currency",
    "org_subscribed": "closed_organization",
}
"""A guard's code -> what the customer is told; every other one: that they should ask."""

SignUp = Callable[[PricingTable, str, str | None], str]
"""(table, plan, lookup key) -> the product's sign-up."""


def termed(words: Mapping[str, str], kind: str, term: str) -> str:
    """``every`` or ``per`` of a term such as ``month`` or ``3-month``."""
    number, _, unit = term.rpartition("-")
    if not number:
        return words[f"{kind}_{unit}"]
    return words[f"{kind}_n_{unit}"].format(n=number)


class CardWriter:
    """Writes the cards of one table in one language."""

    def __init__(
        self,
        words: Mapping[str, str],
        language: str,
        table: PricingTable,
        currency: str,
        known: Known | None,
        sign_up: SignUp | None,
    ) -> None:
        self._words = words
        self._locale = locale_of(language)
        self._table = table
        self._currency = currency
        self._known = known
        self._sign_up = sign_up

    def card(self, card: Card) -> CardView:
        words = self._words
        price = price_of(card)
        offer = self._offer(card, price)
        amount, per = self._amount(card, price)
        return CardView(
            key=card.plan,
            name=card.name,
            highlight=card.highlight,
            current=offer.kind == "current",
            amount=amount,
            per=per,
            worded=card.price is None and bool(card.metered),
            saving=words["saving"].format(percent=card.saving) if card.saving else None,
            lines=tuple(self._lines(card, price)),
            bullets=tuple(
                Bullet(text, text.rstrip().endswith((":", "：", "+"))) for text in card.bullets
            ),
            features=tuple(feature.name for feature in card.features)
            if self._table.features_heading or not card.bullets
            else (),
            button=self._button(card, price, offer),
            note=self._note(card, price, offer),
            closed=offer.kind == "closed",
        )

    def _offer(self, card: Card, price: Price | None) -> Offer:
        key = price.lookup_key if price else None
        if self._known is not None:
            return self._known.offer(key, card.plan)
        return Offer("start") if key else NOTHING

    def _amount(self, card: Card, price: Price | None) -> tuple[str | None, str | None]:
        """The big words, and the small ones beside them."""
        words = self._words
        if card.free:
            return money(0, self._currency, self._locale, short=True), None
        if price is None:
            return None, None
        per = termed(words, "per", term_of(price))
        if card.price is None:
            return words["by_use"], None
        if price.amount is None:
            return None, None
        return money(price.amount, price.currency, self._locale, short=True), per

    def _lines(self, card: Card, price: Price | None) -> list[str]:
        words = self._words
        if price is None:
            return [] if card.free else [words["not_sold"]] if card.offers else []
        if card.price is not None and price.amount is None:
            return [words["at_checkout"]]
        said = [words["by_use_beside"]] if card.price is not None and card.metered else []
        for metered in card.metered:
            if metered.amount:
                amount = money(metered.amount, metered.currency, self._locale, short=True)
                said.append(words["unit_price"].format(amount=amount))
        return said

    def _button(self, card: Card, price: Price | None, offer: Offer) -> Button | None:
        words = self._words
        key = price.lookup_key if price else None
        if offer.kind == "current":
            return Button("off", words["current"], card.name)
        if offer.kind == "change":
            return Button("form", words["change"].format(plan=card.name), value=key or "")
        label = card.cta or words["choose"].format(plan=card.name)
        plan = None if card.name.lower() in label.lower() else card.name
        if offer.kind == "closed":
            return Button("off", label, plan)
        if self._known is None and self._sign_up is not None and (key or card.default):
            return Button("link", label, plan, self._sign_up(self._table, card.plan, key))
        return Button("form", label, plan, key or "") if offer.kind == "start" else None

    def _note(self, card: Card, price: Price | None, offer: Offer) -> str | None:
        if offer.kind == "closed" and not (self._known and self._known.used):
            return self._words[CLOSED.get(offer.code or "", "closed")]
        if offer.kind == "none" and price is None and card.default and self._sign_up is None:
            return self._words["included"]
        return None
