"""What is owed: the key numbers, and the bars by age."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from dashboard import charts, keeping
from dashboard import format as fmt
from dashboard.language import current, mark, ntr, say, tr
from dashboard.ui import kpis, picture
from lib.billing import Dso, Owed

BUCKETS: Final = {
    "not_due": mark("Not due"),
    "1-30": mark("1–30 days"),
    "31-60": mark("31–60 days"),
    "61-90": mark("61–90 days"),
    "91-120": mark("91–120 days"),
    ">120": mark("Over 120 days"),
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
            _now(owed.open.amount_minor, code),
            delta=_invoices(owed.open.count),
            good="neither",
        ),
        kpis.defined(
            "overdue_amount",
            fmt.money_short(owed.overdue.amount_minor, code),
            _now(owed.overdue.amount_minor, code),
            delta=_invoices(owed.overdue.count),
            good="neither",
        ),
        dso_card(owed),
        kpis.defined(
            "ended_open",
            fmt.money_short(owed.ended.amount_minor, code),
            tr(
                "Now {amount}, part of what is open.",
                amount=fmt.money(owed.ended.amount_minor, code),
            ),
            delta=_invoices(owed.ended.count),
            good="neither",
        ),
    ]


def dso_card(owed: Owed) -> kpis.Card:
    """Of the last days, for everything; beside it for what is sent to be paid."""
    whole, sent = owed.dso, owed.dso_sent
    return kpis.defined(
        "dso",
        days(whole),
        tr(
            "The last {count} days: {parts} Of invoices that are sent: {sent}",
            count=whole.days,
            parts=parts(whole, owed.currency),
            sent=parts(sent, owed.currency),
        ),
        label=tr("DSO, {count} days", count=whole.days),
        delta=days(sent),
        compared_to=tr("if mailed"),
        good="neither",
    )


def days(dso: Dso) -> str:
    """``27 days``; a dash where nothing was invoiced."""
    value = dso.ratio.value
    return fmt.UNKNOWN if value is None else tr("{count} days", count=_decimal(value))


def parts(dso: Dso, code: str) -> str:
    """What was divided by what, or why it was not."""
    if dso.ratio.reason is not None:
        return say(dso.ratio.reason)
    return tr(
        "owed {opening} at the beginning and {closing} now, invoiced {sales}.",
        opening=fmt.money(dso.opening_minor, code),
        closing=fmt.money(dso.closing_minor, code),
        sales=fmt.money(dso.sales_minor, code),
    )


def _decimal(value: float) -> str:
    """With one digit after the point, or after the comma."""
    told = f"{value:,.1f}"
    return told.translate(_COMMA) if current() == "de" else told


_COMMA: Final = str.maketrans(",.", ".,")


def _now(minor: int, code: str) -> str:
    return tr("Now {amount}.", amount=fmt.money(minor, code))


def _invoices(count: int) -> str:
    return ntr("{count} invoice", "{count} invoices", count)


def chart(owed: Sequence[Owed], code: str) -> None:
    """One bar an age; a click narrows the list to it."""
    mine = of_currency(owed, code)
    rows = tuple(
        (bar.key, tr(BUCKETS[bar.key]), bar.amount_minor, bar.count)
        for bar in (mine.buckets if mine else ())
    )
    picture.chart(
        keeping.figure("ages", lambda: charts.ageing(rows, code), rows, code),
        key="ages",
        on_select=partial(_age_chosen, code),
        chosen=picture.held("buckets"),
        alt=tr(
            "What remains to be paid on open invoices, by days past due. Choose an age below to "
            "list its invoices."
        ),
    )


def _age_chosen(code: str) -> None:
    picture.choose(buckets=picture.clicked("ages")[:1], currencies=[code])
