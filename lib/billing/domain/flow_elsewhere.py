"""Flows for customers whom another provider bills: what its portal opens, and why not the rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from .flow_guards import Refusal
from .flow_situation import Situation
from .flow_values import LABELS, Choice, Flow
from .providers import Provider, provider_of

PLACES: Final[dict[Provider, dict[Flow, tuple[str, str]]]] = {
    Provider.KINDE: {
        Flow.HOME: ("organization_details", "Kinde's portal"),
        Flow.PAYMENT_METHOD_UPDATE: (
            "organization_payment_details",
            "Kinde's page for payment details",
        ),
        Flow.SUBSCRIPTION_UPDATE: (
            "organization_plan_selection",
            "Kinde's page for choosing a plan",
        ),
    }
}
"""Provider -> flow -> (its own word for the page, where it leads)."""

_DONE: Final = {
    Flow.CUSTOMER_UPDATE: "billing details are changed",
    Flow.SUBSCRIPTION_UPDATE_CONFIRM: "a named plan is confirmed",
    Flow.SUBSCRIPTION_PAUSE: "subscriptions are paused",
    Flow.SUBSCRIPTION_CANCEL: "subscriptions are cancelled",
    Flow.RENEW: "a cancellation is taken back",
    Flow.PAY_INVOICE: "invoices are paid",
    Flow.LOGIN_PAGE: "people sign in",
    Flow.CHECKOUT: "subscriptions are started",
}


def choices_elsewhere(situation: Situation) -> Iterator[Choice]:
    """Every flow once: the places of the provider's portal, and the others with their reason."""
    provider = provider_of(situation.customer.customer_id)
    places = PLACES.get(provider, {})
    stopped = _stopped(situation, provider)
    for flow, (label, destination) in LABELS.items():
        if flow not in places:
            yield _refused(flow, label, destination, _managed_there(flow, provider))
        elif stopped is not None:
            yield _refused(flow, label, places[flow][1], stopped)
        else:
            note = (
                f"It opens {provider.label} as the person {situation.portal_user}, and works once."
            )
            yield Choice(flow, label, places[flow][1], True, note=note)


def place_of(flow: Flow, provider: Provider) -> str:
    """The provider's own word for the page that a flow leads to."""
    return PLACES[provider][flow][0]


def helpful_elsewhere(situation: Situation) -> Iterator[Flow]:
    """Flows in the order in which they would help."""
    if any(row.status == "past_due" for row in situation.live):
        yield Flow.PAYMENT_METHOD_UPDATE
    if not situation.live:
        yield Flow.SUBSCRIPTION_UPDATE
    yield Flow.HOME


def _managed_there(flow: Flow, provider: Provider) -> Refusal:
    return (
        "other_provider",
        f"Managed in {provider.label}: {_DONE[flow]} there. Send the link to the customer portal.",
    )


def _stopped(situation: Situation, provider: Provider) -> Refusal | None:
    if not situation.portal_ready:
        return (
            "provider_not_ready",
            f"Links into {provider.label} need the id and the secret of an application there. "
            "An administrator sets PORTSIDE_KINDE_CLIENT_ID and PORTSIDE_KINDE_CLIENT_SECRET.",
        )
    if situation.portal_user is None:
        return (
            "no_portal_user",
            f"{provider.label} opens its portal for a person, and no event has told who that is "
            f"for this customer. Send them to the product, or look them up in {provider.label}.",
        )
    return None


def _refused(flow: Flow, label: str, destination: str, refusal: Refusal) -> Choice:
    code, reason = refusal
    return Choice(flow, label, destination, False, code, reason)
