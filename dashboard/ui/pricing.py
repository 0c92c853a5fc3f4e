"""Pricing tables as customers see them: which one, in what currency and term, and its cards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import streamlit as st

from dashboard import format as fmt
from dashboard.language import mark, ntr, tr
from dashboard.ui import filters, notes, plan_features, primary
from lib.billing import (
    LANGUAGES,
    Card,
    Catalog,
    Price,
    PricingTable,
    currencies_of,
    pricing_cards,
    term_of,
    terms_of_table,
)

CARD_WIDTH: Final = 220
MOST_ABREAST: Final = 4
_EVERY: Final = {
    "day": (mark("a day"), mark("every {count} days")),
    "week": (mark("a week"), mark("every {count} weeks")),
    "month": (mark("a month"), mark("every {count} months")),
    "year": (mark("a year"), mark("every {count} years")),
}


@dataclass(frozen=True)
class Shown:
    """What the switches above the cards say."""

    currency: str
    term: str
    language: str


def draw(catalog: Catalog) -> None:
    """One table after the other would be too long: one of them, chosen by name."""
    if not catalog.tables:
        notes.empty(
            tr("There is no pricing table."),
            hint=tr("Publish a plan in the catalogue file: its group has a table by itself."),
            icon=":material/view_column:",
        )
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="table_state"):
        table = _table(catalog)
        _standing(catalog, table)
    shown = _switches(catalog, table)
    cards = pricing_cards(
        catalog,
        table,
        currency=shown.currency,
        interval=shown.term,
        language=shown.language,
    )
    if not cards:
        notes.empty(
            tr("This table shows nothing: every plan of its group is a draft."),
            icon=":material/edit_note:",
        )
        return
    with st.grid(min(len(cards), MOST_ABREAST), min_column_width=CARD_WIDTH, gap="small"):
        for card in cards:
            _card(card, table, shown)
    _drafts(catalog, table)


def _table(catalog: Catalog) -> PricingTable:
    keys = sorted(catalog.tables, key=lambda key: not catalog.tables[key].default)
    if len(keys) == 1:
        return catalog.tables[keys[0]]
    words = {
        key: tr("{table} (draft)", table=key) if catalog.tables[key].state == "draft" else key
        for key in keys
    }
    chosen = filters.pick(
        tr("Pricing table"), "table", words, keys[0], width=200, icon="view_column"
    )
    return catalog.tables[chosen]


def _standing(catalog: Catalog, table: PricingTable) -> None:
    cards = catalog.cards(table)
    if table.state == "live":
        st.badge(tr("Live"), icon=":material/public:", color="green")
    else:
        st.badge(
            tr("Draft"),
            icon=":material/edit_note:",
            color="gray",
            help=tr("Customers see it nowhere until the file says that it is live."),
        )
    if table.default:
        st.badge(
            tr("Default"),
            icon=":material/star:",
            color="blue",
            help=tr("Shown where no table is named."),
        )
    if table.hidden_at_sign_up:
        st.badge(
            tr("Hidden at sign-up"),
            icon=":material/visibility_off:",
            color="orange",
            help=tr("Only customers who are there already see it."),
        )
    st.caption(
        fmt.joined(
            (
                tr("Table {table}", table=fmt.md(table.key)),
                tr("plan group {group}", group=fmt.md(table.group)),
                plan_features.audience(cards[0].audience) if cards else None,
                ntr("{count} plan", "{count} plans", len(cards)),
            )
        ),
        width="content",
    )


def _switches(catalog: Catalog, table: PricingTable) -> Shown:
    with st.container(horizontal=True, vertical_alignment="center", key="table_switches"):
        codes = currencies_of(catalog, table)
        code = filters.currency(codes) if codes else catalog.currency
        terms = terms_of_table(catalog, table, code)
        term = "month"
        if len(terms) > 1:
            options = {each: _term(each) for each in terms}
            begin = "month" if "month" in terms else terms[0]
            term = filters.switch(tr("Billed"), "term", options, begin)
        elif terms:
            term = terms[0]
        st.space("stretch")
        begin = next(iter(LANGUAGES))
        language = filters.pick(tr("Language"), "prices_in", LANGUAGES, begin, width=140)
    return Shown(code, term, language)


def _term(term: str) -> str:
    count, _, interval = term.rpartition("-")
    return fmt.every(interval, int(count) if count else 1)


def _every(price: Price) -> str:
    count, known = price.interval_count, _EVERY.get(price.interval)
    if known is None:
        return fmt.every(price.interval, count)
    return tr(known[0]) if count == 1 else tr(known[1], count=count)


def _card(card: Card, table: PricingTable, shown: Shown) -> None:
    with st.container(border=True, height="stretch", gap="small", key=f"card_{card.plan}"):
        with st.container(gap=None):
            st.markdown(_head(card), anchors=False)
            st.markdown(f"### {_amount(card, shown)}", anchors=False)
            st.caption(_beneath(card, shown))
        _button(card)
        if card.bullets:
            st.markdown(_list("check", card.bullets))
        if card.features:
            heading = fmt.md(table.features_heading or tr("Features"))
            names = [each.name for each in card.features]
            st.caption(f"**{heading}**  \n{_list('check_circle', names)}")
        if card.limits:
            heading = tr("Limits")
            said = [f"{fmt.words(each.slug)}: {fmt.number(each.value)}" for each in card.limits]
            st.caption(f"**{heading}**  \n{_list('speed', said)}")


def _head(card: Card) -> str:
    badge = f" :blue-badge[{fmt.md(card.highlight)}]" if card.highlight else ""
    return f"## {fmt.md(card.name)}{badge}"


def _amount(card: Card, shown: Shown) -> str:
    if card.price is not None and card.price.amount is not None:
        return fmt.md(fmt.price(card.price.amount, shown.currency, shown.language))
    if card.free:
        return fmt.md(fmt.price(0, shown.currency, shown.language))
    if card.price is not None:
        return tr("In tiers")
    return tr("By use") if card.metered else fmt.UNKNOWN


def _beneath(card: Card, shown: Shown) -> str:
    """The line under the amount: how often, what it saves, what use costs."""
    said: list[str] = []
    if card.price is not None:
        said.append(_every(card.price))
        if card.saving:
            saves = tr("saves {share}%", share=card.saving)
            said.append(f":green[{saves}]")
    elif card.default:
        said.append(tr("without a subscription"))
    elif not card.metered:
        said.append(_elsewhere(card))
    for price in card.metered:
        amount = fmt.md(fmt.price(price.amount, shown.currency, shown.language))
        said.append(
            tr("plus {amount} a unit by use", amount=amount)
            if card.price
            else tr("{amount} a unit", amount=amount)
        )
    return fmt.joined(said)


def _elsewhere(card: Card) -> str:
    if not card.offers:
        return tr("not sold in this currency")
    return tr("only: {terms}", terms=", ".join(_term(term_of(each)) for each in card.offers))


def _button(card: Card) -> None:
    """The button as customers see it; here it says what it would start."""
    bought = card.price or next(iter(card.metered), None)
    if bought is None:
        label, told = (
            card.cta or (tr("Begin free") if card.default else tr("Not for sale")),
            (
                tr("Nothing to buy: it is there with the account.")
                if card.default
                else tr("Nothing is sold in this currency and term.")
            ),
        )
    else:
        label, told = (
            card.cta or tr("Choose {plan}", plan=card.name),
            tr(
                "Customers start Checkout for {price} here. This is the preview.",
                price=bought.lookup_key,
            ),
        )
    if st.button(
        primary.label(fmt.md(label)) if card.highlight else fmt.md(label),
        key=f"cta_{card.plan}",
        type="primary" if card.highlight else "secondary",
        width="stretch",
        disabled=bought is None and not card.default,
    ):
        st.toast(fmt.md(told), icon=":material/visibility:")


def _list(icon: str, lines: list[str] | tuple[str, ...]) -> str:
    return "  \n".join(f":material/{icon}: {fmt.md(line)}" for line in lines)


def _drafts(catalog: Catalog, table: PricingTable) -> None:
    names = [
        plan.name
        for plan in catalog.plans.values()
        if plan.group == table.group and not plan.published
    ]
    if names:
        told = ntr(
            "Not shown, because it is a draft: {plans}.",
            "Not shown, because they are drafts: {plans}.",
            len(names),
            plans=fmt.md(", ".join(names)),
        )
        st.caption(f":material/edit_note: {told}")
