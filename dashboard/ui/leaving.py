"""Who left and why: causes, reasons, parts of the customers, and the customers themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import streamlit as st

from dashboard import charts, data, keeping, session
from dashboard import format as fmt
from dashboard.language import mark, ntr, tr
from dashboard.session import Staff
from dashboard.ui import defined, filters, listing, picture, tables, titles
from lib.billing import ChurnedItem, ChurnPart, ChurnPeriod, Filters, Listing

CAUSES: Final = ("voluntary", "involuntary", "unknown")
DIMENSIONS: Final = {
    "plan": mark("Plan"),
    "interval": mark("Billed"),
    "stay": mark("Length of stay"),
}
NARROWED_BY: Final = {"plan": "plans", "interval": "intervals", "stay": "stays"}
ORDERS: Final = {
    mark("Left latest"): ("left_at", True),
    mark("Largest MRR"): ("mrr_minor", True),
    mark("Plan"): ("plan", False),
    mark("Reason"): ("reason", False),
    mark("Customer"): ("customer", False),
}


def draw(period: ChurnPeriod, staff: Staff) -> None:
    """Three charts that narrow the list beneath them."""
    if period.churned:
        with st.grid(2, min_column_width=320, gap="small"):
            _causes(period)
            _reasons(period)
    _parts(period)
    if not period.churned:
        st.caption(tr("Nobody left in {period}.", period=fmt.period(period.name)))
        return
    titles.draw(tr("Who left in {period}?", period=fmt.period(period.name)))
    wanted = _narrowed(period)
    listing.draw("churned", data.churned, wanted, table, staff, noun="customer", orders=ORDERS)


def _causes(period: ChurnPeriod) -> None:
    counts = {"voluntary": period.voluntary, "involuntary": period.involuntary}
    counts["unknown"] = period.unknown
    rows = tuple(
        (cause, _cause_name(cause), float(counts[cause]), _of(counts[cause], period.churned))
        for cause in CAUSES
    )
    with st.container(border=True, height="stretch"):
        defined.title(tr("Whose decision was it?"), *(f"{cause}_churn" for cause in CAUSES))
        _ranked(
            "causes",
            rows,
            charts.CHURN,
            tr("Customers who left by cause. Choose one below to list its customers."),
        )


def _reasons(period: ChurnPeriod) -> None:
    ranked = sorted(period.reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    rows = tuple(
        (reason, _reason_name(reason), float(count), _of(count, period.churned))
        for reason, count in ranked
    )
    with st.container(border=True, height="stretch"):
        defined.title(tr("What did they say?"), "churn_reason")
        _ranked(
            "reasons",
            rows,
            charts.CONTRACTION,
            tr("Customers who left by reason. Choose one below to list its customers."),
        )


def _ranked(
    name: str, rows: tuple[tuple[str, str, float, str], ...], colour: str, alt: str
) -> None:
    picture.chart(
        keeping.figure(f"churn_{name}", lambda: charts.ranked(rows, colour, None), rows, colour),
        key=f"{name}_chart",
        on_select=partial(_chosen, f"{name}_chart", name),
        chosen=picture.held(name),
        alt=alt,
    )


def _parts(period: ChurnPeriod) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            defined.title(tr("Which customers left?"), "part_churn")
            dimension: Any = filters.switch(tr("Divided by"), "part", DIMENSIONS)
        parts = data.churn_parts(dimension, period.currency, period.starts, period.ends)
        if not parts:
            st.caption(tr("There were no customers at the start of the period."))
            return
        named = _names(dimension)
        rows = tuple(
            (part.name, named(part.name), part.churn.value or 0.0, _part_words(part))
            for part in parts
        )
        picture.chart(
            keeping.figure("churn_parts", lambda: charts.shares(rows, charts.CHURN), rows),
            key=f"parts_{dimension}",
            on_select=partial(_chosen, f"parts_{dimension}", NARROWED_BY[dimension]),
            chosen=picture.held(NARROWED_BY[dimension]),
            alt=tr(
                "Share of customers at the start who left, by part. The list below can be narrowed "
                "to one."
            ),
        )


def _names(dimension: str) -> Callable[[str], str]:
    if dimension == "plan":
        return partial(listing.plan_name, session.billing().catalog)
    if dimension == "interval":
        return lambda name: fmt.every_named(name) if name else tr("Unknown")
    return fmt.words


def _part_words(part: ChurnPart) -> str:
    return fmt.joined(
        (
            fmt.share(part.churn.value),
            tr(
                "{count} of {whole}",
                count=fmt.number(part.lost),
                whole=fmt.number(part.customers),
            ),
            tr("small sample") if part.churn.small else None,
        )
    )


def _chosen(chart: str, key: str) -> None:
    picture.choose(**{key: picture.clicked(chart)[:1]})


def _narrowed(period: ChurnPeriod) -> Filters:
    """The filter row; its state is the address."""
    span = Filters(currencies=(period.currency,), starts=period.starts, ends=period.ends, limit=1)
    choices = data.churned(span).choices
    plan_name = partial(listing.plan_name, session.billing().catalog)
    with st.container(horizontal=True, vertical_alignment="center"):
        text = filters.text(tr("Search"), tr("Name, e-mail or id"))
        causes = _several(tr("Cause"), "causes", CAUSES, _cause_name)
        reasons = _several(tr("Reason"), "reasons", choices.get("reasons", ()), _reason_name)
        plans = _several(tr("Plan"), "plans", choices.get("plans", ()), plan_name)
        intervals = _several(
            tr("Billed"), "intervals", choices.get("intervals", ()), fmt.every_named
        )
        stays = _several(
            tr("Stayed"),
            "stays",
            ("under_90_days", "90_days_to_1_year", "1_to_2_years", "over_2_years", "joined_since"),
            fmt.words,
        )
    return Filters(
        text=text,
        causes=causes,
        reasons=reasons,
        plans=plans,
        intervals=intervals,
        stays=stays,
        currencies=(period.currency,),
        starts=period.starts,
        ends=period.ends,
    )


def _several(
    label: str, key: str, options: Sequence[str], spelled: Callable[[str], str]
) -> tuple[str, ...]:
    """What another period knows and this one does not is dropped."""
    held = st.session_state.get(key)
    if held and any(value not in options for value in held):
        st.session_state[key] = [value for value in held if value in options]
    return filters.several(label, key, options, spelled)


def table(page: Listing[ChurnedItem]) -> int | None:
    """One page of the list; answers the chosen row."""
    zone, catalog = data.timezone(), session.billing().catalog
    rows = [
        {
            "customer": listing.who(item),
            "left": fmt.moment(item.left_at, zone),
            "plan": listing.plan_name(catalog, item.plan),
            "mrr": item.mrr_minor,
            "cause": _cause_name(item.cause),
            "reason": _reason_name(item.feedback or item.reason or "unknown"),
            "comment": item.comment,
            "billed": fmt.every_named(item.interval) if item.interval else fmt.UNKNOWN,
            "joined": fmt.moment(item.joined_at, zone),
            "back": fmt.moment(item.back_at, zone),
            "email": item.email,
            "subscription": item.subscription_id,
            "currency": item.currency,
        }
        for item in page.rows
    ]
    column = st.column_config
    columns: dict[str, Any] = {
        "customer": column.TextColumn(tr("Customer"), width=170),
        "left": column.DateColumn(tr("Left on"), width=100),
        "plan": column.TextColumn(tr("Plan"), width=80),
        "mrr": defined.number("churned.mrr_minor", tr("MRR"), width=80),
        "cause": column.TextColumn(tr("Cause"), width=100),
        "reason": column.TextColumn(tr("Reason"), width=130),
        "comment": column.TextColumn(tr("Comment"), width=240),
        "billed": column.TextColumn(tr("Billed"), width=100),
        "joined": column.DateColumn(tr("First MRR on"), width=110),
        "back": column.DateColumn(tr("Back since"), width=105),
        "email": column.TextColumn(tr("E-mail"), width=200),
        "subscription": column.TextColumn(tr("Subscription"), width=150),
    }
    return tables.show(
        rows,
        columns,
        key="churned",
        ids=[f"{item.customer_id}:{item.left_at}" for item in page.rows],
        money=("mrr",),
        alt=tr("Customers who left"),
        sparse=True,
    )


def _of(count: int, whole: int) -> str:
    return ntr(
        "{count} customer of {whole}",
        "{count} customers of {whole}",
        count,
        whole=fmt.number(whole),
    )


def _cause_name(cause: str) -> str:
    return tr("Unknown") if cause == "unknown" else fmt.words(cause)


def _reason_name(reason: str) -> str:
    return tr("No reason given") if reason == "unknown" else fmt.words(reason)
