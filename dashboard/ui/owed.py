"""What is owed: the key numbers, and the bars by age."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard import charts, data
from dashboard import format as fmt
from dashboard.ui import filters, kpis
from lib.billing import METRICS, Dso, Owed

BUCKETS: Final = {
    "not_due": "Not due",
    "1-30": "1–30 days",
    "31-60": "31–60 days",
    "61-90": "61–90 days",
    "91-120": "91–120 days",
    ">120": "Over 120 days",
}


def of_currency(owed: Sequence[Owed], code: str) -> Owed | None:
    return next((each for each in owed if each.currency == code), None)


def cards(owed: Owed) -> list[kpis.Card]:
    """Of one currency."""
    code = owed.currency
    return [
        kpis.defined(
            "open_amount",
            fmt.money_short(owed.open.amount_minor, code),
            f"Now {fmt.money(owed.open.amount_minor, code)}.",
            delta=fmt.plural(owed.open.count, "invoice"),
            good="neither",
        ),
        kpis.defined(
            "overdue_amount",
            fmt.money_short(owed.overdue.amount_minor, code),
            f"Now {fmt.money(owed.overdue.amount_minor, code)}.",
            delta=fmt.plural(owed.overdue.count, "invoice"),
            good="neither",
        ),
        dso_card(owed),
        kpis.defined(
            "ended_open",
            fmt.money_short(owed.ended.amount_minor, code),
            f"Now {fmt.money(owed.ended.amount_minor, code)}, part of what is open.",
            delta=fmt.plural(owed.ended.count, "invoice"),
            good="neither",
        ),
    ]


def dso_card(owed: Owed) -> kpis.Card:
    """Of the last days, for everything; beside it for what is sent to be paid."""
    whole, sent = owed.dso, owed.dso_sent
    return kpis.defined(
        "dso",
        days(whole),
        f"The last {whole.days} days: {parts(whole, owed.currency)} "
        f"Of invoices that are sent: {parts(sent, owed.currency)}",
        label=f"DSO, {whole.days} days",
        delta=f"{days(sent)} where sent",
        good="neither",
    )


def days(dso: Dso) -> str:
    """``27 days``; a dash where nothing was invoiced."""
    value = dso.ratio.value
    return fmt.UNKNOWN if value is None else f"{value:,.1f} days"


def parts(dso: Dso, code: str) -> str:
    """What was divided by what, or why it was not."""
    if dso.ratio.reason is not None:
        return dso.ratio.reason
    return (
        f"owed {fmt.money(dso.opening_minor, code)} at the beginning and "
        f"{fmt.money(dso.closing_minor, code)} now, invoiced {fmt.money(dso.sales_minor, code)}."
    )


def chart(owed: Sequence[Owed], code: str) -> None:
    """One bar an age; a click narrows the list to it."""
    mine = of_currency(owed, code)
    rows = tuple(
        (bar.key, BUCKETS[bar.key], bar.amount_minor, bar.count)
        for bar in (mine.buckets if mine else ())
    )
    st.session_state["ages_drawn"] = (code, [row[0] for row in rows])
    st.plotly_chart(
        data.figure("ages", lambda: charts.ageing(rows, code), rows, code),
        key="ages",
        on_select=_age_chosen,
        selection_mode="points",
        config=charts.CONFIG,
        alt="What remains to be paid on open invoices, by days past due. Choose an age below to "
        "list its invoices.",
    )
    st.caption(METRICS["ageing"].definition)


def _age_chosen() -> None:
    points = st.session_state["ages"]["selection"]["points"]
    code, drawn = st.session_state["ages_drawn"]
    st.session_state["buckets"] = [drawn[points[0]["point_index"]]] if points else []
    st.session_state["currencies"] = [code] if points else []
    filters.first_page()
