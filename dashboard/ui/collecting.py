"""What became of failed payments, for those who see totals: by failure, or as cash."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import streamlit as st

from dashboard import charts, data, keeping
from dashboard import format as fmt
from dashboard.language import mark, say, tr
from dashboard.session import Staff
from dashboard.ui import defined, download, filters, kpis, owed, picture, tables
from lib.billing import METRICS, Filters, Ratio, Recovery

BY_FAILURE: Final = mark("By failure")
BY_PAYMENT: Final = mark("By payment")
PARTS: Final = {
    "recovered": mark("Recovered"),
    "in_progress": mark("In progress"),
    "lost": mark("Lost"),
}
MONTHS: Final = 12
"""Pixels of the head and of seven rows and a half: that it goes on is seen."""
WHOLE: Final = 7
"""Rows up to which all are shown."""


def currencies(rows: Sequence[Recovery]) -> list[str]:
    """The currencies of what failed, the most invoices first."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.currency] = counts.get(row.currency, 0) + row.invoices
    return sorted(counts, key=lambda code: (-counts[code], code))


def cards(code: str) -> list[kpis.Card]:
    """The recovery rate of the last months, and DSO beside it."""
    mine = [row for row in data.recovery("month", cash=False) if row.currency == code][-MONTHS:]
    shown = []
    if mine:
        shown.append(_rate_card(mine, code))
    found = owed.of_currency(data.owed(), code)
    if found is not None:
        shown.append(owed.dso_card(found))
    return shown


def _rate_card(mine: Sequence[Recovery], code: str) -> kpis.Card:
    failed = sum(row.failed_minor for row in mine)
    recovered = sum(row.recovered_minor for row in mine)
    waiting = sum(row.in_progress_minor for row in mine)
    ratio: Ratio = METRICS["recovery_rate"].function(recovered, failed)  # type: ignore[misc]
    return kpis.defined(
        "recovery_rate",
        fmt.share(ratio.value),
        tr(
            "Since {month}: {recovered} of {failed}.",
            month=fmt.period(str(mine[0].period)),
            recovered=fmt.money(recovered, code),
            failed=fmt.money(failed, code),
        ),
        delta=fmt.money_short(waiting, code),
        compared_to=tr("in progress"),
        good="neither",
    )


def draw(staff: Staff) -> None:
    """The chart and its table, in either view."""
    everything = data.recovery("month", cash=False)
    if not everything:
        return
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            defined.title(
                tr("What becomes of failed payments?"),
                "failed_volume",
                "recovered",
                "in_progress",
                "lost",
            )
            code = filters.currency(currencies(everything), key="of")
            views = {BY_FAILURE: BY_FAILURE, BY_PAYMENT: BY_PAYMENT}
            cash = filters.switch(tr("View"), "recovered", views) == BY_PAYMENT
            report = "recovery-cash" if cash else "recovery"
            download.menu(report, Filters(currencies=(code,)), staff)
        rows = [row for row in data.recovery("month", cash=cash) if row.currency == code]
        _chart(rows, code, cash=cash)
        (_cash_table if cash else _table)(rows)
        metric = METRICS["recovered_cash" if cash else "recovery_rate"]
        st.caption(say(metric.definition))


def _chart(rows: Sequence[Recovery], code: str, *, cash: bool) -> None:
    known = {"recovered": PARTS["recovered"]} if cash else PARTS
    names = {part: tr(name) for part, name in known.items()}
    held = {row.period: row for row in rows if row.period is not None}
    drawn = tuple(
        (month, tuple((part, getattr(held.get(month), f"{part}_minor", 0)) for part in names))
        for month in months_of(held)
    )
    bars = [(fmt.period(month), dict(parts)) for month, parts in drawn]
    picture.chart(
        keeping.figure("recovery", lambda: charts.recovery(bars, names, code), drawn, code),
        key="recovery",
        alt=tr("What of failed payments was paid in each month. The table below has the amounts.")
        if cash
        else tr(
            "What failed in each month, split into what was recovered, is in progress, was lost."
        ),
    )


def months_of(known: Collection[str]) -> list[str]:
    """Every month from the first to the last of ``known``: one in which nothing failed is a gap,
    not left out."""
    if not known:
        return []
    first, last = (12 * int(m[:4]) + int(m[5:]) - 1 for m in (min(known), max(known)))
    return [f"{n // 12}-{n % 12 + 1:02d}" for n in range(first, last + 1)]


def _table(rows: Sequence[Recovery]) -> None:
    column = st.column_config
    tables.show(
        [
            {
                "period": fmt.period(str(row.period)),
                "failed": row.failed_minor,
                "recovered": row.recovered_minor,
                "in_progress": row.in_progress_minor,
                "lost": row.lost_minor,
                "rate": fmt.share(row.rate.value),
                "invoices": row.invoices,
                "currency": row.currency,
            }
            for row in reversed(rows)
        ],
        {
            "period": column.TextColumn(tr("Month of the failure"), width=150),
            "failed": _amount(tr("Failed"), "failed_volume"),
            "recovered": _amount(tr("Recovered"), "recovered"),
            "in_progress": _amount(tr("In progress"), "in_progress"),
            "lost": _amount(tr("Lost"), "lost"),
            "rate": column.TextColumn(
                say(METRICS["recovery_rate"].label),
                help=say(METRICS["recovery_rate"].definition),
                width=120,
                alignment="right",
            ),
            "invoices": defined.count("recovery.invoices", tr("Invoices"), width=90),
        },
        key="recovery_table",
        ids=[f"{row.period} {row.currency}" for row in reversed(rows)],
        money=("failed", "recovered", "in_progress", "lost"),
        alt=tr("What failed and what became of it, month by month, the latest first"),
        choose=False,
        most=WHOLE,
    )
    undated = sum(row.undated_minor for row in rows)
    if undated:
        code = rows[0].currency
        st.caption(
            tr(
                "{amount} of it failed at a time that no event told: it stands in the month in "
                "which its invoice was finalised.",
                amount=fmt.md(fmt.money(undated, code)),
            )
        )


def _cash_table(rows: Sequence[Recovery]) -> None:
    column = st.column_config
    tables.show(
        [
            {
                "period": fmt.period(row.period) if row.period else tr("Paid in part, still open"),
                "recovered": row.recovered_minor,
                "invoices": row.invoices,
                "currency": row.currency,
            }
            for row in reversed(rows)
        ],
        {
            "period": column.TextColumn(tr("Month of the payment"), width=200),
            "recovered": _amount(tr("Recovered"), "recovered_cash"),
            "invoices": defined.count("recovery-cash.invoices", tr("Invoices"), width=90),
        },
        key="cash_table",
        ids=[f"{row.period} {row.currency}" for row in reversed(rows)],
        money=("recovered",),
        alt=tr("What of failed payments was paid, month by month, the latest first"),
        choose=False,
        most=WHOLE,
    )


def _amount(label: str, metric: str) -> object:
    return st.column_config.NumberColumn(label, help=say(METRICS[metric].definition), width=110)
