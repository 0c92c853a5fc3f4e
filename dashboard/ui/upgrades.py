"""The list of upgrades: its choices, its filters, its table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard import data, morning, session
from dashboard import format as fmt
from dashboard.language import mark, tr
from dashboard.ui import defined, filters, listing, tables
from lib.billing import (
    CHANGES,
    ChangeItem,
    Listing,
    Lookback,
    PlanPath,
    UpgradeFilters,
    UpgradeItem,
)

SPANS: Final = {
    "30d": mark("Last 30 days"),
    "90d": mark("Last 90 days"),
    "12m": mark("Last 12 months"),
}
KINDS: Final = {
    "expansion": mark("Expansion"),
    "new": mark("First payment"),
    "reactivation": mark("Reactivation"),
    "contraction": mark("Contraction"),
}
"""Kind of movement → what it is called where only upgrades are shown."""
LEVEL: Final = mark("No change of MRR")
BEGAN: Final = mark("Began to pay")
NO_PLAN: Final = fmt.UNKNOWN
ARROW: Final = " → "


def period(default: str | None = None) -> Lookback:
    """The stretch of time that the page looks back on; its state is the address.

    ``default`` or the first to begin with.
    """
    by_key = {span.key: span for span in morning.lookbacks()}
    words = {key: _span_name(key) for key in by_key}
    begin = default or next(iter(by_key))
    chosen = filters.pick(tr("Period"), "period", words, begin, width=185, icon="calendar_month")
    return by_key[chosen]


def _span_name(key: str) -> str:
    return tr(SPANS[key]) if key in SPANS else fmt.period(key)


def month_chosen(name: str) -> None:
    """A month of a chart becomes the period, where the list goes back that far."""
    by_name = {fmt.period(key): key for key in _keys() if key not in SPANS}
    st.session_state["period"] = by_name.get(name)
    filters.first_page()


def _keys() -> list[str]:
    return [span.key for span in morning.lookbacks()]


def change_name(told: str) -> str:
    """What changed, in words. Nobody changed the price of who began to pay for a trial."""
    return tr(BEGAN) if told == "began" else fmt.words(told)


def plan(slug: str | None) -> str:
    """The catalogue's name; a dash for none."""
    return session.billing().catalog.plan(slug).name if slug else NO_PLAN


def path_key(path: PlanPath) -> str:
    return f"{path.from_plan or ''}:{path.to_plan or ''}"


def path_name(path: PlanPath) -> str:
    """From → to; one name where the plan stays."""
    if path.from_plan == path.to_plan:
        return tr("Within {plan}", plan=plan(path.to_plan))
    return f"{plan(path.from_plan)}{ARROW}{plan(path.to_plan)}"


def narrowed(everything: UpgradeFilters, cells: Sequence[PlanPath]) -> UpgradeFilters:
    """The filter row; its state is the address."""
    by_key = {path_key(cell): cell for cell in cells}
    plans = sorted({cell.to_plan for cell in cells if cell.to_plan})
    with st.container(horizontal=True, vertical_alignment="center"):
        text = filters.text(tr("Search"), tr("Name, e-mail or id"))
        changes = filters.several(tr("What changed"), "changes", CHANGES, change_name)
        to = filters.several(tr("To plan"), "plans", plans, plan)
        key = filters.maybe(tr("Any path"), "path", list(by_key), lambda k: path_name(by_key[k]))
    path = by_key.get(key or "")
    return UpgradeFilters(
        text=text,
        currencies=everything.currencies,
        starts=everything.starts,
        ends=everything.ends,
        changes=changes,
        plans=to,
        path=(path.from_plan, path.to_plan) if path else None,
    )


def table(page: Listing[UpgradeItem], *, brief: bool = False, key: str = "upgrades") -> None:
    """One page of upgrades, ``brief`` without what only a search needs. A chosen row is opened by
    `tables.open_remembered`."""
    zone, column = data.timezone(), st.column_config
    rows = [
        {
            "when": fmt.moment(item.occurred_at, zone),
            "customer": listing.who(item),
            "path": steps(item),
            "change": [change_name(item.told)],
            "delta": item.delta_minor,
            "kind": [tr(KINDS[item.kind] if item.kind else LEVEL)],
            "email": item.email,
            "subscription": item.subscription_id,
            "currency": item.currency,
        }
        for item in page.rows
    ]
    columns: dict[str, object] = {
        "customer": column.TextColumn(tr("Customer"), width=175),
        "delta": defined.number("upgrades.delta_minor", tr("MRR change"), width=90),
        "path": column.TextColumn(tr("From → to"), width=165),
        "change": tables.badge(tr("What changed"), width=105),
        "when": column.DateColumn(tr("On"), width=100),
        "kind": tables.badge(tr("Kind"), width=115),
    }
    if not brief:
        columns["email"] = column.TextColumn(tr("E-mail"), width=250)
        columns["subscription"] = column.TextColumn(tr("Subscription"), width=150)
    tables.show(
        rows,
        columns,
        key=key,
        ids=[
            f"{item.subscription_id}:{item.customer_id}:{item.occurred_at}:{item.currency}"
            for item in page.rows
        ],
        money=("delta",),
        alt=tr("Upgrades, the newest first"),
        on_choose=tables.remember([item.customer_id for item in page.rows]),
    )


def steps(item: UpgradeItem | ChangeItem) -> str:
    """From → to; the intervals too where the plan stays the same and they do not."""
    before, after = plan(item.from_plan), plan(item.to_plan)
    if before == after and item.from_interval == item.to_interval:
        return after
    if before == after:
        was = fmt.every_named(item.from_interval) if item.from_interval else NO_PLAN
        now = fmt.every_named(item.to_interval) if item.to_interval else NO_PLAN
        return f"{after}: {fmt.inside(was)}{ARROW}{fmt.inside(now)}"
    return f"{before}{ARROW}{after}"
