"""Which link is right: every flow, allowed or with the reason why not, and one recommended.

Pure: rows of the projection, the catalogue and the portal configuration in, choices out. What
stands against a flow is in `flow_guards`; this module lays the table and recommends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from . import flow_guards as guard
from .declines import suggested_flow
from .flow_elsewhere import choices_elsewhere, helpful_elsewhere
from .flow_extras import checkout_coupons, retention_coupons
from .flow_guards import Refusal
from .flow_plans import confirmable, startable
from .flow_situation import Situation
from .flow_values import LABELS, Choice, Flow, LinkOptions, PlanOffer
from .flow_words import situation_sentence
from .policy_words import cancel_note, change_note, grace_note
from .providers import is_stripes
from .rows import SubscriptionRow
from .said import said

__all__ = ["LABELS", "Choice", "Flow", "LinkOptions", "PlanOffer", "Situation", "options"]

_DUNNING: Final = frozenset({"past_due", "unpaid"})


def options(situation: Situation) -> LinkOptions:
    """Every flow for this customer, and the one to offer first."""
    choices = tuple(_choices(situation))
    if situation.customer.deleted:
        choices = tuple(_refused(choice, guard.CUSTOMER_DELETED) for choice in choices)
    sentence = situation_sentence(
        situation.subscriptions, situation.invoices, situation.catalog, situation.timezone
    )
    return LinkOptions(sentence, _recommend(situation, choices))


def _choices(situation: Situation) -> Iterator[Choice]:
    if not is_stripes(situation.customer.customer_id):
        yield from choices_elsewhere(situation)
        return
    configuration, live = situation.configuration, situation.live
    empty = None if situation.ever_subscribed or situation.invoices else guard.NEVER_SUBSCRIBED
    yield _choice(Flow.HOME, empty)
    card = _choice(
        Flow.PAYMENT_METHOD_UPDATE,
        empty or guard.portal_off(configuration, "payment_method_update"),
    )
    owing = any(row.status == "past_due" for row in live)
    grace = grace_note(situation.catalog) if owing else None
    yield replace(card, note=grace if card.allowed else None)
    yield _choice(Flow.CUSTOMER_UPDATE, empty or guard.portal_off(configuration, "customer_update"))
    for row in live:
        for choice in _of_subscription(row, situation):
            yield replace(choice, label=_told_apart(choice.label, row, situation))
    if not live:
        yield from (_choice(flow, _nothing_live(situation)) for flow in _PER_SUBSCRIPTION)
    for invoice in situation.open_invoices:
        number = invoice.number or invoice.invoice_id
        choice = _choice(Flow.PAY_INVOICE, guard.pay(invoice), invoice_id=invoice.invoice_id)
        note = grace if choice.allowed else None
        yield replace(choice, label=said("Pay invoice {number}", number=number), note=note)
    if not situation.open_invoices:
        yield _choice(
            Flow.PAY_INVOICE, ("no_open_invoice", said("There is no open invoice to pay."))
        )
    yield _choice(Flow.LOGIN_PAGE, empty or guard.login_page(situation))
    yield _checkout(situation)


def _checkout(situation: Situation) -> Choice:
    plans, none = startable(situation)
    choice = _choice(Flow.CHECKOUT, guard.checkout(situation) or none)
    if not choice.allowed:
        return choice
    return replace(
        choice,
        plans=plans,
        coupons=checkout_coupons(situation),
        # A trial is for whom it is new to.
        longest_trial_days=0 if situation.ever_subscribed else situation.policy.longest_trial_days,
        note=guard.checkout_note(situation),
    )


def _nothing_live(situation: Situation) -> Refusal:
    if situation.ever_subscribed:
        return guard.NO_LIVE
    return guard.FIRST_PAYMENT if situation.subscriptions else guard.NEVER_SUBSCRIBED


def _told_apart(label: str, row: SubscriptionRow, situation: Situation) -> str:
    """Which of several live subscriptions a button is about: its plan, else its id."""
    others = [other for other in situation.live if other is not row]
    if not others:
        return label
    named = row.plan is not None and all(other.plan != row.plan for other in others)
    name = situation.catalog.plan(row.plan).name if named and row.plan else row.subscription_id
    return said("{flow} ({subscription})", flow=label, subscription=name)


_PER_SUBSCRIPTION: Final = (
    Flow.SUBSCRIPTION_UPDATE,
    Flow.SUBSCRIPTION_UPDATE_CONFIRM,
    Flow.SUBSCRIPTION_PAUSE,
    Flow.SUBSCRIPTION_CANCEL,
    Flow.RENEW,
)


def _of_subscription(row: SubscriptionRow, situation: Situation) -> Iterator[Choice]:
    configuration, name = situation.configuration, row.subscription_id
    changing = guard.update(row, configuration)
    note = None if changing else change_note(configuration, situation.catalog)
    change = _choice(Flow.SUBSCRIPTION_UPDATE, changing, subscription_id=name)
    yield replace(change, note=note)
    plans, none = ((), None) if changing else confirmable(row, situation)
    confirm = _choice(Flow.SUBSCRIPTION_UPDATE_CONFIRM, changing or none, subscription_id=name)
    yield replace(confirm, plans=plans, note=note if confirm.allowed else None)
    pausing = guard.pause(row, configuration)
    yield _choice(Flow.SUBSCRIPTION_PAUSE, pausing, subscription_id=name)
    canceling = guard.cancel(row, configuration)
    cancel = _choice(Flow.SUBSCRIPTION_CANCEL, canceling, subscription_id=name)
    if cancel.allowed:
        coupons = retention_coupons(row, situation)
        note = cancel_note(configuration, situation.catalog)
        cancel = replace(cancel, coupons=coupons, note=note)
    yield cancel
    yield _choice(Flow.RENEW, guard.renew(row), subscription_id=name)


def _choice(
    flow: Flow,
    refusal: Refusal | None,
    *,
    subscription_id: str | None = None,
    invoice_id: str | None = None,
) -> Choice:
    label, destination = LABELS[flow]
    choice = Choice(flow, label, destination, True, None, None, subscription_id, invoice_id)
    return choice if refusal is None else _refused(choice, refusal)


def _refused(choice: Choice, refusal: Refusal) -> Choice:
    code, reason = refusal
    return replace(choice, allowed=False, code=code, reason=reason)


def _recommend(situation: Situation, choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """Mark the first allowed choice of what would help, in this order."""
    for flow in _helpful(situation):
        for index, choice in enumerate(choices):
            if choice.flow is flow and choice.allowed:
                marked = replace(choice, recommended=True)
                return (*choices[:index], marked, *choices[index + 1 :])
    return choices


def _helpful(situation: Situation) -> Iterator[Flow]:
    """Flows in the order in which they would help this customer."""
    live = situation.live
    if not is_stripes(situation.customer.customer_id):
        yield from helpful_elsewhere(situation)
        return
    failing = next((row for row in situation.open_invoices if row.failing), None)
    if not live:
        incomplete = any(row.status == "incomplete" for row in situation.subscriptions)
        yield from (Flow.PAY_INVOICE, Flow.CHECKOUT) if incomplete else (Flow.CHECKOUT, Flow.HOME)
        return
    if failing is not None or any(row.status in _DUNNING for row in live):
        by_invoice = any(row.collection_method == "send_invoice" for row in situation.open_invoices)
        code = failing.decline_code or failing.failure_code if failing else None
        first = Flow.PAY_INVOICE if by_invoice else Flow(suggested_flow(code))
        yield from (first, Flow.PAYMENT_METHOD_UPDATE, Flow.PAY_INVOICE)
    if any(row.winding_down for row in live):
        yield Flow.RENEW
    if any(row.status == "paused" for row in live) or _trial_without_card(situation):
        yield Flow.PAYMENT_METHOD_UPDATE
    yield Flow.HOME


def _trial_without_card(situation: Situation) -> bool:
    """A trial that will end without anything to charge."""
    if situation.customer.default_payment_method is not None:
        return False
    return any(
        row.status == "trialing"
        and row.default_payment_method is None
        and row.collection_method == "charge_automatically"
        for row in situation.live
    )
