"""What leaves MRR in the next eight weeks, and who is behind a week."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import charts, data, keeping, morning
from dashboard import format as fmt
from dashboard.language import mark, ntr, tr
from dashboard.ui import beside, defined, ending, filters, picture, tables, titles, upgrades
from lib.billing import Listing, Runway, RunwayItem, RunwayWeek

SHOWN: Final = 10


def draw(runway: Runway) -> None:
    """One bar a week; a click, or a choice above it, lists the customers behind."""
    code = runway.currency
    with st.container(border=True, height="stretch"):
        with beside.apart():
            defined.title(tr("What leaves MRR in the next eight weeks?"), "runway")
            _choice(runway)
        weeks = tuple(
            (
                week.key,
                _name(week, n),
                week.end_minor,
                week.downgrade_minor,
                week.subscriptions,
            )
            for n, week in enumerate(runway.weeks)
        )
        if not any(week[4] for week in weeks):
            st.caption(tr("Nothing is scheduled to end or to get smaller in the next eight weeks."))
        else:
            picture.chart(
                keeping.figure("ahead", lambda: charts.ahead(weeks, code), weeks, code),
                key="leaving",
                on_select=_week_chosen,
                chosen=picture.held("week"),
                alt=tr("MRR that leaves week by week. Choose a week above to list its customers."),
            )
        if said := _besides(runway):
            st.caption(said)


def _name(week: RunwayWeek, n: int) -> str:
    day = fmt.day(week.starts, data.timezone())
    return tr("This week") if n == 0 else day.rpartition(" ")[0]


def _choice(runway: Runway) -> None:
    keys = [week.key for week in runway.weeks if week.subscriptions]
    filters.maybe(tr("Any week"), "week", keys, ending.week_name)


def _week_chosen() -> None:
    picture.choose(week=picture.clicked("leaving")[0])


def _besides(runway: Runway) -> str:
    """What of the runway is in none of the bars."""
    code = runway.currency
    parts = (
        (mark("{amount} overdue"), runway.overdue_minor),
        (mark("{amount} later"), runway.later_minor),
        (mark("{amount} at a time not known"), runway.unknown_minor),
    )
    told = fmt.joined(
        tr(sentence, amount=fmt.md(fmt.money(minor, code))) for sentence, minor in parts if minor
    )
    return tr("Besides: {told}.", told=told) if told else ""


def behind(runway: Runway) -> None:
    """Who is behind the chosen week, if one is."""
    key = st.session_state.get("week")
    week = next((w for w in runway.weeks if w.key == key), None)
    if week is None:
        return
    found = morning.leaving(runway.currency, (week.starts, week.ends), SHOWN, 0)
    with st.container(border=True):
        defined.title(
            tr("Who leaves in the week of {day}?", day=fmt.day(week.starts, data.timezone())),
            "runway",
            way=titles.Way(
                tr("All that winds down"),
                "winding-down",
                (("week", ending.week_name(week.key)), ("currencies", runway.currency.upper())),
            ),
        )
        st.caption(_told(found))
        _table(found)


def _told(found: Listing[RunwayItem]) -> str:
    amounts = fmt.joined(fmt.money(part.amount_minor, part.currency) for part in found.sums)
    count = ntr("{count} subscription", "{count} subscriptions", found.total)
    values = {"count": count, "amounts": fmt.md(amounts)}
    if found.total > SHOWN:
        return tr("{count}, the {shown} largest here · {amounts} a month.", shown=SHOWN, **values)
    return tr("{count} · {amounts} a month.", **values)


def _table(found: Listing[RunwayItem]) -> None:
    zone, column = data.timezone(), st.column_config
    rows = [
        {
            "customer": str(item.name or item.email or item.customer_id),
            "what": [tr("Ends") if item.kind == "end" else tr("Downgrade")],
            "path": _path(item),
            "minor": item.minor,
            "at": fmt.moment(item.at, zone),
            "reason": fmt.words(item.reason) if item.kind == "end" else None,
            "email": item.email,
            "currency": item.currency,
        }
        for item in found.rows
    ]
    columns = {
        "customer": column.TextColumn(tr("Customer"), width=190),
        "what": tables.badge(tr("What"), width=110),
        "path": column.TextColumn(tr("Plan"), width=140),
        "minor": defined.number("runway.mrr_minor", "MRR", width=90),
        "at": column.DateColumn(tr("On"), width=110),
        "reason": column.TextColumn(tr("Reason"), width=140),
        "email": column.TextColumn(tr("E-mail"), width=220),
    }
    tables.show(
        rows,
        columns,
        key="behind",
        ids=[f"{item.subscription_id}:{item.at}" for item in found.rows],
        money=("minor",),
        alt=tr("Subscriptions that leave MRR in the chosen week"),
        on_choose=tables.remember([item.customer_id for item in found.rows]),
    )


def _path(item: RunwayItem) -> str:
    if item.kind == "end":
        return upgrades.plan(item.plan)
    return f"{upgrades.plan(item.plan)}{upgrades.ARROW}{upgrades.plan(item.to_plan)}"
