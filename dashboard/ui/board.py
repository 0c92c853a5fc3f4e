"""The drift board and the gaps: what differs, whose it is, how long already."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from dashboard import data, kept, session
from dashboard import format as fmt
from dashboard.language import mark, ntr, say, tr
from dashboard.session import Staff
from dashboard.ui import asking, defined, detail, download, health, notes, tables
from lib.billing import FindingFilters, FindingItem, Listing, Permission

KNOWN: Final = mark("Acknowledged")
RECENT: Final = 600
"""Seconds for which the outcome of a request about everyone stays above the list."""
ROWS: Final = {
    "customers": mark("customer row"),
    "subscriptions": mark("subscription row"),
    "plan_entitlements": mark("entitlement row"),
    "invoices": mark("invoice row"),
    "movements": mark("movement row"),
    "search_terms": mark("search row"),
}
"""Stored rows that do not say what their own history folds to: Stripe has no part in it."""
OBJECTS: Final = {"checkout": mark("checkout session"), **ROWS}


def chosen() -> int | None:
    """The finding that the address names."""
    wanted = kept.params().get("finding", "")
    return int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 16 else None


def draw(kind: str, staff: Staff) -> None:
    """One page of the open findings of ``kind`` (drift or gap), and the chosen one in detail."""
    sort = "lost_after" if kind == "gap" else ""
    size = tables.PAGE_SIZE
    wanted = FindingFilters(kinds=(kind,), sort=sort, limit=1)
    total = session.billing().findings(wanted).total
    _all_at_once(kind, total, staff)
    if not total:
        _nothing(kind)
    else:
        place = st.container()
        offset = tables.pager(total, key=f"{kind}_page")
        page = session.billing().findings(
            FindingFilters(kinds=(kind,), sort=sort, limit=size, offset=offset)
        )
        with place:
            (_drift if kind == "drift" else _gaps)(page)
    if (number := chosen()) is not None:
        detail.draw(number, kind, staff)


def _nothing(kind: str) -> None:
    """An empty board says no more than the last comparison can know."""
    run = session.billing().health().last_run
    if run is None:
        notes.empty(
            tr("Nothing is known yet."),
            hint=tr(
                "portside serve compares with Stripe a quarter of an hour after its start, then "
                "once a day; portside reconcile does it now."
            ),
            icon=":material/event_busy:",
        )
    elif kind == "drift":
        notes.empty(
            tr("Nothing differs from Stripe."),
            hint=tr(
                "What portside reconcile finds to differ shows here, with its cause and its age."
            ),
        )
    elif "events" in (run.left_out or "").split(", "):
        notes.empty(
            tr("Whether an event is missing is not known."),
            hint=tr(
                "The API key may not read Stripe's events. Give it that right, then check again."
            ),
        )
    else:
        notes.empty(
            tr("No event is missing."),
            hint=tr(
                "An event of Stripe's list that never arrived shows here until it is fetched; "
                "Stripe remembers it for 30 days."
            ),
        )


def _all_at_once(kind: str, total: int, staff: Staff) -> None:
    """How many there are, and what may be asked for all of them: a comparison even of none."""
    told = _counted(kind, total) if total else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(told, width="stretch")
        if total:
            download.menu("drift", FindingFilters(kinds=(kind,)), staff, key=f"{kind}_file")
        if not staff.may(Permission.REPAIR):
            return
        busy = asking.waits("", asking.COMPARISONS)
        st.button(
            tr("Check everyone"),
            key=f"check_all_{kind}",
            icon=":material/fact_check:",
            disabled=busy,
            help=tr("Compares every customer with Stripe again. Changes nothing."),
            on_click=asking.press,
            args=(_check_all,),
        )
        if total:
            st.button(
                tr("Repair all"),
                key=f"repair_all_{kind}",
                icon=":material/build:",
                disabled=busy,
                help=tr(
                    "Compares every customer with Stripe and applies what Stripe says, through "
                    "the one writer. The list is what it will change."
                ),
                on_click=asking.press,
                args=(_repair_all,),
            )
    asking.trouble()
    asking.follow("", asking.COMPARISONS, since=data.freshness().now - RECENT)


def _counted(kind: str, total: int) -> str:
    if kind == "drift":
        return ntr(
            "{count} difference. Choose its row to see it in detail.",
            "{count} differences. Choose a row to see it in detail.",
            total,
        )
    return ntr(
        "{count} missing event. Choose its row to see it in detail.",
        "{count} missing events. Choose a row to see it in detail.",
        total,
    )


def _check_all(staff: Staff) -> None:
    session.billing().request_check(staff=staff.email, roles=staff.roles, reason="Sync page")


def _repair_all(staff: Staff) -> None:
    session.billing().request_repair(staff=staff.email, roles=staff.roles, reason="Sync page")


def whose(item: FindingItem) -> str:
    """How people call the customer; the object where it belongs to nobody."""
    found = item.finding
    known = item.name or item.email or _at_stripe(item)
    return str(known or found.customer_id or found.object_id or tr("Everyone"))


def _at_stripe(item: FindingItem) -> str | None:
    """What Stripe calls a customer of whom nothing was ever seen here."""
    if item.finding.cause != "missing_customer":
        return None
    told = {each.field: each.stripe for each in item.differences if each.stripe != "none"}
    return told.get("name") or told.get("email")


def thing(item: FindingItem) -> str:
    """What kind of object it is."""
    kind = item.finding.object_type or "setting"
    return tr(OBJECTS.get(kind, kind.replace("_", " ")))


def field(name: str) -> str:
    """A stored field's name as people say it."""
    words = name.removesuffix("_minor").replace("_", " ")
    words = "MRR" if words == "mrr" else tr(words)
    return tr("{field}, minor units", field=words) if name.endswith("_minor") else words


def _differs(item: FindingItem) -> str:
    """The object and its differing fields, in words."""
    what = thing(item)
    what = what[:1].upper() + what[1:]
    if item.finding.projected is None:
        return tr("{thing}: missing here", thing=what)
    if item.finding.stripe is None:
        return tr("{thing}: not there in Stripe", thing=what)
    fields = ", ".join(field(d.field.removesuffix("_minor")) for d in item.differences)
    return f"{what}: {fields}" if fields else what


def _drift(page: Listing[FindingItem]) -> None:
    now, zone, column = data.freshness().now, data.timezone(), st.column_config
    rows = [
        {
            "customer": whose(item),
            "differs": _differs(item),
            "cause": say(item.means),
            "age": fmt.span(item.finding.age(now)),
            "times": item.finding.times,
            "state": [tr(KNOWN) if item.finding.acknowledged else tr("Open")],
            "until": _until(item, zone),
            "object": item.finding.object_id,
        }
        for item in page.rows
    ]
    columns = {
        "customer": column.TextColumn(tr("Customer"), width=235),
        "differs": column.TextColumn(tr("What differs"), width=200),
        "cause": column.TextColumn(tr("Why"), width=380),
        "age": column.TextColumn(tr("Age"), width=70),
        "times": defined.number("drift.times", tr("Seen"), width=55),
        "state": tables.badge(tr("State"), width=110),
        "until": column.TextColumn(tr("Acknowledged"), width=230),
        "object": column.TextColumn(tr("Object"), width=235),
    }
    _table("drift", page, rows, columns, tr("Where the projection differs from Stripe"))


def _until(item: FindingItem, zone: str) -> str | None:
    known = item.finding.acknowledged
    if not known:
        return None
    return tr("by {who} until {day}", who=known.staff, day=fmt.day(known.expires_at, zone))


def _gaps(page: Listing[FindingItem]) -> None:
    now, zone, column = data.freshness().now, data.timezone(), st.column_config
    rows = [
        {
            "left": _days_left(item, now),
            "hurry": [tr(hurry(item, now))],
            "type": next((d.stripe for d in item.differences if d.field == "type"), None),
            "customer": whose(item) if item.finding.customer_id else None,
            "cause": say(item.means),
            "lost": fmt.moment(item.finding.lost_after, zone),
            "state": [tr(KNOWN) if item.finding.acknowledged else tr("Open")],
            "event": item.finding.event_id,
        }
        for item in page.rows
    ]
    columns = {
        "left": defined.number("event_days_left", width=75),
        "hurry": tables.badge(tr("Hurry"), width=120),
        "type": column.TextColumn(tr("Event"), width=210),
        "customer": column.TextColumn(tr("Customer"), width=190),
        "cause": column.TextColumn(tr("Why"), width=250),
        "lost": column.DatetimeColumn(tr("Lost after"), width=135),
        "state": tables.badge(tr("State"), width=115),
        "event": column.TextColumn(tr("Event id"), width=230),
    }
    _table("gap", page, rows, columns, tr("Events of Stripe's list that never arrived"))


def hurry(item: FindingItem, now: int) -> str:
    """How much time Stripe's list leaves, in words."""
    lost = item.finding.lost_after
    if lost is None:
        return mark("Time enough")
    if lost <= now:
        return mark("Lost")
    if lost - now < health.URGENT:
        return mark("Lost any day")
    return mark("Soon lost") if lost - now < health.SOON else mark("Time enough")


def _days_left(item: FindingItem, now: int) -> int | None:
    lost = item.finding.lost_after
    return None if lost is None else max(lost - now, 0) // health.DAY


def _table(
    kind: str,
    page: Listing[FindingItem],
    rows: list[dict[str, object]],
    columns: dict[str, object],
    alt: str,
) -> None:
    numbers = [item.finding.finding_id for item in page.rows]
    number = chosen()
    tables.show(
        rows,
        columns,
        key=f"board_{kind}",
        ids=[str(each) for each in numbers],
        alt=alt,
        chosen=numbers.index(number) if number in numbers else None,
        on_choose=partial(_open, numbers),
        sparse=True,
    )


def _open(numbers: list[int], index: int | None) -> None:
    """The address names the chosen finding, so that it can be pasted into a chat."""
    if index is None:
        kept.params().pop("finding", None)
    else:
        kept.params()["finding"] = str(numbers[index])
