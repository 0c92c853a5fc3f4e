"""A pricing table in words, as the templates show it: nothing is decided there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..domain.catalog import Catalog
from ..domain.plans import PricingTable
from ..domain.pricing_cards import Card, currencies_of, pricing_cards, terms_of_table
from ..domain.pricing_offers import price_of
from ..domain.translations import translated
from ..pricing import Known
from .cards import CardWriter, SignUp, termed
from .values import Asked, CardView, Switch, TableView
from .words import WORDS


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
    view = CardWriter(words, asked.language, shown, currency, known, sign_up)
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
        label = termed(words, "every", term)
        found.append(Switch(label, asked.query(interval=term), term == here, more))
    return tuple(found)


def _footnotes(cards: Sequence[Card], words: Mapping[str, str]) -> tuple[str, ...]:
    prices = [price for card in cards if (price := price_of(card)) and price.amount]
    taxes = {price.tax_behavior for price in prices}
    tax = next(iter(taxes)) if len(taxes) == 1 else None
    said = [words[f"tax_{tax}"]] if tax in ("exclusive", "inclusive") else []
    return (*said, words["secure"]) if prices else ()
