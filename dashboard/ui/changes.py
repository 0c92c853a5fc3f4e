"""What changed since somebody was last here: a strip on the overview, a dialog anywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import streamlit as st

from dashboard import addressed, data, navigation, session, visits
from dashboard import format as fmt
from dashboard.language import mark, ntr, tr
from dashboard.session import Staff
from dashboard.ui import defined, listing, notes, tables, upgrades
from lib.billing import Change, ChangeItem, Changes, Listing, Permission

ICONS: Final = {
    "new": ":material/person_add:",
    "reactivation": ":material/person_check:",
    "expansion": ":material/trending_up:",
    "contraction": ":material/trending_down:",
    "churn": ":material/person_remove:",
    "switched": ":material/currency_exchange:",
    "scheduled": ":material/event_busy:",
    "withdrawn": ":material/event_repeat:",
    "failed": ":material/credit_card_off:",
    "recovered": ":material/credit_score:",
    "drift": ":material/sync_problem:",
    "resolved": ":material/published_with_changes:",
    "closed": ":material/event_available:",
}
OWED: Final = frozenset({"failed", "recovered"})
"""Groups whose money is an amount, and not what it does to MRR."""
ELSEWHERE: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "drift": ("sync", {}),
    "resolved": ("sync", {}),
    "closed": ("close", {}),
}
"""Groups without customers → the page that has their rows."""
AMOUNTS: Final = {
    "scheduled": mark("MRR to leave"),
    "withdrawn": mark("MRR kept"),
    "failed": mark("Left to pay"),
    "recovered": mark("Paid"),
}
EACH: Final = 10
QUESTION: Final = mark("What changed since you were last here?")
RULES: Final = mark(
    "Told by when it took effect at Stripe, and counted every five minutes. A visit ends when half "
    "an hour passes without a click."
)


@st.fragment
@notes.calmly
def strip(staff: Staff) -> None:
    """On the overview. Nothing is said where nothing happened."""
    session.check(Permission.CUSTOMERS)
    tables.open_remembered()
    since = visits.since()
    if since is None:
        st.caption(
            tr(
                "This is your first visit. From the next one on, what has changed since then "
                "stands here."
            )
        )
        return
    with st.skeleton(height=120):
        found = visits.changes(since, staff)
    if found.groups:
        with st.container(border=True):
            defined.title(tr(QUESTION), *_metrics(found), more=tr(RULES))
            _draw(found, staff, "strip")


def line(staff: Staff) -> None:
    """In the sidebar of every other page: the way to the same, whoever sees no overview too."""
    since = visits.since()
    if since is None:
        return
    if st.button(
        tr("Since you were last here"),
        key="since_open",
        icon=":material/history:",
        type="tertiary",
        help=tr("What has changed since {time}.", time=fmt.clock(since, data.timezone())),
    ):
        st.session_state["since_wanted"] = True


def open_wanted(staff: Staff) -> None:
    """The dialog, where the line was chosen: a dialog does not belong into the sidebar."""
    if st.session_state.pop("since_wanted", False):
        st.dialog(tr(QUESTION), width="large", icon=":material/history:")(_dialog)(staff)


@notes.calmly
def _dialog(staff: Staff) -> None:
    session.check(Permission.CUSTOMERS)
    tables.open_remembered()
    since = visits.since()
    if since is None:
        return
    found = visits.changes(since, staff)
    if not found.groups:
        notes.empty(tr("Nothing has changed since {time}.", time=fmt.clock(since, data.timezone())))
        return
    _draw(found, staff, "dialog")


def _metrics(found: Changes) -> Iterator[str]:
    yield from (f"since_{group.group}" for group in found.groups)


def _draw(found: Changes, staff: Staff, place: str) -> None:
    zone = data.timezone()
    told = tr(
        "Since {time}, {age} ago.",
        time=fmt.clock(found.since, zone),
        age=fmt.span(found.now - found.since),
    )
    if found.moved:
        amounts = fmt.joined(fmt.signed(part.amount_minor, part.currency) for part in found.moved)
        moved = tr("MRR moved by {amounts}.", amounts=amounts)
        told = f"{told} {moved}"
    st.caption(fmt.md(told), help=tr(RULES) if place == "dialog" else None)
    groups = {group.group: group for group in found.groups}
    chosen = st.pills(
        tr("Choose what to list"),
        list(groups),
        format_func=lambda name: _pill(groups[name]),
        key=f"since_{place}",
        label_visibility="collapsed",
        on_change=_first_page,
    )
    if chosen in ELSEWHERE:
        _elsewhere(found, chosen)
    elif chosen:
        _rows(found, groups[chosen], staff)


def _first_page() -> None:
    if "since_page" in st.session_state:
        st.session_state["since_page"] = 1


def _pill(group: Change) -> str:
    """What and how often, with what it did to MRR for those who see totals."""
    sums = [
        fmt.money(part.amount_minor, part.currency)
        if group.group in OWED
        else fmt.signed(part.amount_minor, part.currency)
        for part in group.sums
    ]
    if group.sums and group.unknown:
        sums.append(tr("{count} without a known price", count=fmt.number(group.unknown)))
    named = f"{defined.label(f'since_{group.group}')} {fmt.number(group.count)}"
    return f"{ICONS[group.group]} {fmt.joined((named, *sums))}"


def _elsewhere(found: Changes, group: str) -> None:
    slug, query = ELSEWHERE[group]
    row = navigation.BY_SLUG[slug]
    if group == "closed":
        months = ", ".join(fmt.period(month) for month in found.months)
        st.caption(tr("Closed: {months}.", months=months))
    st.page_link(
        str(row.file),
        label=tr("Open {page}", page=tr(row.title)),
        icon=":material/arrow_forward:",
        query_params=addressed.marked(query),
    )


def _rows(found: Changes, group: Change, staff: Staff) -> None:
    place = st.container()
    offset = tables.pager(group.count, key="since_page", size=EACH)
    page = visits.changed(found, group.group, staff, EACH, offset)
    with place:
        st.caption(
            tr(
                "{found}. Choose a row to open its customer.",
                found=ntr("{count} row", "{count} rows", page.total),
            )
        )
        _table(page, group.group, money=staff.may(Permission.TOTALS))


def _table(page: Listing[ChangeItem], group: str, *, money: bool) -> None:
    column, zone = st.column_config, data.timezone()
    columns: dict[str, Any] = {
        "customer": column.TextColumn(tr("Customer"), width=200),
        "amount": defined.number(
            f"since_{group}", tr(AMOUNTS.get(group, mark("MRR change"))), width=110
        ),
        "plan": column.TextColumn(tr("Plan"), width=180),
        "reason": column.TextColumn(tr("Reason"), width=150),
        "number": column.TextColumn(tr("Invoice"), width=120),
        "at": column.DatetimeColumn(tr("On"), width=150),
    }
    if not money:
        del columns["amount"]
    tables.show(
        [
            {
                "customer": listing.who(item),
                "amount": item.minor,
                "plan": _plan(item),
                "reason": fmt.words(item.reason) if item.reason else None,
                "number": item.number,
                "at": fmt.moment(item.at, zone),
                "currency": item.currency,
            }
            for item in page.rows
        ],
        columns,
        key="since",
        ids=[f"{group}:{item.object_id}" for item in page.rows],
        money=("amount",),
        alt=tr("What changed, the newest first"),
        on_choose=tables.remember([item.customer_id for item in page.rows]),
        sparse=True,
    )


def _plan(item: ChangeItem) -> str | None:
    """From → to, or the one plan that there is."""
    before, after = item.from_plan, item.to_plan
    if before and after and (before, item.from_interval) != (after, item.to_interval):
        return upgrades.steps(item)
    only = after or before
    return upgrades.plan(only) if only else None
