"""Customers who came through Checkout: only the session's reference names their organisation."""

from __future__ import annotations

from lib.sandbox.checkout import completion, sessions
from lib.sandbox.hosted.cards import CardEntry
from lib.sandbox.world.calendar import DAY, HOUR
from lib.sandbox.world.company import Company
from lib.sandbox.world.names import Identity


def through_checkout(company: Company, who: Identity) -> None:
    """Bought a plan on the Checkout page; `client_reference_id` carries the org id."""
    when = company.moment(company.now - 200 * DAY, company.now - HOUR)
    company.later(when, _buy, company, who)


def left_checkout(company: Company, who: Identity) -> None:
    """Opened the Checkout page some days ago and let it expire."""
    when = company.moment(company.now - 60 * DAY, company.now - 3 * DAY)
    company.later(when, _open, company, who)


def _open(company: Company, who: Identity) -> dict[str, object]:
    params = {
        "mode": "subscription",
        "line_items": [{"price": company.prices["pro_monthly"], "quantity": 1}],
        "customer_email": who.email,
        "client_reference_id": f"org_{who.slug}",
        "success_url": "https://app.example.com/welcome",
    }
    return sessions.create(company.sandbox, params)


def _buy(company: Company, who: Identity) -> None:
    session = _open(company, who)
    card = CardEntry("4242424242424242", 12, 2031, "123")
    completion.complete(company.sandbox, session, email=who.email, name=who.name, card=card)
