"""A pricing table in words, as the templates show it: nothing is decided there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal
from urllib.parse import urlencode

from ..domain.catalog import Catalog
from ..domain.plans import Price, PricingTable
from ..domain.pricing_cards import Card, currencies_of, pricing_cards, term_of, terms_of_table
from ..domain.pricing_offers import NOTHING, Offer, price_of
from ..domain.translations import translated
from ..pricing import Known
from ..replies.spelling import locale_of, money
from .words import WORDS

CLOSED: Final = {
    "link_used": "closed_link_used",
    "schedule_attached": "closed_scheduled",
    "winding_down": "closed_winding_down",
    "other_currency": "closed_currency",
    "org_subscribed": "closed_organization",
}
"""A guard's code -> what the customer is told; every other one: that they should ask."""


@dataclass(frozen=True)
class Asked:
    """What the address says. ``table``: as it was spelled, None for the default one."""

    table: str | None
    language: str
    term: str | None = None
    currency: str | None = None
    said_language: bool = False
    token: str | None = None

    def query(self, **over: str) -> str:
        """The address of the same page, otherwise shown."""
        given = {
            "lang": self.language if self.said_language else None,
            "interval": self.term,
            "currency": self.currency,
            "t": self.token,
        }
        kept = {name: value for name, value in {**given, **over}.items() if value is not None}
        return f"?{urlencode(kept)}"


@dataclass(frozen=True)
class Switch:
    """One of several ways to see the table."""

    label: str
    href: str
    here: bool
    more: str | None = None


@dataclass(frozen=True)
class Button:
    """``plan`` is read out behind a label that does not name it."""

    kind: Literal["form", "link", "off"]
    label: str
    plan: str | None = None
    value: str = ""  # lookup key of a form, address of a link


@dataclass(frozen=True)
class Bullet:
    """``leads``: it introduces those after it, as “Everything in Starter, plus:” does."""

    text: str
    leads: bool


@dataclass(frozen=True)
class CardView:
    key: str
    name: str
    highlight: str | None
    current: bool
    amount: str | None
    per: str | None
    worded: bool  # ``amount`` is a sentence rather than a number
    saving: str | None
    lines: tuple[str, ...]  # what else there is to say of the price
    bullets: tuple[Bullet, ...]
    features: tuple[str, ...]
    button: Button | None
    note: str | None
    closed: bool  # ``note`` says why


@dataclass(frozen=True)
class TableView:
    """``action``: where the forms of the buttons go, relative to the page."""

    words: Mapping[str, str]
    language: str
    action: str
    notices: tuple[str, ...]
    terms: tuple[Switch, ...]
    currencies: tuple[Switch, ...]
    cards: tuple[CardView, ...]
    features_heading: str | None
    footnotes: tuple[str, ...]
    hidden: tuple[tuple[str, str], ...]


SignUp = Callable[[PricingTable, str, str | None], str]
"""(table, plan, lookup key) -> the product's sign-up."""


def table_view(
    catalog: Catalog,
    table: PricingTable,
    asked: Asked,
    *,
    action: str,
    known: Known | None = None,
    sign_up: SignUp | None = None,
) -> TableView:
    """The whole page of one table.

    Args:
        sign_up: where those go whom nobody knows, where that is not Checkout.
    """
    words = WORDS[asked.language]
    spoken = translated(catalog, asked.language)
    shown = spoken.tables[table.key]
    currency = _currency(catalog, table, asked, known)
    terms = _terms(catalog, table, currency)
    term = _term(asked, known, terms, terms_of_table(catalog, table, currency))
    cards = pricing_cards(spoken, shown, currency=currency, interval=term)
    view = _Cards(words, asked.language, shown, currency, known, sign_up)
    shown_cards, shared = _with_shared_note([view.card(card) for card in cards])
    notices = []
    if known is not None:
        used = known.used and words["closed_link_used"]
        notices = [used or words["you_have"].format(plan=spoken.plan(known.plan).name)]
    return TableView(
        words=words,
        language=asked.language,
        action=action,
        notices=(*notices, *shared),
        terms=_term_switches(spoken, shown, asked, currency, terms, term),
        currencies=tuple(
            Switch(code.upper(), asked.query(currency=code), code == currency)
            for code in _currencies(catalog, table, known)
        ),
        cards=shown_cards,
        features_heading=shown.features_heading,
        footnotes=_footnotes(cards, words),
        hidden=_hidden(asked),
    )


def _term(asked: Asked, known: Known | None, usual: Sequence[str], every: Sequence[str]) -> str:
    """What was asked for, else how a known customer is billed, else by the month."""
    live = known.situation.live if known else ()
    own = [
        row.interval if row.interval_count == 1 else f"{row.interval_count}-{row.interval}"
        for row in live
    ]
    wanted = [term for term in (asked.term, *own) if term in every]
    return str(wanted[0]) if wanted else "month" if "month" in usual else next(iter(usual), "month")


def _with_shared_note(cards: Sequence[CardView]) -> tuple[tuple[CardView, ...], tuple[str, ...]]:
    """What several closed buttons have in common is said once, above the cards."""
    closed = [card for card in cards if card.closed and card.note]
    if len(closed) < 2 or len({card.note for card in closed}) > 1:
        return tuple(cards), ()
    told = tuple(replace(card, note=None) if card.closed else card for card in cards)
    return told, (str(closed[0].note),)


def _hidden(asked: Asked) -> tuple[tuple[str, str], ...]:
    given = (("t", asked.token), ("lang", asked.language if asked.said_language else None))
    return tuple((name, value) for name, value in given if value is not None)


def _currencies(catalog: Catalog, table: PricingTable, known: Known | None) -> Sequence[str]:
    """A customer is billed in one currency for life."""
    found = currencies_of(catalog, table)
    own = known.situation.customer.currency if known else None
    return () if own in found or len(found) < 2 else found


def _currency(catalog: Catalog, table: PricingTable, asked: Asked, known: Known | None) -> str:
    found = currencies_of(catalog, table)
    own = known.situation.customer.currency if known else None
    wanted = (own, asked.currency, catalog.currency)
    return next((code for code in wanted if code in found), next(iter(found), catalog.currency))


def _terms(catalog: Catalog, table: PricingTable, currency: str) -> tuple[str, ...]:
    """The terms in which every plan that costs something can be had; where there is none, all."""
    every = terms_of_table(catalog, table, currency)
    found = []
    for term in every:
        cards = pricing_cards(catalog, table, currency=currency, interval=term)
        sells = [card for card in cards if card.offers or card.metered]
        if all(price_of(card) for card in sells):
            found.append(term)
    return tuple(found) or every


def _term_switches(
    catalog: Catalog,
    table: PricingTable,
    asked: Asked,
    currency: str,
    terms: Sequence[str],
    here: str,
) -> tuple[Switch, ...]:
    if len(terms) < 2:
        return ()
    words = WORDS[asked.language]
    found = []
    for term in terms:
        cards = pricing_cards(catalog, table, currency=currency, interval=term)
        most = max((card.saving or 0 for card in cards), default=0)
        more = words["saving"].format(percent=most) if most and term != here else None
        label = _termed(words, "every", term)
        found.append(Switch(label, asked.query(interval=term), term == here, more))
    return tuple(found)


def _termed(words: Mapping[str, str], kind: str, term: str) -> str:
    """``every`` or ``per`` of a term such as ``month`` or ``3-month``."""
    number, _, unit = term.rpartition("-")
    if not number:
        return words[f"{kind}_{unit}"]
    return words[f"{kind}_n_{unit}"].format(n=number)


def _footnotes(cards: Sequence[Card], words: Mapping[str, str]) -> tuple[str, ...]:
    prices = [price for card in cards if (price := price_of(card)) and price.amount]
    taxes = {price.tax_behavior for price in prices}
    tax = next(iter(taxes)) if len(taxes) == 1 else None
    said = [words[f"tax_{tax}"]] if tax in ("exclusive", "inclusive") else []
    return (*said, words["secure"]) if prices else ()


class _Cards:
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
        per = _termed(words, "per", term_of(price))
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
