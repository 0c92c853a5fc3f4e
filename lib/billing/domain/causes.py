"""Why Stripe and the projection differ: every cause there is, what it means and what to do.

A cause is a stable slug, on the board, in reports and in `/metrics`. How a difference gets one is
told in `docs/decisions/0010-a-difference-has-one-cause.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PATIENCE: Final = 300
"""Seconds for which an event may be on its way: Stripe's first retries take minutes."""

WINDOW: Final = 30 * 86_400
"""How long Stripe's event list remembers an event."""


@dataclass(frozen=True, slots=True)
class Cause:
    """``means`` and ``remedy`` are one sentence each. ``repairable``: ``--apply`` mends it."""

    slug: str
    means: str
    remedy: str
    repairable: bool = True


_APPLY: Final = "Run `portside reconcile --apply`."

CAUSES: Final[dict[str, Cause]] = {
    cause.slug: cause
    for cause in (
        Cause(
            "missed_event",
            "Stripe has an event that never arrived here.",
            f"{_APPLY} It fetches the event before Stripe's list forgets it.",
        ),
        Cause(
            "not_yet_delivered",
            "Stripe's event is a few minutes old at most and may still be on its way.",
            "Wait a few minutes and compare again; after that it counts as missed.",
        ),
        Cause(
            "failed_event",
            "The event arrived and could not be applied.",
            f"{_APPLY} It tries the event again, and reads the object where that fails.",
        ),
        Cause(
            "ignored_event",
            "The event arrived and was set aside, by rule or by somebody.",
            f"{_APPLY} It reads the object as it is now.",
        ),
        Cause(
            "event_expired",
            "No event of the last 30 days explains it, so what changed it was lost before that or "
            "never announced.",
            f"{_APPLY} It reads the object as it is now.",
        ),
        Cause(
            "unexplained",
            "It differs, and Stripe's event list could not be read to tell why.",
            "Let the API key read events, then compare again.",
        ),
        Cause(
            "ambiguous_second",
            "Several changes of one second leave open which came last.",
            f"{_APPLY} `portside serve` also reads such an object once by itself.",
        ),
        Cause(
            "missing_customer",
            "Stripe has a customer of whom nothing was ever seen here.",
            f"{_APPLY} It reads the customer with subscriptions and invoices.",
        ),
        Cause(
            "deleted_customer",
            "The customer is deleted in Stripe and not here.",
            _APPLY,
        ),
        Cause(
            "deleted_invoice",
            "Stripe no longer has this draft invoice: it was deleted.",
            _APPLY,
        ),
        Cause(
            "unknown_to_stripe",
            "Stripe does not know this id in this account and mode.",
            "Check that STRIPE_API_KEY belongs to the account whose events are stored here; "
            "acknowledge it if it was imported from elsewhere.",
            repairable=False,
        ),
        Cause(
            "other_mode",
            "The id exists in Stripe's other mode.",
            "Check STRIPE_API_KEY and PORTSIDE_MODE: test and live belong in databases of "
            "their own.",
            repairable=False,
        ),
        Cause(
            "unreadable_object",
            "Stripe shows the object in a form that this version cannot read.",
            "Update Portside, then compare again.",
            repairable=False,
        ),
        Cause(
            "moved_lookup_key",
            "A lookup key has moved from one price to another in Stripe.",
            f"{_APPLY} Then check with `portside doctor` that the catalogue names the new price.",
        ),
        Cause(
            "stale_reference",
            "A price, product or coupon is kept otherwise than Stripe has it.",
            _APPLY,
        ),
        Cause(
            "missing_reference",
            "A subscription's value needs a price or coupon that was never seen here.",
            _APPLY,
        ),
        Cause(
            "unmapped_price",
            "Live subscriptions have a price that the catalogue does not know.",
            "Add the price to the catalogue, by lookup key or id, or to `kinde_keys`; then run "
            "`portside reconcile --apply` or `portside replay`.",
            repairable=False,
        ),
        Cause(
            "hand_edited_row",
            "A stored row says something else than what its own history folds to.",
            f"{_APPLY} Then find out who writes to the database beside Portside.",
        ),
        Cause(
            "deleted_row",
            "A row that the history folds to is not there.",
            f"{_APPLY} Then find out who writes to the database beside Portside.",
        ),
        Cause(
            "extra_row",
            "A row has no history behind it.",
            f"{_APPLY} Then find out who writes to the database beside Portside.",
        ),
        Cause(
            "rules_changed",
            "The catalogue, the policy or the time zone has changed since rows were folded.",
            "Run `portside reconcile --apply` or `portside replay`.",
        ),
    )
}
"""Every cause by its slug."""


def continues(known: str, now: str) -> bool:
    """Whether a finding whose cause was ``known`` is still the same one when it is now ``now``.

    What was on its way may turn out to be lost, and what was lost may grow too old to fetch; any
    other change of cause is a new finding, which no acknowledgement of the old one hides.
    """
    growing = {"not_yet_delivered", "unexplained"}
    return known == now or known in growing or (known, now) == ("missed_event", "event_expired")
