"""How the plan mix moved: month by month, and what a customer of each plan pays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from dashboard import charts, keeping, mixed
from dashboard import format as fmt
from dashboard.language import mark, ntr, tr
from dashboard.session import Staff
from dashboard.ui import beside, defined, download, filters, notes, picture, tables
from dashboard.ui.plan_names import NOBODY, ranked
from dashboard.ui.plan_names import plan as called
from lib.billing import Filters, Held, PlanMonth

SHOWN: Final = 6
"""Plans that a chart tells apart; the smaller ones are drawn together."""
OTHERS: Final = "…"
SCALES: Final = {"total": mark("Total"), "share": mark("Share")}


def draw(code: str, measure: str, staff: Staff) -> None:
    """The mix of the last twelve months, of one currency."""
    months = mixed.trend(code)
    if len(months) < 2:
        notes.empty(
            tr("No month has ended yet."),
            hint=tr("The trend shows here when the first month with MRR is over."),
            icon=":material/calendar_month:",
        )
        return
    left, right = st.columns([3, 2])
    plans = _plans(months)
    with left.container(border=True, height="stretch"):
        _stacked(months, plans, code, measure)
    with right.container(border=True, height="stretch"):
        _arpa(months, plans, code)
    _table(months, code, staff)


def _plans(months: Sequence[PlanMonth]) -> list[str]:
    """Those that charts tell apart by the catalogue's rank, and one for all the others."""
    most = {
        plan: max(month.plans.get(plan, NOBODY).minor for month in months)
        for month in months
        for plan in month.plans
    }
    largest = sorted(most, key=lambda plan: (-most[plan], plan))
    if len(largest) > SHOWN:
        return [*ranked(largest[: SHOWN - 1]), OTHERS]
    return ranked(largest)


def _of(month: PlanMonth, plan: str, plans: Sequence[str]) -> Held:
    if plan != OTHERS:
        return month.plans.get(plan, NOBODY)
    rest = [held for slug, held in month.plans.items() if slug not in plans]
    return Held(sum(held.customers for held in rest), sum(held.minor for held in rest))


def _name(plan: str) -> str:
    return tr("Other plans") if plan == OTHERS else called(plan)


def _stacked(months: Sequence[PlanMonth], plans: Sequence[str], code: str, measure: str) -> None:
    people = measure == "customers"
    with beside.apart():
        defined.title(tr("How does the mix move?"), "plan_holders" if people else "plan_mrr")
        shares = filters.switch(tr("Scale"), "scale", SCALES) == "share"
    names = tuple(_month(month) for month in months)
    stacks = tuple(
        (
            _name(plan),
            tuple(_point(month, _of(month, plan, plans), code, people, shares) for month in months),
        )
        for plan in plans
    )
    currency = None if people else code
    picture.chart(
        keeping.figure(
            "plan_months",
            lambda: charts.stacked(names, stacks, currency, shares=shares),
            names,
            stacks,
            currency,
            shares,
        ),
        key="plan_months",
        alt=tr("The plan mix at the end of each month; the table below has its numbers."),
    )


def _month(month: PlanMonth) -> str:
    return tr("Now") if month.running else fmt.period(month.name)


def _point(
    month: PlanMonth, held: Held, code: str, people: bool, shares: bool
) -> tuple[float, str]:
    whole = sum(of.customers if people else of.minor for of in month.plans.values())
    value = held.customers if people else held.minor
    part = value / whole if whole else 0.0
    told = fmt.joined(
        (
            fmt.money(held.minor, code),
            ntr("{count} customer", "{count} customers", held.customers),
            fmt.share(part),
        )
    )
    if shares:
        return part, told
    return float(value) if people else fmt.major(value, code), told


def _arpa(months: Sequence[PlanMonth], plans: Sequence[str], code: str) -> None:
    defined.title(tr("What does a customer pay on each plan?"), "plan_arpa")
    names = tuple(_month(month) for month in months)
    lines = tuple(
        (
            _name(plan),
            tuple(_each(_of(month, plan, plans), code) for month in months),
        )
        for plan in plans
    )
    picture.chart(
        keeping.figure("plan_arpa", lambda: charts.by_plan(names, lines, code), names, lines, code),
        key="plan_arpa",
        alt=tr("ARPA of each plan at the end of each month; the table below has its numbers."),
    )


def _each(held: Held, code: str) -> tuple[float | None, str]:
    if held.customers <= 0:
        return None, ""
    told = fmt.joined(
        (
            fmt.each(held.minor, held.customers, code),
            ntr("{count} customer", "{count} customers", held.customers),
        )
    )
    return fmt.major(held.minor, code) / held.customers, told


def _table(months: Sequence[PlanMonth], code: str, staff: Staff) -> None:
    first, last = months[0], months[-1]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            tr(
                "Each plan now, beside the end of {month}. Before a customer's latest movement all "
                "of its MRR stands on the plan of its largest subscription.",
                month=fmt.period(first.name),
            ),
            width="stretch",
        )
        download.menu("plan-trend", Filters(currencies=(code,)), staff)
    slugs = ranked({plan for month in (first, last) for plan in month.plans})
    column = st.column_config
    columns = {
        "plan": column.TextColumn(tr("Plan"), width=120, pinned=True),
        "customers": defined.count("plan_holders", tr("Customers"), width=85),
        "mrr": defined.number("plan_mrr", tr("MRR"), width=95),
        "share": defined.share("plan_share", width=110),
        "arpa": defined.number("plan_arpa", tr("ARPA"), width=85),
        "people": defined.number("plan_holders", tr("New customers, net"), width=135, format="%+d"),
        "moved": defined.number("plan_mrr", tr("MRR change"), width=105),
        "points": defined.number("plan_share", tr("Change in points"), width=120, format="%+.1f"),
        "earlier": defined.number("plan_arpa", tr("ARPA before"), width=110),
    }
    tables.show(
        [_row(plan, first, last, code) for plan in slugs],
        columns,
        key="plan_trend",
        ids=[*slugs, first.name],
        money=("mrr", "moved", "arpa", "earlier"),
        alt=tr("Plans now and twelve months ago"),
        choose=False,
    )


def _row(plan: str, first: PlanMonth, last: PlanMonth, code: str) -> dict[str, Any]:
    was, now = first.plans.get(plan, NOBODY), last.plans.get(plan, NOBODY)
    share = now.minor / last.minor if last.minor else 0.0
    before = was.minor / first.minor if first.minor else 0.0
    return {
        "plan": called(plan),
        "customers": now.customers,
        "people": now.customers - was.customers,
        "mrr": now.minor,
        "moved": now.minor - was.minor,
        "share": share * 100,
        "points": (share - before) * 100,
        "arpa": now.arpa,
        "earlier": was.arpa,
        "currency": code,
    }
