"""The tour: who is led where, and whether they still want to be.

"Never again" is kept for the person. "Later" holds until the session ends; whoever has come to the
end is not asked again either.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import streamlit as st

from dashboard import navigation, remembered
from dashboard.language import mark
from dashboard.session import Staff
from lib.billing import BillingError, Permission

KEPT_AS: Final = "tour"
LEFT: Final = "left"
"""What is kept of who wants no tour, or has had it."""
_AT: Final = "tour_at"
_LATER: Final = "tour_later"


@dataclass(frozen=True)
class Step:
    """One page, and what somebody of this role gets from it."""

    slug: str
    told: str


SUPPORT: Final = (
    Step(
        "customer",
        mark(
            "Find anybody by e-mail, name or id. One page says why they have access or lack it, "
            "what they pay, and which link helps: you hand it over from there."
        ),
    ),
    Step(
        "winding-down",
        mark(
            "Who has cancelled and is still here. Each can be kept until the last day that the "
            "list names; choose a row to open the customer."
        ),
    ),
    Step(
        "failed-payments",
        mark(
            "Whose payment failed, the most urgent first, why it failed in words, and what to ask "
            "the customer for."
        ),
    ),
    Step(
        "sync",
        mark(
            "Whether what you see is what Stripe says. When a customer insists that something is "
            "wrong, look here first."
        ),
    ),
)
FINANCE: Final = (
    Step(
        "mrr",
        mark(
            "How MRR got from opening to closing, for each currency. Behind every number are its "
            "rows, and the self-audit adds them up four ways."
        ),
    ),
    Step(
        "invoices",
        mark(
            "What was invoiced, what is owed and for how long. Filter it, then take the list away "
            "as CSV, XLSX or Parquet."
        ),
    ),
    Step(
        "failed-payments",
        mark("What is being collected now, what has come in again and what is lost."),
    ),
    Step(
        "close",
        mark(
            "Freeze a month and sign it. What changes in it afterwards is listed with its cause "
            "instead of changing silently."
        ),
    ),
)
FOUNDER: Final = (
    Step(
        "overview",
        mark(
            "The morning in one page: where MRR stands, what moved it this month, what leaves it "
            "in eight weeks and what needs somebody. What has changed since your last visit stands "
            "on top."
        ),
    ),
    Step(
        "upgrades",
        mark("Who moved up, from what to what, what it added, and how many trials begin to pay."),
    ),
    Step(
        "winding-down",
        mark(
            "What leaves soon and why. Click a bar for the names behind it: every one can still be "
            "kept."
        ),
    ),
    Step("plan-mix", mark("What customers pay for, and how plans win customers from each other.")),
    Step("churn", mark("Who left and why, and what is left of each month's new customers.")),
)
ADMIN: Final = (
    FOUNDER[0],
    SUPPORT[0],
    Step(
        "portal",
        mark(
            "Whether Stripe's customer portal does what the catalogue says. Differences are shown "
            "field by field before anything is applied."
        ),
    ),
    Step(
        "sync",
        mark(
            "Webhooks, missing events and differences from Stripe. A repair is tried out first, "
            "then carried out."
        ),
    ),
    Step(
        "audit", mark("Who did what for whom and why, in a record that shows when it was altered.")
    ),
)


def steps(permissions: Collection[Permission]) -> tuple[Step, ...]:
    """The tour of somebody who may do this; only of pages that they may see."""
    if Permission.AUDIT in permissions:
        chosen = ADMIN
    elif Permission.CLOSE in permissions:
        chosen = FINANCE
    elif Permission.TOTALS in permissions:
        chosen = FOUNDER
    else:
        chosen = SUPPORT
    rows = navigation.BY_SLUG
    return tuple(step for step in chosen if rows[step.slug].permission in permissions)


def at(staff: Staff) -> int | None:
    """The step to show, 0 being the welcome; None where no tour is wanted."""
    begun: int | None = st.session_state.get(_AT)
    if begun is not None:
        return min(begun, len(steps(staff.permissions)))
    if st.session_state.get(_LATER) or not steps(staff.permissions):
        return None
    return None if remembered.choices(staff).get(KEPT_AS) == LEFT else 0


def go(number: int) -> None:
    """Be at this step."""
    st.session_state[_AT] = number


def later() -> None:
    """Not in this session."""
    st.session_state.pop(_AT, None)
    st.session_state[_LATER] = True


def never(staff: Staff) -> None:
    """Nor in any other. Trouble with keeping it is no reason to go on with a tour."""
    later()
    try:
        remembered.keep(staff, KEPT_AS, LEFT)
    except BillingError:
        return
