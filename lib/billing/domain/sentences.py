"""The access rules in words: one sentence each for why, and for what would change it."""

from __future__ import annotations

from .catalog import Catalog
from .grants import INCOMPLETE, Grant
from .providers import Provider, is_stripes, provider_of
from .times import spoken_day


def sentence(chosen: Grant | None, rule: str, gives: bool, catalog: Catalog, timezone: str) -> str:
    """Why the customer has or lacks access, in one sentence."""
    why = _why(chosen, rule, gives, catalog, timezone)
    if chosen and gives and not (chosen.resolved or chosen.unmapped):
        return f"{why.removesuffix('.')}; another of its prices is not in the catalogue."
    return why


def _why(chosen: Grant | None, rule: str, gives: bool, catalog: Catalog, timezone: str) -> str:
    default = catalog.default.name
    if chosen is None:
        return f"{default} only: this customer has never had a subscription."
    name = catalog.plan(chosen.plan).name if chosen.plan else "a plan outside the catalogue"

    subscription = f"the {name} subscription" if chosen.plan else "the subscription"

    def day(second: int | None) -> str:
        return spoken_day(second, timezone) if second is not None else "an unknown day"

    match rule:
        case "no_subscription" if chosen.status in INCOMPLETE:
            return f"{default} only: the first payment of the subscription was never completed."
        case "no_subscription":
            return f"{default} only: nothing is known of the status “{chosen.status}” that it has."
        case "active":
            renewal = day(chosen.current_period_end)
            return f"{name}: the subscription is active and renews on {renewal}."
        case "trialing":
            return f"{name} on trial until {day(chosen.current_period_end)}."
        case "winding_down" if not gives:
            provider = provider_of(chosen.subscription_id)
            if provider is not Provider.STRIPE:  # who tells of an end only before it comes
                told = f"ended on {day(chosen.ends_at)}, as {provider.label} had announced"
                return f"{default} only: {name} {told}."
            return (
                f"{default} only: {name} was to end on {day(chosen.ends_at)}; "
                "Stripe's event that it has ended is awaited."
            )
        case "winding_down":
            asked = f", canceled on {day(chosen.requested_at)}" if chosen.requested_at else ""
            return f"{name} until {day(chosen.ends_at)}: the subscription is winding down{asked}."
        case "past_due_in_grace":
            return (
                f"{name} until {day(chosen.until)}: payment is past due since "
                f"{day(chosen.past_due_since)} and within the days of grace."
            )
        case "past_due_expired":
            return (
                f"{default} only: payment for {name} is past due since "
                f"{day(chosen.past_due_since)} and the days of grace ended on {day(chosen.until)}."
            )
        case "collection_paused":
            kept = name if chosen.granting else f"{default} only"
            return f"{kept}: collection of payments for {name} is paused."
        case "paused":
            return f"{default} only: {subscription} is paused."
        case "unpaid":
            return f"{default} only: {subscription} is unpaid, all retries have failed."
        case "plan_unresolved":
            known = f"{name}, the last known plan" if chosen.plan else default
            return (
                f"{known}: the subscription is {chosen.status}, "
                "but its price is not in the catalogue."
            )
    return f"{default} only: {subscription} ended on {day(chosen.ended_at)}."


def what_would_change(chosen: Grant | None, rule: str, catalog: Catalog, timezone: str) -> str:
    """What has to happen for the answer to become another one."""
    if chosen is None:
        return "A first subscription through Checkout."
    match rule:
        case "no_subscription":
            return "Paying the first invoice within 23 hours of the start, or a new Checkout."
        case "active":
            return "A cancellation, a failed payment or a change of plan."
        case "trialing":
            return "The end of the trial."
        case "winding_down" if not is_stripes(chosen.subscription_id):
            return "Choosing a plan again, or the end itself."
        case "winding_down":
            return "Renewing before the end (“Don't cancel” in the portal), or the end itself."
        case "past_due_in_grace" | "past_due_expired" | "unpaid":
            return "Paying the latest invoice, or a working card before the next retry."
        case "collection_paused":
            return "Resuming collection in Stripe."
        case "paused":
            return "Resuming the subscription, usually by adding a payment method."
        case "plan_unresolved":
            return "Adding the price's lookup key or id to the catalogue."
    return "A new subscription through Checkout."
