"""The table of pages. The shell and the tests read it.

Every address is always registered, whoever asks: what changes with the role is what runs there
(the page, the sign-in, or a page that says who may see it). So a deep link never ends in a
"page not found".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from dashboard import session
from dashboard.language import mark, tr
from dashboard.session import Staff
from dashboard.ui import entrance
from lib.billing import Permission

PAGES_FOLDER = Path(__file__).resolve().parent.parent / "pages"


@dataclass(frozen=True)
class PageRow:
    slug: str  # its address and the name of its file
    title: str
    question: str  # what it answers, in one line
    icon: str
    section: str
    permission: Permission

    @property
    def file(self) -> Path:
        return PAGES_FOLDER / f"{self.slug.replace('-', '_')}.py"


PAGES: tuple[PageRow, ...] = (
    PageRow(
        "overview",
        mark("Overview"),
        mark("Where the subscription business stands today, and what leaves it soon."),
        ":material/space_dashboard:",
        mark("Today"),
        Permission.TOTALS,
    ),
    PageRow(
        "upgrades",
        mark("Upgrades"),
        mark("Who moved up, from what to what and what it added, and what became of trials."),
        ":material/trending_up:",
        mark("Today"),
        Permission.TOTALS,
    ),
    PageRow(
        "customer",
        mark("Customer"),
        mark("Why a customer has or lacks access, and the right link to hand over."),
        ":material/person_search:",
        mark("Customers"),
        Permission.CUSTOMERS,
    ),
    PageRow(
        "winding-down",
        mark("Winding down"),
        mark("Which subscriptions end, when, and why: each can still be kept until its last day."),
        ":material/event_upcoming:",
        mark("Customers"),
        Permission.CUSTOMERS,
    ),
    PageRow(
        "failed-payments",
        mark("Failed payments"),
        mark("Whose payment failed, what Stripe does next, and what to ask the customer for."),
        ":material/credit_card_off:",
        mark("Customers"),
        Permission.CUSTOMERS,
    ),
    PageRow(
        "mrr",
        mark("MRR"),
        mark("How MRR got from opening to closing, with the rows behind each number."),
        ":material/waterfall_chart:",
        mark("Money"),
        Permission.TOTALS,
    ),
    PageRow(
        "plan-mix",
        mark("Plan mix"),
        mark("What customers pay for: plans and intervals, by customers and by MRR."),
        ":material/donut_small:",
        mark("Money"),
        Permission.TOTALS,
    ),
    PageRow(
        "churn",
        mark("Churn and retention"),
        mark(
            "Who left and why, what share of customers and MRR that was, and what of each month's "
            "new customers is left."
        ),
        ":material/person_remove:",
        mark("Money"),
        Permission.TOTALS,
    ),
    PageRow(
        "invoices",
        mark("Invoices"),
        mark("What was invoiced, what is owed and for how long, and what an invoice is made of."),
        ":material/receipt_long:",
        mark("Money"),
        Permission.TOTALS,
    ),
    PageRow(
        "close",
        mark("Month close"),
        mark("Which months are signed, and what has changed in them since, by customer and cause."),
        ":material/event_available:",
        mark("Money"),
        Permission.MONEY,
    ),
    PageRow(
        "plans",
        mark("Plans"),
        mark(
            "What is sold, as customers see it, who holds older prices, and whom a change would "
            "reach."
        ),
        ":material/sell:",
        mark("Catalogue"),
        Permission.PLANS,
    ),
    PageRow(
        "portal",
        mark("Portal"),
        mark("Whether Stripe's customer portal does what the catalogue says, field by field."),
        ":material/tune:",
        mark("Catalogue"),
        Permission.PORTAL,
    ),
    PageRow(
        "sync",
        mark("Sync"),
        mark("Whether the projection says what Stripe says, and what to do where it does not."),
        ":material/sync:",
        mark("Health"),
        Permission.SYNC,
    ),
    PageRow(
        "audit",
        mark("Audit"),
        mark(
            "Who did what for whom and why, and whether the record still stands as it was written."
        ),
        ":material/policy:",
        mark("Health"),
        Permission.AUDIT,
    ),
)
BY_SLUG = {row.slug: row for row in PAGES}


def pages(staff: Staff | None) -> list[st.Page]:
    """What st.navigation gets for ``staff``; None is someone who has not signed in."""
    found = [_page(_home(staff), "home", "Portside")]
    for row in PAGES:
        target: Path | Callable[[], None]
        if staff is None:
            target = entrance.sign_in
        elif row.permission in staff.permissions:
            target = row.file
        else:
            target = partial(session.denied, row.permission)
        found.append(_page(target, row.slug, tr(row.title)))
    return found


def first_allowed(staff: Staff) -> PageRow | None:
    """Where ``staff`` begins: the first page of the table that the roles allow."""
    return next((row for row in PAGES if row.permission in staff.permissions), None)


def open_page(slug: str, **query: str | list[str]) -> None:
    """Leave for the page called ``slug`` with ``query`` in its address."""
    st.switch_page(str(BY_SLUG[slug].file), query_params=query)


def address(slug: str, **query: str) -> str:
    """The path of the page called ``slug``, for a link."""
    return f"/{slug}?{urlencode(query)}" if query else f"/{slug}"


def _home(staff: Staff | None) -> Callable[[], None]:
    if staff is None:
        return entrance.sign_in
    row = first_allowed(staff)
    if row is None:
        return partial(session.denied, Permission.CUSTOMERS)
    return partial(open_page, row.slug)


def _page(target: Path | Callable[[], None], slug: str, title: str) -> st.Page:
    if isinstance(target, partial):
        target.__name__ = slug  # type: ignore[attr-defined]  # Streamlit names a page after it
    return st.Page(target, title=title, url_path=slug, default=slug == "home")
