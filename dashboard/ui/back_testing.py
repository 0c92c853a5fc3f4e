"""The back-test: what the runway said at a month's start, against what left in the month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import streamlit as st

from dashboard import charts, data, keeping, winding
from dashboard import format as fmt
from dashboard.language import mark, ntr, tr
from dashboard.ui import defined, filters, kpis, listing, notes, picture, tables, upgrades
from lib.billing import Amount, BackTest, BackTestItem, Filters, Listing, Outcome

FATES: Final = {
    "came_true": mark("Came true"),
    "saved": mark("Saved"),
    "moved": mark("Date changed"),
    "unforeseen": mark("Unforeseen"),
}


def draw() -> None:
    """One complete month: four numbers, two bars that share one part, and the rows behind them."""
    with st.container(horizontal=True, vertical_alignment="center"):
        month = _month()
        with st.skeleton(height=320):  # everybody who was scheduled then is folded
            found = winding.back_test(month)
        code = _currency(found.outcomes)
    outcome = next((o for o in found.outcomes if o.currency == code), None)
    if outcome is None:
        notes.empty(
            tr(
                "Nothing was to leave in {month}, and nothing left.",
                month=fmt.period(month),
            ),
            hint=tr("Another month can be chosen above."),
        )
        return
    st.caption(said(found, outcome))
    kpis.row(cards(outcome), key="back_numbers")
    _chart(outcome)
    _rows(month, outcome)


def _month() -> str:
    months = winding.months()
    words = {month: fmt.period(month) for month in months}
    return filters.pick(tr("Month"), "tested", words, months[0], width=150)


def _currency(outcomes: Sequence[Outcome]) -> str:
    def weight(outcome: Outcome) -> tuple[int, str]:
        return -(outcome.predicted + outcome.left).subscriptions, outcome.currency

    return filters.currency([o.currency for o in sorted(outcomes, key=weight)], key="in")


def said(found: BackTest, outcome: Outcome) -> str:
    """What was said then, what happened, and what the comparison does not know."""
    code, zone = outcome.currency, data.timezone()
    day, month = fmt.day(found.starts, zone), fmt.period(found.month)
    predicted, left = _money(outcome.predicted, code), _money(outcome.left, code)
    parts = [
        tr(
            "On {day} the runway had {predicted} that would leave in {month}; {left} left.",
            day=day,
            predicted=predicted,
            month=month,
            left=left,
        ),
        tr("What left is the churn and contraction that the MRR page has for the month."),
    ]
    if found.unknown:
        parts.append(
            ntr(
                "Left out: {count} subscription without a known MRR.",
                "Left out: {count} subscriptions without a known MRR.",
                found.unknown,
            )
        )
    if found.reconstructed:
        parts.append(
            tr("The month began before the first event: what was scheduled is incomplete.")
        )
    return fmt.md(" ".join(parts))


def _money(amount: Amount, code: str) -> str:
    return fmt.money(amount.minor, code)


def cards(outcome: Outcome) -> list[kpis.Card]:
    """What was said, how much of it was right, what was saved of it, and what nobody saw."""
    code, predicted = outcome.currency, outcome.predicted
    return [
        _card("back_predicted", predicted, code),
        _card("back_came_true", outcome.came_true, code, predicted),
        _card("back_saved", outcome.saved, code, predicted),
        _card("back_unforeseen", outcome.unforeseen, code, outcome.left),
    ]


def _card(slug: str, amount: Amount, code: str, whole: Amount | None = None) -> kpis.Card:
    counted = subscriptions(amount.subscriptions)
    if not whole or not whole.minor:
        delta, compared = counted, None
    else:
        delta = fmt.share(amount.minor / whole.minor)
        compared = tr("of what left") if slug == "back_unforeseen" else tr("of predicted")
    return kpis.defined(
        slug,
        fmt.money_short(amount.minor, code),
        f"{counted}.",
        delta=delta,
        compared_to=compared,
        good="neither",
    )


def _chart(outcome: Outcome) -> None:
    code = outcome.currency
    sides = (
        (tr("Predicted"), ("came_true", "saved", "moved")),
        (tr("Left"), ("came_true", "unforeseen")),
    )
    rows = tuple(
        (
            label,
            tuple(
                (fate, tr(FATES[fate]), amount.minor, amount.subscriptions)
                for fate in fates
                if (amount := getattr(outcome, fate)).minor
            ),
        )
        for label, fates in sides
    )
    with st.container(border=True):
        defined.title(
            tr("Did what was predicted leave, and what else?"),
            "back_predicted",
            "back_left",
            "back_came_true",
            "back_saved",
            "back_moved",
            "back_unforeseen",
        )
        picture.chart(
            keeping.figure("back_test", lambda: charts.back_test(rows, code), rows, code),
            key="back_test",
            on_select=_part_chosen,
            chosen=picture.held("fates"),
            alt=tr(
                "What was predicted beside what left, by what became of it. Choose a part below to "
                "list its customers."
            ),
        )
        st.caption(_closes(outcome))


def _closes(outcome: Outcome) -> str:
    """Both sums, spelled out."""

    def told(amount: Amount) -> str:
        return fmt.md(f"{_money(amount, outcome.currency)} ({fmt.number(amount.subscriptions)})")

    return tr(
        "Predicted {predicted} = came true {came_true} + saved {saved} + date changed {moved}. "
        "Left {left} = came true {came_true} + unforeseen {unforeseen}. In brackets: "
        "subscriptions.",
        predicted=told(outcome.predicted),
        came_true=told(outcome.came_true),
        saved=told(outcome.saved),
        moved=told(outcome.moved),
        left=told(outcome.left),
        unforeseen=told(outcome.unforeseen),
    )


def subscriptions(count: int) -> str:
    return ntr("{count} subscription", "{count} subscriptions", count)


def _part_chosen() -> None:
    picture.choose(fates=picture.clicked("back_test")[:1])


def _rows(month: str, outcome: Outcome) -> None:
    known = [fate for fate in FATES if getattr(outcome, fate).minor]
    with st.container(horizontal=True, vertical_alignment="center"):
        fates = filters.several(
            tr("What became of it"), "fates", known, lambda fate: tr(FATES[fate])
        )
    wanted = Filters(statuses=fates, currencies=(outcome.currency,))
    whole = winding.back_tested(month, replace(wanted, limit=1))
    amounts = [fmt.money(part.amount_minor, part.currency) for part in whole.sums]
    count = sum(part.count for part in whole.sums)
    told = fmt.md(fmt.joined((subscriptions(count), *amounts)))
    st.caption(tr("{found}. Choose a row to open its customer.", found=told))
    place = st.container()
    offset = tables.pager(whole.total)
    page = winding.back_tested(month, replace(wanted, limit=tables.PAGE_SIZE, offset=offset))
    with place:
        chosen = table(page)
    if chosen is not None:
        tables.open_customer(page.rows[chosen].customer_id)


def table(page: Listing[BackTestItem]) -> int | None:
    """One page of rows; answers the chosen one."""
    zone, column = data.timezone(), st.column_config
    rows = [
        {
            "customer": listing.who(item),
            "fate": [FATES[item.fate]],
            "what": [mark("Ends")] if item.kind == "end" else [mark("Downgrade")],
            "plan": upgrades.plan(item.plan),
            "minor": item.mrr_minor,
            "planned": fmt.moment(item.planned_at, zone),
            "left": fmt.moment(item.left_at, zone),
            "reason": fmt.words(item.reason) if item.kind == "end" else None,
            "email": item.email,
            "currency": item.currency,
        }
        for item in page.rows
    ]
    columns = {
        "customer": column.TextColumn(tr("Customer"), width=200),
        "fate": tables.badge(tr("What became of it"), width=140),
        "what": tables.badge(tr("What"), width=105),
        "plan": column.TextColumn(tr("Plan"), width=90),
        "minor": defined.number(
            "back_predicted",
            "MRR",
            more=tr("Of what was unforeseen: what churn and contraction took."),
            width=95,
        ),
        "planned": column.DateColumn(tr("Planned for"), width=115),
        "left": column.DateColumn(tr("Left on"), width=110),
        "reason": column.TextColumn(tr("Reason"), width=140),
        "email": column.TextColumn(tr("E-mail"), width=210),
    }
    return tables.show(
        rows,
        columns,
        key="back_tested",
        ids=[f"{item.subscription_id}:{item.fate}" for item in page.rows],
        money=("minor",),
        alt=tr("What was predicted and what left, with what became of it"),
        sparse=True,
    )
