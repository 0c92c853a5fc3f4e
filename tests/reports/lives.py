"""Customers as short stories: what a subscription was worth from when on."""

from __future__ import annotations

from typing import Any

from lib.billing.domain.observations import Observation, State
from tests.domain.states import item, price
from tests.reports.ledger import at, changed, created, ended, paying


def worth(amount: int, *, currency: str = "usd", key: str = "pro_monthly", **over: Any) -> State:
    """An active subscription of ``amount`` minor units a month (a year for a yearly key)."""
    interval = "year" if key.endswith("yearly") else "month"
    quantity = over.pop("quantity", 1)
    priced = price(key, str(amount), interval, currency=currency)
    sold = {"items": [item(priced, quantity, end=at("2027-01-05"))], "currency": currency}
    return paying(**sold) | over


def life(
    number: int | str, *turns: tuple[str, State], subscription: str | None = None
) -> list[Observation]:
    """(day, state) pairs; a canceled state ends it at that day."""
    name, owner = subscription or f"sub_{number}", f"cus_{number}"
    found: list[Observation] = []
    before: State | None = None
    began = {"created": at(turns[0][0]), "start_date": at(turns[0][0])}
    for when, given in turns:
        state = given | began
        if state["status"] == "canceled":
            found.append(ended(name, state | {"ended_at": at(when)}, when, owner))
        elif before is None:
            found.append(created("subscription", name, state, when, owner))
        else:
            found.append(changed("subscription", name, before, state, when, owner))
        before = state
    return found


def gone(
    state: State, reason: str | None = None, feedback: str | None = None, **over: Any
) -> State:
    return state | {"status": "canceled", "reason": reason, "feedback": feedback} | over
