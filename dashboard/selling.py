"""What the Plans page reads of prices, kept as `dashboard.keeping` has it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard import keeping, session
from lib.billing import Linted, Listing, PlanPrices, PriceHolder, StripeRefused, StripeUnavailable


def plan_prices(totals: bool) -> tuple[PlanPrices, str | None]:
    """(prices beside Stripe's, why Stripe itself could not be asked).

    Every few minutes for everyone, or when somebody wants it anew: every live subscription is read.
    """
    read = partial(session.billing().plan_prices, totals=totals)
    try:
        return keeping.slowly("plan_prices", read, _asked(), totals), None
    except (StripeRefused, StripeUnavailable) as error:
        told = partial(read, ask=False)
        return keeping.slowly("plan_prices_told", told, _asked(), totals), str(error)


def plan_findings(totals: bool) -> Linted:
    """As often. Raises StripeRefused, StripeUnavailable."""
    read = partial(session.billing().plan_findings, totals=totals)
    return keeping.slowly("plan_findings", read, _asked(), totals)


def price_holders(price_id: str, limit: int, offset: int) -> Listing[PriceHolder]:
    return keeping.kept(
        "price_holders",
        lambda desk: desk.price_holders(price_id, limit=limit, offset=offset),
        price_id,
        limit,
        offset,
    )


def forget_plans() -> None:
    """Ask Stripe and count the holders again the next time."""
    st.session_state["plans_asked"] = keeping.asked_anew()


def _asked() -> int:
    return int(st.session_state.get("plans_asked", 0))
