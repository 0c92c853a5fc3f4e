"""The access rules in words: one sentence each for why, and for what would change it."""

from __future__ import annotations

from .called import day, status
from .catalog import Catalog
from .grants import INCOMPLETE, Grant
from .providers import Provider, is_stripes, provider_of
from .said import Day, said, said_in_turn


def sentence(chosen: Grant | None, rule: str, gives: bool, catalog: Catalog, timezone: str) -> str:
    """Why the customer has or lacks access, in one sentence."""
    told = [_why(chosen, rule, gives, catalog, timezone)]
    if chosen and gives and not (chosen.resolved or chosen.unmapped):
        told.append(said("another of its prices is not in the catalogue"))
    return said_in_turn(told, "; ", ".")


def _why(chosen: Grant | None, rule: str, gives: bool, catalog: Catalog, timezone: str) -> str:
    """Without its full stop."""
    default = catalog.default.name
    if chosen is None:
        return said("{default} only: this customer has never had a subscription", default=default)
    plan = catalog.plan(chosen.plan).name if chosen.plan else said("a plan outside the catalogue")
    match rule:
        case "no_subscription" if chosen.status in INCOMPLETE:
            return said(
                "{default} only: the first payment of the subscription was never completed",
                default=default,
            )
        case "no_subscription":
            return said(
                "{default} only: nothing is known of the status “{status}” that it has",
                default=default,
                status=chosen.status,
            )
        case "active":
            renewal = day(chosen.current_period_end, timezone)
            return said(
                "{plan}: the subscription is active and renews on {day}", plan=plan, day=renewal
            )
        case "trialing":
            return said(
                "{plan} on trial until {day}",
                plan=plan,
                day=day(chosen.current_period_end, timezone),
            )
        case "winding_down" if not gives:
            return _over(chosen, plan, default, timezone)
        case "winding_down" if chosen.requested_at:
            return said(
                "{plan} until {day}: the subscription is winding down, canceled on {canceled}",
                plan=plan,
                day=day(chosen.ends_at, timezone),
                canceled=Day(chosen.requested_at, timezone),
            )
        case "winding_down":
            return said(
                "{plan} until {day}: the subscription is winding down",
                plan=plan,
                day=day(chosen.ends_at, timezone),
            )
        case "past_due_in_grace":
            return said(
                "{plan} until {day}: payment is past due since {since} and within the days of "
                "grace",
                plan=plan,
                day=day(chosen.until, timezone),
                since=day(chosen.past_due_since, timezone),
            )
        case "past_due_expired":
            return said(
                "{default} only: payment for {plan} is past due since {since} and the days of "
                "grace ended on {day}",
                default=default,
                plan=plan,
                since=day(chosen.past_due_since, timezone),
                day=day(chosen.until, timezone),
            )
        case "collection_paused" if chosen.granting:
            return said("{plan}: collection of payments for {plan} is paused", plan=plan)
        case "collection_paused":
            return said(
                "{default} only: collection of payments for {plan} is paused",
                default=default,
                plan=plan,
            )
        case "paused" if chosen.plan:
            return said(
                "{default} only: the {plan} subscription is paused", default=default, plan=plan
            )
        case "paused":
            return said("{default} only: the subscription is paused", default=default)
        case "unpaid" if chosen.plan:
            return said(
                "{default} only: the {plan} subscription is unpaid, all retries have failed",
                default=default,
                plan=plan,
            )
        case "unpaid":
            return said(
                "{default} only: the subscription is unpaid, all retries have failed",
                default=default,
            )
        case "plan_unresolved" if chosen.plan:
            return said(
                "{plan}, the last known plan: the subscription is {status}, but its price is not "
                "in the catalogue",
                plan=plan,
                status=status(chosen.status),
            )
        case "plan_unresolved":
            return said(
                "{default}: the subscription is {status}, but its price is not in the catalogue",
                default=default,
                status=status(chosen.status),
            )
    ended = day(chosen.ended_at, timezone)
    if chosen.plan:
        return said(
            "{default} only: the {plan} subscription ended on {day}",
            default=default,
            plan=plan,
            day=ended,
        )
    return said("{default} only: the subscription ended on {day}", default=default, day=ended)


def _over(chosen: Grant, plan: str, default: str, timezone: str) -> str:
    """A scheduled end that has passed."""
    provider, ends = provider_of(chosen.subscription_id), day(chosen.ends_at, timezone)
    if provider is not Provider.STRIPE:  # who tells of an end only before it comes
        return said(
            "{default} only: {plan} ended on {day}, as {provider} had announced",
            default=default,
            plan=plan,
            day=ends,
            provider=provider.label,
        )
    return said(
        "{default} only: {plan} was to end on {day}; Stripe's event that it has ended is awaited",
        default=default,
        plan=plan,
        day=ends,
    )


def what_would_change(chosen: Grant | None, rule: str, catalog: Catalog, timezone: str) -> str:
    """What has to happen for the answer to become another one."""
    if chosen is None:
        return said("A first subscription through Checkout.")
    match rule:
        case "no_subscription":
            return said("Paying the first invoice within 23 hours of the start, or a new Checkout.")
        case "active":
            return said("A cancellation, a failed payment or a change of plan.")
        case "trialing":
            return said("The end of the trial.")
        case "winding_down" if not is_stripes(chosen.subscription_id):
            return said("Choosing a plan again, or the end itself.")
        case "winding_down":
            return said(
                "Renewing before the end (“Don't cancel” in the portal), or the end itself."
            )
        case "past_due_in_grace" | "past_due_expired" | "unpaid":
            return said("Paying the latest invoice, or a working card before the next retry.")
        case "collection_paused":
            return said("Resuming collection in Stripe.")
        case "paused":
            return said("Resuming the subscription, usually by adding a payment method.")
        case "plan_unresolved":
            return said("Adding the price's lookup key or id to the catalogue.")
    return said("A new subscription through Checkout.")
