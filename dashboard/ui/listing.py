"""What every list page has beneath its filters: the count, the file, the table, the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

import streamlit as st

from dashboard import format as fmt
from dashboard import session
from dashboard.language import mark, ntr, tr
from dashboard.session import Staff
from dashboard.ui import download, filters, notes, paged, tables
from lib.billing import Filters, Listing, Permission

Noun = Literal["customer", "subscription", "invoice"]
"""What a row of a list is."""

_OPEN: Final = mark("Choose a row to open its customer.")


def plan_name(catalog: Any, slug: str | None) -> str:
    """The catalogue's name of a plan."""
    return catalog.plan(slug).name if slug else tr("Not in the catalogue")


def who(item: Any) -> str:
    """How people call a customer: name, else e-mail, else id."""
    return str(item.name or item.email or item.customer_id)


def draw(
    name: str,
    read: Callable[[Filters], Listing[Any]],
    wanted: Filters,
    table: Callable[[Listing[Any]], int | None],
    staff: Staff,
    *,
    noun: Noun,
    orders: Mapping[str, tuple[str, bool]],
) -> None:
    """The rows of one page of ``wanted``, in one of ``orders``; a chosen row opens its customer."""
    if not paged.whole(read, wanted).total:
        filters.nothing(_none(noun))
        return

    @st.fragment
    @notes.calmly
    def redrawn() -> None:
        """What an order and a page switch redraw."""
        session.check(Permission.CUSTOMERS)
        whole = paged.whole_still(read, wanted)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(_found(whole, noun, staff), width="stretch")
            paged.count_all(whole)
            in_order = filters.ordered(wanted, orders)
            download.menu(name, in_order, staff)
        _page(read, in_order, table, whole)

    redrawn()


@st.fragment
@notes.calmly
def rows(
    read: Callable[[Filters], Listing[Any]],
    wanted: Filters,
    table: Callable[[Listing[Any]], int | None],
    noun: Noun,
    file: str,
    staff: Staff,
) -> None:
    """The same beneath another table, for those who see totals; ``file`` is the report's name."""
    session.check(Permission.TOTALS)
    whole = paged.whole(read, wanted)
    with st.container(horizontal=True, vertical_alignment="center"):
        found = paged.counted(whole, _counted(noun, whole.total))
        st.caption(f"{found}. {tr(_OPEN)}", width="stretch")
        paged.count_all(whole)
        download.menu(file, wanted, staff)
    _page(read, wanted, table, whole)


def _page(
    read: Callable[[Filters], Listing[Any]],
    wanted: Filters,
    table: Callable[[Listing[Any]], int | None],
    whole: Listing[Any],
) -> None:
    place = st.container()
    page = paged.page(read, wanted, whole)
    with place:
        chosen = table(page)
    if chosen is not None:
        tables.open_customer(page.rows[chosen].customer_id)


def currencies(listing: Listing[Any]) -> list[str]:
    """The currencies of a list, the most used first: amounts of two cannot be compared."""
    known = [part for part in listing.sums if part.currency]
    return [part.currency for part in sorted(known, key=lambda p: (-p.count, p.currency))]


def unpriced(listing: Listing[Any]) -> int:
    """How many of a list have no known price, and so no currency."""
    return sum(part.count for part in listing.sums if not part.currency)


def _found(listing: Listing[Any], noun: Noun, staff: Staff) -> str:
    """How many, and what they add up to for those who may see totals."""
    amounts = []
    if staff.may(Permission.TOTALS):
        known = [part for part in listing.sums if part.currency]
        amounts = [fmt.money(part.amount_minor, part.currency) for part in known]
        if count := unpriced(listing):
            amounts.append(tr("{count} without a known price", count=fmt.number(count)))
    found = fmt.joined((paged.counted(listing, _counted(noun, listing.total)), *amounts))
    return f"{found}. {tr(_OPEN)}"


def _counted(noun: Noun, count: int) -> str:
    match noun:
        case "customer":
            return ntr("{count} customer", "{count} customers", count)
        case "subscription":
            return ntr("{count} subscription", "{count} subscriptions", count)
        case "invoice":
            return ntr("{count} invoice", "{count} invoices", count)


def _none(noun: Noun) -> str:
    match noun:
        case "customer":
            return tr("No customer matches these filters.")
        case "subscription":
            return tr("No subscription matches these filters.")
        case "invoice":
            return tr("No invoice matches these filters.")
