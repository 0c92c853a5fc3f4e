"""Which link is right: the guard matrix, row by row."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.errors import LinkRefused
from lib.billing.domain.flows import LABELS, Flow, LinkOptions, Situation, options
from lib.billing.domain.rows import SubscriptionRow
from tests.domain.flow_rows import (
    CONFIGURATION,
    ended,
    invoice,
    situation,
    subscription,
    winding_down,
)

UPDATE, CONFIRM = Flow.SUBSCRIPTION_UPDATE, Flow.SUBSCRIPTION_UPDATE_CONFIRM
CANCEL, RENEW, HOME, CARD = (
    Flow.SUBSCRIPTION_CANCEL,
    Flow.RENEW,
    Flow.HOME,
    Flow.PAYMENT_METHOD_UPDATE,
)
PAY, LOGIN, CHECKOUT = Flow.PAY_INVOICE, Flow.LOGIN_PAGE, Flow.CHECKOUT
PAUSE, DETAILS = Flow.SUBSCRIPTION_PAUSE, Flow.CUSTOMER_UPDATE

OFF = replace(CONFIGURATION, subscription_update=False, subscription_cancel=False)
ALL_OFF = replace(
    OFF,
    payment_method_update=False,
    customer_update=False,
    subscription_pause=False,
    login_url=None,
)
NOTHING = dict.fromkeys([HOME, CARD, DETAILS], "never_subscribed")

# What is refused, by flow; everything else must be allowed. Then what is recommended.
MATRIX: dict[str, tuple[Situation, dict[str, str], str | None]] = {
    "never subscribed: Checkout, not the portal": (
        situation(),
        NOTHING
        | dict.fromkeys([UPDATE, CONFIRM, PAUSE, CANCEL, RENEW, LOGIN], "never_subscribed")
        | {PAY: "no_open_invoice"},
        CHECKOUT,
    ),
    "first payment under way: the invoice": (
        situation(
            subscription(status="incomplete", live=False),
            invoices=(invoice(failing=False),),
        ),
        dict.fromkeys([UPDATE, CONFIRM, PAUSE, CANCEL, RENEW], "first_payment_missing"),
        PAY,
    ),
    "first payment never made": (
        situation(subscription(status="incomplete_expired", live=False)),
        NOTHING
        | dict.fromkeys([UPDATE, CONFIRM, PAUSE, CANCEL, RENEW], "first_payment_missing")
        | {LOGIN: "never_subscribed", PAY: "no_open_invoice"},
        CHECKOUT,
    ),
    "active: anything but a second subscription": (
        situation(subscription()),
        {RENEW: "not_winding_down", CHECKOUT: "already_subscribed", PAY: "no_open_invoice"},
        HOME,
    ),
    "on trial without a card: add one": (
        situation(subscription(status="trialing"), default_payment_method=None),
        {RENEW: "not_winding_down", CHECKOUT: "already_subscribed", PAY: "no_open_invoice"},
        CARD,
    ),
    "winding down: renew, and neither cancel nor change": (
        situation(winding_down()),
        {
            CANCEL: "already_winding_down",
            UPDATE: "winding_down",
            CONFIRM: "winding_down",
            PAUSE: "winding_down",
            CHECKOUT: "already_subscribed",
            PAY: "no_open_invoice",
        },
        RENEW,
    ),
    "past due for lack of money: pay again": (
        situation(subscription(status="past_due"), invoices=(invoice(),)),
        {RENEW: "not_winding_down", CHECKOUT: "already_subscribed"},
        PAY,
    ),
    "past due with an expired card: another card": (
        situation(
            subscription(status="past_due"), invoices=(invoice(decline_code="expired_card"),)
        ),
        {RENEW: "not_winding_down", CHECKOUT: "already_subscribed"},
        CARD,
    ),
    "past due without a known reason: another card": (
        situation(
            subscription(status="past_due"),
            invoices=(invoice(decline_code=None, failure_code=None),),
        ),
        {RENEW: "not_winding_down", CHECKOUT: "already_subscribed"},
        CARD,
    ),
    "past due and winding down: paying comes first": (
        situation(winding_down(status="past_due"), invoices=(invoice(),)),
        {
            CANCEL: "already_winding_down",
            UPDATE: "winding_down",
            CONFIRM: "winding_down",
            PAUSE: "winding_down",
            CHECKOUT: "already_subscribed",
        },
        PAY,
    ),
    "paid by invoice: no change of plan, and pay": (
        situation(
            subscription(status="past_due", collection_method="send_invoice"),
            invoices=(invoice(collection_method="send_invoice", failing=False),),
        ),
        {
            UPDATE: "send_invoice",
            CONFIRM: "send_invoice",
            RENEW: "not_winding_down",
            CHECKOUT: "already_subscribed",
        },
        PAY,
    ),
    "paused for want of a card": (
        situation(subscription(status="paused")),
        {
            PAUSE: "not_pausable",
            RENEW: "not_winding_down",
            CHECKOUT: "already_subscribed",
            PAY: "no_open_invoice",
        },
        CARD,
    ),
    "several items: no change of plan": (
        situation(subscription(item_count=2, items=[{"id": "si_1"}, {"id": "si_2"}])),
        {
            UPDATE: "several_items",
            CONFIRM: "several_items",
            RENEW: "not_winding_down",
            CHECKOUT: "already_subscribed",
            PAY: "no_open_invoice",
        },
        HOME,
    ),
    "billed by usage: no change of plan": (
        situation(subscription(metered=True)),
        {
            UPDATE: "metered",
            CONFIRM: "metered",
            RENEW: "not_winding_down",
            CHECKOUT: "already_subscribed",
            PAY: "no_open_invoice",
        },
        HOME,
    ),
    "a schedule attached: neither change nor cancel": (
        situation(subscription(schedule="sub_sched_1")),
        {
            UPDATE: "schedule_attached",
            CONFIRM: "schedule_attached",
            PAUSE: "schedule_attached",
            CANCEL: "schedule_attached",
            RENEW: "not_winding_down",
            CHECKOUT: "already_subscribed",
            PAY: "no_open_invoice",
        },
        HOME,
    ),
    "winding down with a schedule: not even renew": (
        situation(winding_down(schedule="sub_sched_1")),
        {
            UPDATE: "schedule_attached",
            CONFIRM: "schedule_attached",
            PAUSE: "schedule_attached",
            CANCEL: "already_winding_down",
            RENEW: "schedule_attached",
            CHECKOUT: "already_subscribed",
            PAY: "no_open_invoice",
        },
        HOME,
    ),
    "the configuration switches cancelling and changing off": (
        situation(subscription(), configuration=OFF),
        {
            UPDATE: "feature_off",
            CONFIRM: "feature_off",
            CANCEL: "feature_off",
            RENEW: "not_winding_down",
            CHECKOUT: "already_subscribed",
            PAY: "no_open_invoice",
        },
        HOME,
    ),
    "the configuration switches cards off: the next best is recommended": (
        situation(
            subscription(status="past_due"),
            invoices=(invoice(decline_code="expired_card"),),
            configuration=ALL_OFF,
        ),
        {
            CARD: "feature_off",
            DETAILS: "feature_off",
            PAUSE: "feature_off",
            UPDATE: "feature_off",
            CONFIRM: "feature_off",
            CANCEL: "feature_off",
            LOGIN: "login_page_off",
            RENEW: "not_winding_down",
            CHECKOUT: "already_subscribed",
        },
        PAY,
    ),
    "the configuration could not be read: Stripe will say": (
        situation(subscription(), configuration=None),
        {
            LOGIN: "no_configuration",
            PAUSE: "no_configuration",
            RENEW: "not_winding_down",
            CHECKOUT: "already_subscribed",
            PAY: "no_open_invoice",
        },
        HOME,
    ),
    "no e-mail address: no login page": (
        situation(subscription(), email=None),
        {
            LOGIN: "no_email",
            RENEW: "not_winding_down",
            CHECKOUT: "already_subscribed",
            PAY: "no_open_invoice",
        },
        HOME,
    ),
    "once subscribed: the portal still opens, for invoices": (
        situation(ended()),
        dict.fromkeys([UPDATE, CONFIRM, PAUSE, CANCEL, RENEW], "no_live_subscription")
        | {PAY: "no_open_invoice"},
        CHECKOUT,
    ),
    "once subscribed, with an open invoice": (
        situation(ended(), invoices=(invoice(failing=False),)),
        dict.fromkeys([UPDATE, CONFIRM, PAUSE, CANCEL, RENEW], "no_live_subscription"),
        CHECKOUT,
    ),
    "deleted: nothing": (
        situation(ended(), deleted=True),
        dict.fromkeys(Flow, "customer_deleted"),
        None,
    ),
    "an open invoice that credit has covered": (
        situation(subscription(), invoices=(invoice(failing=False, amount_remaining_minor=0),)),
        {PAY: "nothing_to_pay", RENEW: "not_winding_down", CHECKOUT: "already_subscribed"},
        HOME,
    ),
    "a catalogue without lookup keys": (
        replace(situation(), catalog=parse_catalog('default_plan = "free"')),
        NOTHING
        | dict.fromkeys([UPDATE, CONFIRM, PAUSE, CANCEL, RENEW, LOGIN], "never_subscribed")
        | {PAY: "no_open_invoice", CHECKOUT: "plan_unknown"},
        None,
    ),
    "an open invoice without a page": (
        situation(subscription(), invoices=(invoice(failing=False, hosted_invoice_url=None),)),
        {
            PAY: "no_invoice_page",
            RENEW: "not_winding_down",
            CHECKOUT: "already_subscribed",
        },
        HOME,
    ),
}


@pytest.mark.parametrize(("found", "refused", "recommended"), MATRIX.values(), ids=MATRIX.keys())
def test_the_guard_matrix(
    found: Situation, refused: dict[str, str], recommended: str | None
) -> None:
    told = options(found)
    assert {str(c.flow): c.code for c in told.choices if not c.allowed} == {
        str(flow): code for flow, code in refused.items()
    }
    best = told.recommended
    assert (best.flow if best else None) == recommended


STATUSES = ("active", "trialing", "past_due", "unpaid", "paused")
ENDINGS = {
    "no end": {},
    "cancel_at alone": {"cancel_at": 5, "winding_down": True, "ends_at": 5},
    "the boolean alone": {"cancel_at_period_end": True, "winding_down": True, "ends_at": 5},
    "both": {"cancel_at": 5, "cancel_at_period_end": True, "winding_down": True, "ends_at": 5},
}


@pytest.mark.parametrize(
    ("status", "ending"), list(product(STATUSES, ENDINGS)), ids=lambda value: str(value)
)
def test_cancel_and_renew_are_each_others_opposite(status: str, ending: str) -> None:
    told = options(situation(subscription(status=status, **ENDINGS[ending])))
    cancel, renew = told.find(CANCEL), told.find(RENEW)
    assert (cancel.allowed, renew.allowed) == (ending == "no end", ending != "no end")


@pytest.mark.parametrize("row", [found for found, _, _ in MATRIX.values()], ids=MATRIX.keys())
def test_every_refusal_is_a_sentence_and_at_most_one_choice_is_recommended(row: Situation) -> None:
    told = options(row)
    for choice in told.choices:
        assert choice.allowed == (choice.code is None) == (choice.reason is None)
        assert choice.reason is None or choice.reason.endswith(".")
        assert choice.label == LABELS[choice.flow][0] or choice.flow is PAY
    assert {choice.flow for choice in told.choices} == set(Flow)
    assert sum(choice.recommended for choice in told.choices) <= 1
    assert told.sentence.endswith(".")


SENTENCES: dict[str, tuple[Situation, str]] = {
    "never subscribed": (situation(), "Never subscribed."),
    "active": (situation(subscription()), "Pro, renewing on 21 October 2026."),
    "past due": (
        situation(
            subscription(status="past_due", past_due_since=1_789_000_000), invoices=(invoice(),)
        ),
        "Pro, past due since 10 September 2026; the last payment failed: "
        "there was not enough money in the account.",
    ),
    "a reason that the customer must not hear": (
        situation(subscription(status="unpaid"), invoices=(invoice(decline_code="stolen_card"),)),
        "Pro, unpaid; the last payment failed: the card is reported stolen "
        "(for staff only, do not tell the customer).",
    ),
    "winding down": (situation(winding_down()), "Pro, winding down until 22 September 2026."),
    "winding down on trial": (
        situation(winding_down(status="trialing")),
        "Pro, on trial, winding down until 22 September 2026.",
    ),
    "ended, still owing": (
        situation(ended(), invoices=(invoice(failing=False),)),
        "Pro, ended on 21 September 2026; an invoice is still open.",
    ),
    "an unknown plan": (
        situation(subscription(plan=None, status="unpaid")),
        "A plan that is not in the catalogue, unpaid.",
    ),
}


@pytest.mark.parametrize(("found", "sentence"), SENTENCES.values(), ids=SENTENCES.keys())
def test_the_situation_in_a_sentence(found: Situation, sentence: str) -> None:
    assert options(found).sentence == sentence


def _two() -> tuple[SubscriptionRow, SubscriptionRow]:
    return subscription(), winding_down(subscription_id="sub_2")


def test_each_live_subscription_has_its_own_choices() -> None:
    told = options(situation(*_two()))
    assert told.find(CANCEL).subscription_id == "sub_1"
    assert told.find(RENEW).subscription_id == "sub_2"
    assert told.find(CANCEL, subscription_id="sub_2").code == "already_winding_down"
    assert told.recommended == told.find(RENEW)


def test_which_of_several_subscriptions_is_meant_has_to_be_said() -> None:
    told = options(situation(subscription(), subscription(subscription_id="sub_2")))
    with pytest.raises(LinkRefused, match="sub_1 or sub_2") as caught:
        told.find(CANCEL)
    assert caught.value.code == "subscription_required"
    assert told.find(CANCEL, subscription_id="sub_2").subscription_id == "sub_2"


def test_buttons_of_several_subscriptions_are_told_apart() -> None:
    same = options(situation(*_two()))
    assert [c.label for c in same.choices if c.flow is CANCEL] == [
        "Cancel subscription (sub_1)",
        "Cancel subscription (sub_2)",
    ]
    other = subscription(subscription_id="sub_2", plan="starter")
    two_plans = options(situation(subscription(), other))
    assert [c.label for c in two_plans.choices if c.flow is CANCEL] == [
        "Cancel subscription (Pro)",
        "Cancel subscription (Starter)",
    ]


def test_a_named_plan_leaves_out_the_present_one_and_other_currencies() -> None:
    told = options(situation(subscription()))
    assert [offer.lookup_key for offer in told.find(CONFIRM).plans] == ["starter_monthly"]
    assert [
        offer.lookup_key for offer in options(situation(currency=None)).find(CHECKOUT).plans
    ] == [
        "starter_monthly",
        "pro_monthly",
    ]
    euros = options(situation(subscription(currency="eur")))
    assert euros.find(CONFIRM).code == "plan_unknown"


def test_the_most_urgent_invoice_comes_first() -> None:
    told = options(
        situation(
            subscription(),
            invoices=(
                invoice(invoice_id="in_new", failing=False),
                invoice(invoice_id="in_paid", status="paid"),
                invoice(invoice_id="in_failing", number="A-0002"),
            ),
        )
    )
    asked = [(c.invoice_id, c.label) for c in told.choices if c.flow is PAY]
    assert asked == [("in_failing", "Pay invoice A-0002"), ("in_new", "Pay invoice A-0001")]


def test_a_flow_for_the_whole_customer_may_name_an_object_of_theirs() -> None:
    told = options(situation(subscription(), invoices=(invoice(),)))
    assert told.find(CARD, subscription_id="sub_1", invoice_id="in_1").allowed


UNKNOWN = {
    "the card, for a subscription that is not theirs": (
        {"flow": CARD, "subscription_id": "sub_other"},
        "not_live",
    ),
    "a flow that does not exist": ({"flow": "subscription_gift"}, "unknown_flow"),
    "a subscription that is not theirs": (
        {"flow": CANCEL, "subscription_id": "sub_other"},
        "not_live",
    ),
    "an invoice that is not open": ({"flow": PAY, "invoice_id": "in_paid"}, "invoice_not_open"),
}


@pytest.mark.parametrize(("asked", "code"), UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_is_not_on_the_table_is_refused(asked: dict[str, str], code: str) -> None:
    told: LinkOptions = options(situation(subscription()))
    with pytest.raises(LinkRefused) as caught:
        told.find(**asked)
    assert caught.value.code == code


def test_of_invoices_made_in_one_second_the_smaller_number_is_the_older() -> None:
    made = situation(
        subscription(),
        invoices=(
            invoice(invoice_id="in_a", number="A-10000"),
            invoice(invoice_id="in_b", number="A-0002"),
            invoice(invoice_id="in_c", number="A-0001"),
        ),
    )
    assert [row.invoice_id for row in made.open_invoices] == ["in_c", "in_b", "in_a"]
