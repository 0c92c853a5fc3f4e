"""Who moved between plans: the filters, the list and its file."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard import data, mixed
from dashboard import format as fmt
from dashboard.language import ntr, tr
from dashboard.session import Staff
from dashboard.ui import defined, download, filters, listing, tables, titles
from dashboard.ui.plan_names import way
from lib.billing import Listing, Lookback, MoveFilters, MoveItem, PlanMoves


def draw(found: PlanMoves, code: str, span: Lookback, staff: Staff) -> None:
    """Of one currency and of ``span``."""
    titles.draw(tr("Who moved?"))
    if not found.moves:
        st.caption(tr("Nobody moved in this period."))
        return
    by_key = {move.key: move for move in found.moves}
    with st.container(horizontal=True, vertical_alignment="center"):
        text = filters.text(tr("Search"), tr("Name, e-mail or id"))
        key = filters.maybe(
            tr("Any move"),
            "move",
            sorted(by_key, key=lambda k: -by_key[k].customers),
            lambda k: way(by_key[k].was, by_key[k].now),
        )
    chosen = by_key.get(key or "")
    wanted = MoveFilters(
        text=text,
        currencies=(code,),
        starts=span.starts,
        ends=span.ends,
        move=(chosen.was, chosen.now) if chosen else None,
    )
    went = (chosen,) if chosen else found.moves
    total, delta = sum(move.customers for move in went), sum(move.delta for move in went)
    if text:
        whole = mixed.movers(replace(wanted, limit=1))
        total, delta = whole.total, sum(part.amount_minor for part in whole.sums)
    if not total:
        filters.nothing(tr("No move matches these filters."))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_found(total, delta, code), width="stretch")
        download.menu("plan-moves", wanted, staff)
    place = st.container()
    page = mixed.movers(replace(wanted, limit=tables.PAGE_SIZE, offset=tables.pager(total)))
    with place:
        _table(page)


def _found(total: int, delta: int, code: str) -> str:
    moved = ntr("{count} move", "{count} moves", total)
    found = fmt.joined((moved, fmt.signed(delta, code)))
    return tr("{found}. Choose a row to open its customer.", found=found)


def _table(page: Listing[MoveItem]) -> None:
    zone, column = data.timezone(), st.column_config
    rows = [
        {
            "customer": listing.who(item),
            "path": way(item.was, item.now),
            "before": item.before_minor or None,
            "after": item.after_minor or None,
            "delta": item.after_minor - item.before_minor,
            "on": fmt.moment(item.moved_at, zone),
            "currency": item.currency,
        }
        for item in page.rows
    ]
    columns = {
        "customer": column.TextColumn(tr("Customer"), width=180),
        "path": column.TextColumn(tr("From → to"), width=170),
        "delta": defined.number("plan-moves.delta_minor", tr("MRR change"), width=100),
        "before": defined.number("plan-moves.before_minor", tr("Before"), width=85),
        "after": defined.number("plan-moves.after_minor", tr("After"), width=85),
        "on": column.DateColumn(
            tr("Last moved on"),
            width=120,
            help=tr("The customer's last movement in the period."),
        ),
    }
    tables.show(
        rows,
        columns,
        key="movers",
        ids=[f"{item.customer_id}:{item.was}:{item.now}" for item in page.rows],
        money=("before", "after", "delta"),
        alt=tr("Who moved, the largest change of MRR first"),
        on_choose=tables.remember([item.customer_id for item in page.rows]),
    )
