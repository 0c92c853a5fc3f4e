"""The parts of the winding-down page's first view: its cards, its filters, its table."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import partial
from typing import Final

import streamlit as st

from dashboard import data, session, winding
from dashboard import format as fmt
from dashboard.language import mark, say, tr
from dashboard.ui import defined, filters, kpis, listing, tables
from lib.billing import METRICS, Filters, Listing, Provider, Savable, WindingDownItem, provider_of

WEEK: Final = 7 * 86_400
ORDERS: Final = {
    mark("Ends soonest"): ("ends_at", False),
    mark("Largest MRR"): ("mrr_minor", True),
    mark("Asked latest"): ("requested_at", True),
    mark("Plan"): ("plan", False),
    mark("Reason"): ("reason", False),
    mark("Customer"): ("customer", False),
}
VIEWS: Final = {
    "ends": mark("What ends"),
    "saves": mark("Saved or lost"),
    "test": mark("Back-test"),
}
FOR_TOTALS: Final = "test"
"""The view that is about the company's MRR alone."""


def view(*, totals: bool) -> str:
    """Which part of the page is drawn."""
    shown = {key: name for key, name in VIEWS.items() if totals or key != FOR_TOTALS}
    return filters.switch(tr("Show"), "view", shown)


def cards(
    everything: Listing[WindingDownItem], savable: Savable, now: int, *, totals: bool
) -> list[kpis.Card]:
    """Money only for those who may see the company's totals; the others see their work."""
    weeks: defaultdict[int, int] = defaultdict(int)
    for bar in everything.bars:
        if bar.at is not None and now - WEEK < bar.at:
            weeks[bar.at] += bar.count
    shown = [
        kpis.defined("ending", fmt.number(everything.total), tr("Each can still be kept.")),
        kpis.defined(
            "savable_this_week",
            fmt.number(savable.count),
            tr("The switch of the same name above the list shows whose they are."),
            delta=_worth(savable) if totals else None,
            compared_to=tr("a month") if totals and _worth(savable) else None,
            good="neither",
        ),
        kpis.defined(
            "ending_in_four_weeks",
            fmt.number(sum(n for at, n in weeks.items() if at <= now + 3 * WEEK)),
        ),
    ]
    known = [part for part in everything.sums if part.currency]
    if totals and known:
        first, *others = sorted(known, key=lambda part: (-part.count, part.currency))
        unpriced = listing.unpriced(everything)
        notes = [tr("What counts in MRR leaves it at the end. Currencies never mix.")]
        if unpriced:
            notes.append(tr("Left out: {count} without a known price.", count=fmt.number(unpriced)))
        shown.append(
            kpis.defined(
                "winding_down",
                fmt.money_short(first.amount_minor, first.currency),
                " ".join(notes),
                label=tr("MRR that leaves"),
                delta=fmt.joined(fmt.money(p.amount_minor, p.currency) for p in others) or None,
                compared_to=tr("besides") if others else None,
                good="neither",
            )
        )
    return shown


def _worth(savable: Savable) -> str | None:
    known = [part for part in savable.sums if part.currency]
    return fmt.joined(fmt.money(part.amount_minor, part.currency) for part in known) or None


def narrowed(everything: Listing[WindingDownItem], savable: Savable) -> Filters:
    """The filter row; its state is the address."""
    choices = everything.choices
    called = partial(listing.plan_name, session.billing().catalog)
    with st.container(horizontal=True, vertical_alignment="center"):
        text = filters.text(tr("Search"), tr("Name, e-mail or id"))
        plans = filters.several(
            tr("Plan"),
            "plans",
            choices.get("plans", ()),
            called,
        )
        reasons = filters.several(tr("Reason"), "reasons", choices.get("reasons", ()), fmt.words)
        codes = filters.several(
            tr("Currency"), "currencies", choices.get("currencies", ()), str.upper
        )
        weeks = {bar.key: (bar.at, bar.until) for bar in everything.bars}
        week = filters.maybe(tr("Any week"), "week", sorted(weeks), week_name)
        last = st.toggle(
            say(METRICS["savable_this_week"].label),
            key="savable",
            help=say(METRICS["savable_this_week"].definition),
            bind="query-params",
            on_change=filters.first_page,
        )
    starts, ends = weeks.get(week or "", (None, None))
    if last:
        starts = max(starts or 0, savable.starts)
        ends = min(ends or savable.ends, savable.ends)
    return Filters(
        text=text,
        plans=plans,
        reasons=reasons,
        currencies=codes,
        starts=starts,
        ends=ends,
        bars=False,  # the chart is drawn from `ending_bars`
    )


def week_name(monday: str) -> str:
    """How the week that begins on ``monday`` is called in the filter and in the address."""
    return fmt.calendar_day(date.fromisoformat(monday))


def status(item: WindingDownItem, savable: Savable | None = None) -> list[str]:
    """The badges. Only Stripe tells of an end when it has come."""
    if not item.overdue:
        at = item.ends_at
        hurry = savable and at is not None and savable.starts <= at < savable.ends
        if hurry and item.status == "active":
            return [mark("Save this week")]
        return [*([mark("Save this week")] if hurry else []), *tables.one(item.status)]
    stripes = provider_of(item.subscription_id) is Provider.STRIPE
    return [mark("Awaiting Stripe") if stripes else mark("Ended")]


def table(page: Listing[WindingDownItem]) -> int | None:
    """One page of the list; answers the chosen row."""
    zone, catalog, savable = data.timezone(), session.billing().catalog, winding.savable()
    rows = [
        {
            "customer": listing.who(item),
            "plan": listing.plan_name(catalog, item.plan),
            "mrr": item.mrr_minor,
            "until": fmt.moment(item.save_until, zone),
            "ends": fmt.moment(item.ends_at, zone),
            "reason": fmt.words(item.feedback or item.reason),
            "comment": item.comment,
            "status": status(item, savable),
            "billed": fmt.every(item.interval, item.interval_count),
            "asked": fmt.moment(item.requested_at, zone),
            "email": item.email,
            "subscription": item.subscription_id,
            "currency": item.currency,
        }
        for item in page.rows
    ]
    column = st.column_config
    columns = {
        "customer": column.TextColumn(tr("Customer"), width=170),
        "plan": column.TextColumn(tr("Plan"), width=80),
        "mrr": defined.number("winding-down.mrr_minor", "MRR", width=80),
        "until": column.DateColumn(
            tr("Last day to save"),
            help=tr(
                "The last day on which the end can be undone, in the business time zone: by the "
                "customer in the portal, or in Stripe. Empty: it is too late."
            ),
            width=125,
        ),
        "ends": column.DatetimeColumn(tr("Ends on"), width=135),
        "status": tables.badge(tr("Status"), width=115),
        "reason": column.TextColumn(tr("Reason"), width=125),
        "comment": column.TextColumn(tr("Comment"), width=171),
        "billed": column.TextColumn(tr("Billed"), width=100),
        "asked": column.DateColumn(tr("Asked on"), width=105),
        "email": column.TextColumn(tr("E-mail"), width=200),
        "subscription": column.TextColumn(tr("Subscription"), width=150),
    }
    return tables.show(
        rows,
        columns,
        key="winding_down",
        ids=[item.subscription_id for item in page.rows],
        money=("mrr",),
        alt=tr("Subscriptions that are winding down"),
    )
