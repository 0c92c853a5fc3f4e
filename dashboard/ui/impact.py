"""Whom another catalogue would reach: everybody compared with a candidate, in the background."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from dashboard import data, session
from dashboard import format as fmt
from dashboard.language import mark, tr
from dashboard.session import Staff
from dashboard.ui import candidate, defined, notes, tables
from lib.billing import ImpactKind, ImpactRow, ImpactRun, Permission

_SHOWN_WITHOUT_TOTALS: Final = 25

_SORTS: Final = {
    "plan": mark("Plan"),
    "unresolved": mark("Plan unresolved"),
    "access": mark("Access"),
    "loses": mark("Loses"),
    "gains": mark("Gains"),
    "limit": mark("Limit"),
}
"""Sort of a change → the word of its badge."""


def draw(staff: Staff) -> None:
    """The candidate, what is amiss in it, and whom it changes."""
    defined.title(tr("Whom would another catalogue reach?"), "impact_customers")
    st.caption(
        tr(
            "Paste a candidate, or begin with the file as it is and change it. Every customer's "
            "history is folded with it and compared with what they have today. Nothing is written."
        )
    )
    candidate.form()
    tried = candidate.last()
    if tried is not None:
        candidate.said(tried)
        if tried.key is not None:
            _followed(tried.key, staff)


def _followed(key: str, staff: Staff) -> None:
    run = session.billing().impact_run(key)
    under_way = run is not None and run.state in ("waiting", "running")
    st.fragment(_progress, run_every="1s" if under_way else None)(key, staff)


@notes.calmly
def _progress(key: str, staff: Staff) -> None:
    session.check(Permission.CUSTOMERS, by_itself=True)
    run = session.billing().impact_run(key)
    if run is None:
        told = tr("This comparison is no longer kept: compare again.")
        st.info(told, icon=":material/history:")
        return
    watched = st.session_state.setdefault("impact_watched", set())
    if run.state in ("waiting", "running"):
        watched.add(key)
        _under_way(run)
        return
    if key in watched:
        watched.discard(key)
        st.rerun()
    match run.state:
        case "stopped":
            st.info(tr("Stopped. Nothing was found out."), icon=":material/stop_circle:")
        case "failed":
            st.error(fmt.md(run.trouble), icon=":material/error:")
        case _:
            _found(run, staff)


def _under_way(run: ImpactRun) -> None:
    said = tr("Waiting for another candidate to get through …")
    if run.state == "running":
        done = f"{run.share * 100:.0f}"
        said = tr("Folding everybody with the candidate: {done}%", done=done)
        if run.left:
            said = tr(
                "Folding everybody with the candidate: {done}%, about {span} left",
                done=done,
                span=fmt.span(run.left),
            )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.progress(run.share, text=said)
        st.button(
            tr("Stop"),
            key="impact_stop",
            icon=":material/stop_circle:",
            on_click=session.billing().stop_impact,
            args=(run.key,),
        )


def _found(run: ImpactRun, staff: Staff) -> None:
    totals = staff.may(Permission.TOTALS)
    if not run.changed:
        told = (
            tr(
                "Nothing changes for any of {customers} customers.",
                customers=fmt.number(run.customers),
            )
            if totals
            else tr("Nothing changes for anybody.")
        )
        st.success(told, icon=":material/check_circle:")
    elif totals:
        st.warning(f"**{fmt.md(run.sentence)}**", icon=":material/groups:")
    else:
        st.warning(f"**{fmt.md(_uncounted(run))}**", icon=":material/groups:")
    at = fmt.clock(run.at, data.timezone())
    if data.freshness().watermark != run.watermark:
        st.caption(
            tr("Compared {when}. Events have arrived since: compare again to be sure.", when=at)
        )
    else:
        st.caption(tr("Compared {when}.", when=at))
    if not run.changed:
        return
    if totals:
        _kinds(run)
    _rows(run, totals)


def _uncounted(run: ImpactRun) -> str:
    """The kinds of changes, for those who may not know of how many customers."""
    said = list(dict.fromkeys(_uncounted_kind(kind) for kind in run.kinds))
    return tr(
        "For some customers: {changes}.", changes=f"{', '.join(said[:8])}{' …' if said[8:] else ''}"
    )


def _uncounted_kind(kind: ImpactKind) -> str:
    match kind.sort:
        case "plan":
            return f"plan {kind.words}"
        case "limit":
            return f"limit of {kind.words}"
        case _:
            return f"{kind.words[:1].lower()}{kind.words[1:]}"


def _kinds(run: ImpactRun) -> None:
    tables.show(
        [
            {"sort": [tr(_SORTS[kind.sort])], "words": kind.words, "customers": kind.customers}
            for kind in run.kinds
        ],
        {
            "sort": tables.badge(tr("Change"), width=130),
            "words": st.column_config.TextColumn(tr("What"), width=360),
            "customers": defined.count("impact_customers", tr("Customers"), width=110),
        },
        key="impact_kinds",
        ids=[f"{kind.sort}:{kind.words}" for kind in run.kinds],
        alt=tr("Kinds of changes and how many customers each reaches"),
        choose=False,
    )


def _rows(run: ImpactRun, totals: bool) -> None:
    question = tr("Who changes?")
    st.markdown(f"**{question}**")
    if not totals:
        shown, offset = run.rows[:_SHOWN_WITHOUT_TOTALS], 0
        st.caption(
            tr(
                "At most the first {shown}; how many there are is for those who see company "
                "totals. Choose a row to open its customer.",
                shown=_SHOWN_WITHOUT_TOTALS,
            )
        )
    else:
        st.caption(
            tr(
                "The first {shown} of {changed}; portside catalog impact --format csv names "
                "everybody. Choose a row to open its customer.",
                shown=fmt.number(len(run.rows)),
                changed=fmt.number(run.changed),
            )
            if run.changed > len(run.rows)
            else tr("Choose a row to open its customer.")
        )
    place = st.container()
    if totals:
        offset = tables.pager(len(run.rows))
        shown = run.rows[offset : offset + tables.PAGE_SIZE]
    with place:
        chosen = _table(shown, run)
    if chosen is not None:
        tables.open_customer(shown[chosen].customer_id)


def _table(rows: tuple[ImpactRow, ...], run: ImpactRun) -> int | None:
    column: Any = st.column_config
    columns = {
        "customer": column.TextColumn(tr("Customer"), width=270),
        "before": column.TextColumn(tr("Plan today"), width=100),
        "after": column.TextColumn(tr("Plan then"), width=100),
        "lost": column.TextColumn(tr("Loses"), width=190),
        "gained": column.TextColumn(tr("Gains"), width=190),
        "limits": column.TextColumn(tr("Limits"), width=170),
        "access": column.TextColumn(tr("Access"), width=90),
    }
    return tables.show(
        [
            {
                "customer": row.who,
                "before": run.names.get(row.from_plan, row.from_plan),
                "after": tr("Unresolved")
                if row.unresolved
                else run.names.get(row.to_plan, row.to_plan),
                "lost": row.lost or None,
                "gained": row.gained or None,
                "limits": row.limits or None,
                "access": tr(row.access.capitalize()) if row.access else None,
            }
            for row in rows
        ],
        columns,
        key="impact_rows",
        ids=[row.customer_id for row in rows],
        alt=tr("Customers whom the candidate changes"),
        sparse=True,
    )
