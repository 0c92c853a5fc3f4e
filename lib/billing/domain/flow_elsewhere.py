"""Flows for customers whom another provider bills: what its portal opens, and why not the rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from .flow_guards import Refusal
from .flow_situation import Situation
from .flow_values import LABELS, Choice, Flow
from .providers import Provider, provider_of
from .said import said

PLACES: Final[dict[Provider, dict[Flow, tuple[str, str]]]] = {
    Provider.KINDE: {
        Flow.HOME: ("organization_details", said("Kinde's portal")),
        Flow.PAYMENT_METHOD_UPDATE: (
            "organization_payment_details",
            said("Kinde's page for payment details"),
        ),
        Flow.SUBSCRIPTION_UPDATE: (
            "organization_plan_selection",
            said("Kinde's page for choosing a plan"),
        ),
    }
}
"""Provider -> flow -> (its own word for the page, where it leads)."""

_DONE: Final = {
    Flow.CUSTOMER_UPDATE: said("billing details are changed"),
    Flow.SUBSCRIPTION_UPDATE_CONFIRM: said("a named plan is confirmed"),
    Flow.SUBSCRIPTION_PAUSE: said("subscriptions are paused"),
    Flow.SUBSCRIPTION_CANCEL: said("subscriptions are cancelled"),
    Flow.RENEW: said("a cancellation is taken back"),
    Flow.PAY_INVOICE: said("invoices are paid"),
    Flow.LOGIN_PAGE: said("people sign in"),
    Flow.CHECKOUT: said("subscriptions are started"),
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
            note = said(
                "It opens {provider} as the person {person}, and works once.",
                provider=provider.label,
                person=situation.portal_user,
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
        said(
            "Managed in {provider}: {what} there. Send the link to the customer portal.",
            provider=provider.label,
            what=_DONE[flow],
        ),
    )


def _stopped(situation: Situation, provider: Provider) -> Refusal | None:
    if not situation.portal_ready:
        return (
            "provider_not_ready",
            said(
                "Links into {provider} need the id and the secret of an application there. "
                "An administrator sets PORTSIDE_KINDE_CLIENT_ID and PORTSIDE_KINDE_CLIENT_SECRET.",
                provider=provider.label,
            ),
        )
    if situation.portal_user is None:
        return (
            "no_portal_user",
            said(
                "{provider} opens its portal for a person, and no event has told who that is "
                "for this customer. Send them to the product, or look them up in {provider}.",
                provider=provider.label,
            ),
        )
    return None


def _refused(flow: Flow, label: str, destination: str, refusal: Refusal) -> Choice:
    code, reason = refusal
    return Choice(flow, label, destination, False, code, reason)
