"""The months of the Month close page: their key numbers, their seals, and the list."""

from __future__ import annotations

from datetime import date
from typing import Final

import streamlit as st

from dashboard import data, kept, session
from dashboard import format as fmt
from dashboard.language import mark, ntr, tr
from dashboard.session import Staff
from dashboard.ui import defined, kpis, tables, titles
from lib.billing import CloseOverview, MonthItem, MonthMoney, Permission, SealState

STATES: Final = {"closed": mark("Closed"), "open": mark("Open"), "running": mark("Not over")}
MONTHS: Final = (
    mark("January"),
    mark("February"),
    mark("March"),
    mark("April"),
    mark("May"),
    mark("June"),
    mark("July"),
    mark("August"),
    mark("September"),
    mark("October"),
    mark("November"),
    mark("December"),
)
MOST: Final = 24
"""Months that are listed without scrolling."""
NOTHING: Final = MonthMoney("", 0, 0, 0)


def name(month: str) -> str:
    """``2026-10`` → October 2026."""
    number = date.fromisoformat(f"{month}-01")
    return tr("{month} {year}", month=tr(MONTHS[number.month - 1]), year=number.year)


def currencies(view: CloseOverview) -> list[str]:
    """The currencies of all months, the one with most MRR in the latest month first."""
    latest = {money.currency: money.closing_now_minor for money in view.months[0].money}
    codes = {money.currency for item in view.months for money in item.money}
    return sorted(codes, key=lambda code: (-latest.get(code, 0), code))


def of(item: MonthItem, currency: str) -> MonthMoney:
    """The month in one currency; zeros where it has none."""
    return next((money for money in item.money if money.currency == currency), NOTHING)


def cards(view: CloseOverview, currency: str) -> list[kpis.Card]:
    closed = [item for item in view.months if item.state == "closed"]
    restated = sum(of(item, currency).restated_minor for item in closed)
    rows = sum(of(item, currency).restatements for item in closed)
    open_points = [point for point in view.points if point.count]
    made = [
        kpis.defined(
            "closed_months",
            fmt.number(len(closed)),
            delta=tr("up to {month}", month=fmt.period(closed[0].month)) if closed else None,
            good="neither",
        ),
        kpis.defined(
            "restated",
            fmt.signed(restated, currency) if restated else fmt.money(0, currency),
            delta=ntr("{count} restatement", "{count} restatements", rows) if rows else None,
        ),
    ]
    if view.choices:
        blocking = sum(point.blocks for point in open_points)
        made.append(
            kpis.defined(
                "open_points",
                fmt.number(len(open_points)),
                delta=tr("{count} to settle first", count=fmt.number(blocking))
                if blocking
                else None,
                compared_to=fmt.period(view.choices[0]),  # a phone has no room for its whole name
                good="neither",
            )
        )
    return made


def verdict(view: CloseOverview, staff: Staff) -> None:
    """Whether what was signed still stands, and the button that looks at every movement too."""
    if not view.seals.months and view.seals.broken is None:
        return
    with st.container(border=True, key="seals", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            place = st.container(gap="xsmall", width="stretch")
            pressed = st.button(
                tr("Check every movement"),
                key="check_closes",
                icon=":material/rule:",
                help=tr(
                    "Reckons the seal of each closed month anew from its frozen movements, "
                    "customer by customer. Beside this, each look follows the seals of the months."
                ),
            )
        found = view.seals
        if pressed:
            person = session.check(Permission.MONEY)
            with st.spinner(tr("Following the seals …")):
                found = session.billing().check_closes(staff=person.email, roles=person.roles)
        with place:
            _told(found)


def _told(found: SealState) -> None:
    if found.broken is not None:
        st.badge(tr("A seal is broken"), icon=":material/link_off:", color="red")
        st.markdown(
            f"**{fmt.md(found.broken[:1].upper() + found.broken[1:])}.** "
            + ntr(
                "{count} month before it holds. Compare with a backup.",
                "{count} months before it hold. Compare with a backup.",
                found.months,
            )
        )
        return
    what = tr("Seals and movements hold") if found.rows else tr("Seals hold")
    st.badge(what, icon=":material/verified_user:", color="green")
    st.caption(
        ntr(
            "{count} month under a seal, {seal}…: written down elsewhere, it proves later that "
            "nothing was changed.",
            "{count} months, each sealed by a hash over the one before. The last seal is {seal}…: "
            "written down elsewhere, it proves later that nothing before it was changed.",
            found.months,
            seal=found.hash[:16],
        )
    )


def months(view: CloseOverview, currency: str) -> str | None:
    """Every month, the latest first; answers the closed one that the address names, else the last
    that was closed."""
    listed = view.months
    names = [item.month for item in listed]
    closed = [item.month for item in listed if item.state == "closed"]
    wanted = kept.params().get("month") or (closed[0] if closed else "")
    titles.draw(tr("Which months are signed?"))
    if closed:
        st.caption(
            tr(
                "Choose a closed month to see it beside today. What was before {month} is its "
                "opening balance.",
                month=name(closed[-1]),
            )
        )

    def choose(index: int | None) -> None:
        if index is None:
            kept.params().pop("month", None)
        else:
            kept.params()["month"] = names[index]

    _table(listed, currency, names.index(wanted) if wanted in names else None, choose)
    return wanted if wanted in closed else None


def _table(
    listed: tuple[MonthItem, ...], currency: str, chosen: int | None, choose: object
) -> None:
    zone, column = data.timezone(), st.column_config
    tables.show(
        [_row(item, of(item, currency), currency, zone) for item in listed],
        {
            "month": column.TextColumn(tr("Month"), width=115),
            "state": tables.badge(tr("State"), width=110),
            "opening": defined.number("mrr", tr("Opening MRR")),
            "closing": defined.number("mrr", tr("Closing MRR")),
            "restated": defined.number(
                "restated", tr("Restated"), more=tr("Compared every five minutes.")
            ),
            "today": defined.number(
                "closing_mrr",
                tr("Closing today"),
                more=tr("As it is known today, with the restatements of earlier months."),
            ),
            "closed": column.DatetimeColumn(tr("Closed"), width=130),
            "staff": column.TextColumn(tr("By"), width=170),
            "seal": column.TextColumn(
                tr("Seal"), width=110, help=tr("The first letters of its hash.")
            ),
        },
        key="months",
        ids=[f"{item.month}:{item.state}" for item in listed],
        money=("opening", "closing", "restated", "today"),
        alt=tr("Months, the latest first"),
        chosen=chosen,
        on_choose=choose,  # type: ignore[arg-type]
        most=MOST,
        sparse=True,
    )


def _row(item: MonthItem, money: MonthMoney, currency: str, zone: str) -> dict[str, object]:
    is_closed = item.state == "closed"
    return {
        "month": name(item.month),
        "state": [STATES[item.state]],
        "currency": currency,
        "opening": money.opening_minor,
        "closing": money.closing_minor,
        "restated": money.restated_minor if is_closed else None,
        "today": money.closing_now_minor if is_closed else None,
        "closed": fmt.moment(item.closed_at, zone),
        "staff": item.staff,
        "seal": item.hash[:12] if item.hash else None,
    }
